import { formatMissing, type MissingUpdates } from '../../run/series/missing';
import { formatExact, formatMebibytes } from '../../text/numbers';

const resuming = 'Resume returns to the newest checkpoint and computes the rest again, bit for bit.';

/** Said when a run's folder can no longer be written. */
export function outageMessage(update: number, reason: string, most: number, advice: string): string {
  return (
    `From update ${formatExact(update)} on, the run's records can't be written (${reason}). Training continues; up to ` +
    `${formatMebibytes(most)} of records wait in memory until they can be written. ${advice}`
  );
}

/** Said when there is no more memory for what waits. */
export function bufferFullMessage(update: number, most: number, advice: string): string {
  return (
    `The buffer of ${formatMebibytes(most)} for unsaved records is full. From update ${formatExact(update)} on, the oldest ` +
    `records are dropped and will be missing from the run's file. ${advice}`
  );
}

/** Said when everything that waited is written. */
export function recoveredMessage(update: number): string {
  return `Since update ${formatExact(update)} the run's records can be written again; none is missing.`;
}

/** Said when what still waited is written. */
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

/** Said where a run is over and the last of it could not be written. */
export function endNotSavedMessage(reason: string, advice: string): string {
  return `The end of the run couldn't be written (${reason}). ${advice} ${resuming}`;
}

/** Said where a run is over and its folder is gone. */
export function folderGoneMessage(folder: string | null): string {
  return (
    `This run is no longer on disk: ${folder} was deleted or moved, and won't be recreated. The run can't be resumed, ` +
    "and its updates can't be inspected."
  );
}
