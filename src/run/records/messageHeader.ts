/** Marks the beginning of every message of an Arrow stream. */
const continuation = -1;
const largestHead = 1 << 24;

/** Bytes of the schema message that a file with these first 8 bytes begins with; undefined where it is no record file. */
export function messagePrefixLength(prefix: Uint8Array): number | undefined {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  if (view.getInt32(0, true) !== continuation) return undefined;
  const length = view.getInt32(4, true);
  return length > 0 && length <= largestHead ? prefix.length + length : undefined;
}
