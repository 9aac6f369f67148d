import { maskedChecksum } from './maskedChecksum';

/** How the readable part of a file of records ends. `cut`: in the middle of a record, as of a file that is being written. */
export type RecordsEnd = { readonly kind: 'whole' } | { readonly kind: 'cut' | 'damaged'; readonly at: number };

/** The largest record that is read, in bytes: graphs and images may be larger, and are skipped. */
export const maxRecordBytes = 64 * 1024 * 1024;

const headBytes = 12;
const tailBytes = 4;

/**
 * The records of a TFRecord file: a length (64 bits, little-endian), its masked CRC-32C, the bytes, theirs. A record that
 * is longer than `maxRecordBytes` is skipped, and its bytes are never in memory.
 *
 * @param parts of the file, from its start; a record is valid until the next one is read
 * @param size of the file in bytes: no more is reserved than it can hold
 * @returns how the file ends
 */
export function* tfRecords(parts: Iterable<Uint8Array>, size: number): Generator<Uint8Array, RecordsEnd> {
  const source = new ByteSource(parts);
  for (;;) {
    const at = source.offset;
    if (at === size) return { kind: 'whole' };
    const head = source.take(headBytes);
    if (head === undefined) return { kind: 'cut', at };
    const view = new DataView(head.buffer, head.byteOffset, headBytes);
    if (maskedChecksum(head.subarray(0, 8)) !== view.getUint32(8, true)) return { kind: 'damaged', at };
    const length = view.getUint32(0, true) + view.getUint32(4, true) * 2 ** 32;
    if (length + tailBytes > size - source.offset) return { kind: 'cut', at };
    if (length > maxRecordBytes) {
      if (!source.skip(length + tailBytes)) return { kind: 'cut', at };
      continue;
    }
    const record = source.take(length + tailBytes);
    if (record === undefined) return { kind: 'cut', at };
    const tail = new DataView(record.buffer, record.byteOffset + length, tailBytes);
    const bytes = record.subarray(0, length);
    if (maskedChecksum(bytes) !== tail.getUint32(0, true)) return { kind: 'damaged', at };
    yield bytes;
  }
}

/** Bytes that come in parts, taken in pieces. */
class ByteSource {
  readonly #parts: Iterator<Uint8Array>;
  #part: Uint8Array = new Uint8Array(0);
  #at = 0;
  offset = 0;

  constructor(parts: Iterable<Uint8Array>) {
    this.#parts = parts[Symbol.iterator]();
  }

  /** The next `count` bytes; undefined where fewer are left. */
  take(count: number): Uint8Array | undefined {
    const taken = new Uint8Array(count);
    let filled = 0;
    const isWhole = this.#advance(count, (piece) => {
      taken.set(piece, filled);
      filled += piece.length;
    });
    return isWhole ? taken : undefined;
  }

  /** Passes over `count` bytes; false where fewer are left. */
  skip(count: number): boolean {
    return this.#advance(count, () => undefined);
  }

  #advance(count: number, use: (piece: Uint8Array) => void): boolean {
    let left = count;
    while (left > 0) {
      if (this.#at === this.#part.length) {
        const next = this.#parts.next();
        if (next.done === true) return false;
        this.#part = next.value;
        this.#at = 0;
        continue;
      }
      const piece = this.#part.subarray(this.#at, this.#at + left);
      use(piece);
      this.#at += piece.length;
      this.offset += piece.length;
      left -= piece.length;
    }
    return true;
  }
}
