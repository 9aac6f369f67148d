import { checksumKey, isSealedAt, noChecksum, sealAt } from '../storage/checksum';
import { messagePrefixLength } from './messageHeader';

/**
 * The checksum of an Arrow message: `crc32:` and eight digits, in the custom metadata of the message (of the schema in a
 * file's first message), so that other readers of Arrow see one more entry there. It is of all bytes of the message,
 * those before its head included.
 */
const mark = 'crc32:';
const prefix = 8;

/** The entry of a message's custom metadata that `sealMessage` completes. */
export const checksumEntry = [checksumKey, `${mark}${noChecksum}`] as const;

/** Writes the checksum of a message that has `checksumEntry` in its metadata into it. */
export function sealMessage(message: Uint8Array): void {
  const at = placeOf(headOf(message), mark);
  if (at === undefined) throw new Error('A message of the record file has no room for its checksum.');
  sealAt(message, at + mark.length);
}

/** Whether a message is as it was written, as far as it tells: one of an earlier version has no checksum. */
export function isSealedMessage(message: Uint8Array): boolean {
  const head = headOf(message);
  const at = placeOf(head, mark);
  if (at !== undefined) return isSealedAt(message, at + mark.length);
  // The name of the checksum without the checksum: it is what is damaged.
  return placeOf(head, checksumKey) === undefined;
}

/** Only the head is searched: the numbers after it may be anything. */
function headOf(message: Uint8Array): Uint8Array {
  return message.subarray(0, messagePrefixLength(message.subarray(0, prefix)) ?? message.length);
}

function placeOf(head: Uint8Array, text: string): number | undefined {
  const bytes = new TextEncoder().encode(text);
  for (let at = head.indexOf(bytes[0] ?? 0); at >= 0; at = head.indexOf(bytes[0] ?? 0, at + 1)) {
    if (bytes.every((byte, n) => head[at + n] === byte)) return at;
  }
  return undefined;
}
