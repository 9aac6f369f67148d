/** Every copy of some bytes that differs in a single bit; the same object each time, restored afterwards. */
export function* eachFlippedBit(bytes: Uint8Array): Generator<{ readonly damaged: Uint8Array; readonly bit: number }> {
  const damaged = Uint8Array.from(bytes);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const [at, mask] = [bit >> 3, 1 << (bit & 7)];
    damaged[at] = (damaged[at] ?? 0) ^ mask;
    yield { damaged, bit };
    damaged[at] = (damaged[at] ?? 0) ^ mask;
  }
}

/** A number of such copies, spread evenly over the bits. */
export function* someFlippedBits(
  bytes: Uint8Array,
  count: number,
): Generator<{ readonly damaged: Uint8Array; readonly bit: number }> {
  const bits = bytes.length * 8;
  // An odd stride covers every bit position within a byte.
  const step = Math.max(1, Math.floor(bits / count)) | 1;
  const damaged = Uint8Array.from(bytes);
  for (let bit = 0; bit < bits; bit += step) {
    const [at, mask] = [bit >> 3, 1 << (bit & 7)];
    damaged[at] = (damaged[at] ?? 0) ^ mask;
    yield { damaged, bit };
    damaged[at] = (damaged[at] ?? 0) ^ mask;
  }
}
