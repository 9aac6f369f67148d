import { runFiles } from '../../run/storage/runFiles';
import { intactPart, type IntactPart } from '../../run/records/recordDecoder';
import type { RunStorage } from '../../run/storage/storage';
import { formatExact } from '../../text/numbers';

const initialPartBytes = 16 * 1024 * 1024;
const maxPartBytes = 512 * 1024 * 1024;

/**
 * The part of a run's record file that is complete and matches its checksums. Reads the file in parts.
 *
 * @param end number of bytes of the file to check
 */
export async function intactRecords(storage: RunStorage, end: number): Promise<IntactPart> {
  let [at, size, updates]: [number, number, number | undefined] = [0, initialPartBytes, undefined];
  while (at < end) {
    const length = Math.min(size, end - at);
    const bytes = await storage.readPart(runFiles.records, at, length);
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

/** The notice on resuming a run whose records end before its checkpoint. */
export function formatRecordGap(recorded: number, updates: number, damage: string | undefined): string {
  const missing =
    updates - recorded === 1
      ? `update ${formatExact(recorded)}`
      : `updates ${formatExact(recorded)} to ${formatExact(updates - 1)}`;
  return (
    `${runFiles.records} ${damage === undefined ? 'is shorter than its latest checkpoint requires' : 'is damaged'}: the records of ` +
    `${missing} are lost. The run continues from update ${formatExact(updates)}; lost updates can still be inspected by replay.`
  );
}
