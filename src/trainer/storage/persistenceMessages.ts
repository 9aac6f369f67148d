import { formatMissing, type MissingUpdates } from '../../run/series/missing';
import { formatExact, formatMebibytes } from '../../text/numbers';

const resuming = 'Resuming the run goes back to its newest checkpoint and computes the rest again, bit for bit.';

/** Said when a run's folder can no longer be written. */
export function outageMessage(update: number, reason: string, most: number, advice: string): string {
  return (
    `From update ${formatExact(update)} on the run's records cannot be written (${reason}). Training goes on; what is to be ` +
    `kept waits in memory, up to ${formatMebibytes(most)}, and is written as soon as that works. ${advice}`
  );
}

/** Said when there is no more memory for what waits. */
export function bufferFullMessage(update: number, most: number, advice: string): string {
  return (
    `The ${formatMebibytes(most)} for records that cannot be written are full: from update ${formatExact(update)} on the oldest ` +
    `are let go, and will be missing from the run's file. ${advice}`
  );
}

/** Said when everything that waited is written. */
export function recoveredMessage(update: number): string {
  return `At update ${formatExact(update)} the run's records are written again, and none is missing.`;
}

/** Said when what still waited is written. */
export function recoveredWithGapMessage(
  update: number,
  lost: MissingUpdates | undefined,
  captures: readonly number[],
): string {
  return [
    `At update ${formatExact(update)} the run's records are written again.`,
    ...(lost === undefined ? [] : [formatMissing(lost)]),
    ...(captures.length === 0 ? [] : [`Not captured: ${captures.join(', ')}.`]),
  ].join(' ');
}

/** Said where a run is over and the last of it could not be written. */
export function endNotSavedMessage(reason: string, advice: string): string {
  return `The end of the run could not be written (${reason}). ${advice} ${resuming}`;
}

/** Said where a run is over and its folder is gone. */
export function folderGoneMessage(folder: string | null): string {
  return (
    `Nothing of this run is on disk any more: ${folder} was deleted or moved, and is not made anew. The run cannot be ` +
    'resumed, and its updates cannot be walked through.'
  );
}
