import { formatMissing, type MissingUpdates } from '../../run/series/missing';
import { formatExact, formatMebibytes } from '../../text/numbers';

const resuming = 'Resume returns to the latest checkpoint and computes the rest again, bit for bit.';

/** The notice when a run's folder can no longer be written. */
export function outageMessage(update: number, reason: string, bufferBytes: number, advice: string): string {
  return (
    `From update ${formatExact(update)} on, the run's records can't be written (${reason}). Training continues; up to ` +
    `${formatMebibytes(bufferBytes)} of records wait in memory until they can be written. ${advice}`
  );
}

/** The notice when the buffer is full. */
export function bufferFullMessage(update: number, bufferBytes: number, advice: string): string {
  return (
    `The buffer of ${formatMebibytes(bufferBytes)} for unsaved records is full. From update ${formatExact(update)} on, the oldest ` +
    `records are dropped and will be missing from the run's file. ${advice}`
  );
}

/** The notice when the whole buffer is written after an outage. */
export function recoveredMessage(update: number): string {
  return `Since update ${formatExact(update)} the run's records can be written again; none is missing.`;
}

/** The notice when the buffer is written after an outage, without what was evicted. */
export function recoveredWithGapMessage(
  update: number,
  lost: MissingUpdates | undefined,
  captures: readonly number[],
): string {
  return [
    `Since update ${formatExact(update)} the run's records can be written again.`,
    ...(lost === undefined ? [] : [formatMissing(lost)]),
    ...(captures.length === 0 ? [] : [`Not captured: ${captures.join(', ')}.`]),
  ].join(' ');
}

/** The notice when a run has ended and its end couldn't be written. */
export function endNotSavedMessage(reason: string, advice: string): string {
  return `The end of the run couldn't be written (${reason}). ${advice} ${resuming}`;
}

/** The notice when a run has ended and its folder no longer exists. */
export function folderGoneMessage(folder: string | null): string {
  return (
    `This run is no longer on disk: ${folder} was deleted or moved, and won't be recreated. The run can't be resumed, ` +
    "and its updates can't be inspected."
  );
}
