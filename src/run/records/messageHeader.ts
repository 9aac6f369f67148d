/** The first 4 bytes of every message of an Arrow stream. */
const continuation = -1;
const maxHeaderBytes = 1 << 24;

/** Length of a message up to its body, from its first 8 bytes; undefined if they are not the start of a message. */
export function messagePrefixLength(prefix: Uint8Array): number | undefined {
  const view = new DataView(prefix.buffer, prefix.byteOffset, prefix.byteLength);
  if (view.getInt32(0, true) !== continuation) return undefined;
  const length = view.getInt32(4, true);
  return length > 0 && length <= maxHeaderBytes ? prefix.length + length : undefined;
}
