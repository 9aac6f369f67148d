/** Every copy of some bytes that differs in a single bit; the copy is the same object each time, and put right again. */
export function* eachFlippedBit(bytes: Uint8Array): Generator<{ readonly damaged: Uint8Array; readonly bit: number }> {
  const damaged = Uint8Array.from(bytes);
  for (let bit = 0; bit < bytes.length * 8; bit++) {
    const [at, mask] = [bit >> 3, 1 << (bit & 7)];
    damaged[at] = (damaged[at] ?? 0) ^ mask;
    yield { damaged, bit };
    damaged[at] = (damaged[at] ?? 0) ^ mask;
  }
}

/** As many copies of some bytes as asked for, spread evenly over their bits. */
export function* someFlippedBits(
  bytes: Uint8Array,
  count: number,
): Generator<{ readonly damaged: Uint8Array; readonly bit: number }> {
  const bits = bytes.length * 8;
  // A step that shares no divisor with eight visits every place within a byte.
  const step = Math.max(1, Math.floor(bits / count)) | 1;
  const damaged = Uint8Array.from(bytes);
  for (let bit = 0; bit < bits; bit += step) {
    const [at, mask] = [bit >> 3, 1 << (bit & 7)];
    damaged[at] = (damaged[at] ?? 0) ^ mask;
    yield { damaged, bit };
    damaged[at] = (damaged[at] ?? 0) ^ mask;
  }
}
