import { runFiles } from '../../run/storage/runFiles';
import { intactPart, type IntactPart } from '../../run/records/recordDecoder';
import type { RunStorage } from '../../run/storage/storage';
import { formatExact } from '../../text/numbers';

const initialPartBytes = 16 * 1024 * 1024;
const maxPartBytes = 512 * 1024 * 1024;

/**
 * How much of a run's record file is whole and matches its checksums; it is read part by part.
 *
 * @param end bytes of the file that are looked at, at most
 */
export async function intactRecords(storage: RunStorage, end: number): Promise<IntactPart> {
  let [at, size, updates]: [number, number, number | undefined] = [0, initialPartBytes, undefined];
  while (at < end) {
    const asked = Math.min(size, end - at);
    const bytes = await storage.readPart(runFiles.records, at, asked);
    const part = intactPart(bytes, at);
    at += part.end;
    updates = part.updates ?? updates;
    if (part.damage !== undefined) return { end: at, updates, damage: part.damage };
    if (part.end > 0) continue;
    // A message is larger than the part, or the file ends in it.
    if (bytes.length < size || size >= maxPartBytes) break;
    size *= 2;
  }
  return { end: at, updates, damage: undefined };
}

/** Said where a run is resumed whose records do not reach up to its checkpoint. */
export function formatRecordGap(recorded: number, updates: number, fault: string | undefined): string {
  const missing =
    updates - recorded === 1
      ? `update ${formatExact(recorded)}`
      : `updates ${formatExact(recorded)} to ${formatExact(updates - 1)}`;
  return (
    `${runFiles.records} ${fault === undefined ? 'is shorter than its newest checkpoint needs' : 'is damaged'}: the records of ` +
    `${missing} are lost. The run continues from update ${formatExact(updates)}; lost updates can still be inspected by replay.`
  );
}
