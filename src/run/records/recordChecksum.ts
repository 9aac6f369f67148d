import { checksumKey, hasValidChecksumAt, checksumPlaceholder, writeChecksumAt } from '../storage/checksum';
import { messagePrefixLength } from './messageHeader';

/**
 * The checksum of an Arrow message: `crc32:` and eight hexadecimal digits, in the custom metadata of the message (of the
 * schema in a file's first message), where other readers of Arrow see one more entry. It covers all bytes of the message,
 * its 8-byte prefix included.
 */
const marker = 'crc32:';
const prefix = 8;

/** The entry of a message's custom metadata that `writeMessageChecksum` completes. */
export const checksumEntry = [checksumKey, `${marker}${checksumPlaceholder}`] as const;

/** Writes the checksum into a message that has `checksumEntry` in its metadata. */
export function writeMessageChecksum(message: Uint8Array): void {
  const at = indexOfText(headerOf(message), marker);
  if (at === undefined) throw new Error('A message of the record file has no entry for its checksum.');
  writeChecksumAt(message, at + marker.length);
}

/** Whether a message matches its checksum; one without a checksum, of an earlier version, counts as valid. */
export function hasValidChecksum(message: Uint8Array): boolean {
  const header = headerOf(message);
  const at = indexOfText(header, marker);
  if (at !== undefined) return hasValidChecksumAt(message, at + marker.length);
  // The key without the checksum: the checksum itself is damaged.
  return indexOfText(header, checksumKey) === undefined;
}

/** The header only, because the numbers in the body may look like a checksum. */
function headerOf(message: Uint8Array): Uint8Array {
  return message.subarray(0, messagePrefixLength(message.subarray(0, prefix)) ?? message.length);
}

function indexOfText(header: Uint8Array, text: string): number | undefined {
  const bytes = new TextEncoder().encode(text);
  for (let at = header.indexOf(bytes[0] ?? 0); at >= 0; at = header.indexOf(bytes[0] ?? 0, at + 1)) {
    if (bytes.every((byte, n) => header[at + n] === byte)) return at;
  }
  return undefined;
}
