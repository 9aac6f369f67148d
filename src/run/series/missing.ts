import { formatExact } from '../../text/numbers';

/** Updates `from … to` (exclusive) of which `count` are missing. */
export interface MissingUpdates {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** Which records a run's file lacks, and what can be done all the same. */
export function formatMissing({ from, to, count }: MissingUpdates): string {
  const [first, last] = [formatExact(from), formatExact(to - 1)];
  const one = `update ${first} is missing from the run's file: it could not be written then, or was damaged since. It`;
  const all =
    to - from === count ? `updates ${first} to ${last}` : `${formatExact(count)} updates from ${first} to ${last}`;
  const said =
    count === 1
      ? one
      : `${all} are missing from the run's file: they could not be written then, or were damaged since. They`;
  return `The records of ${said} can still be walked through, by replay.`;
}
