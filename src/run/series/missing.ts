import { formatExact } from '../../text/numbers';
import { translate } from '../../text/translate';

/** Updates `from … to` (exclusive) of which `count` are missing. */
export interface MissingUpdates {
  readonly from: number;
  readonly to: number;
  readonly count: number;
}

/** The message about updates without a record, and what still works. */
export function formatMissing({ from, to, count }: MissingUpdates): string {
  const [first, last] = [formatExact(from), formatExact(to - 1)];
  if (count === 1) {
    return translate`Update ${first} has no record: it could not be saved, or its record is damaged. It can still be inspected, by replay.`;
  }
  const updates =
    to - from === count
      ? translate`Updates ${first} to ${last}`
      : translate`${formatExact(count)} updates from ${first} to ${last}`;
  return translate`${updates} have no records: they could not be saved, or their records are damaged. They can still be inspected, by replay.`;
}
