import { ByteBuffer, type Encoding } from 'flatbuffers';

type VectorLength = (this: ByteBuffer, offset: number) => number;
type Text = (this: ByteBuffer, offset: number, encoding?: Encoding) => string | Uint8Array;

const believed: VectorLength = Reflect.get(ByteBuffer.prototype, '__vector_len');
const text: Text = Reflect.get(ByteBuffer.prototype, '__string');

/** Bytes that an element of a list takes at the least: a table and what points to it, or a pair of 8-byte numbers. */
const elementBytes = 16;
/** How often a message's bytes may be read over: Arrow asks for a few of its lists and texts more than once. */
const mostReadings = 4;
/** Bytes of each message that its lists and texts have taken so far. */
const taken = new WeakMap<ByteBuffer, number>();

/**
 * Makes Arrow's metadata reader refuse a vector that claims more elements than its message has bytes, and a message whose
 * vectors and texts together come to several times its bytes because they lie over each other. The library believes every
 * length it reads, and a few damaged bytes would have it fill the memory of its process.
 */
export function guardVectors(): void {
  Reflect.set(ByteBuffer.prototype, '__vector_len', function (this: ByteBuffer, offset: number): number {
    const length = believed.call(this, offset);
    if (length < 0 || length > this.capacity()) {
      throw new RangeError(`The file claims a list of ${length} in a message of ${this.capacity()} bytes.`);
    }
    take(this, length * elementBytes);
    return length;
  });
  Reflect.set(ByteBuffer.prototype, '__string', function (this: ByteBuffer, offset: number, encoding?: Encoding) {
    const at = offset + this.readInt32(offset);
    const length = this.readInt32(at);
    if (length < 0 || length > this.capacity()) {
      throw new RangeError(`The file claims a text of ${length} in a message of ${this.capacity()} bytes.`);
    }
    take(this, length);
    return text.call(this, offset, encoding);
  });
}

function take(message: ByteBuffer, bytes: number): void {
  const sum = (taken.get(message) ?? 0) + bytes;
  taken.set(message, sum);
  if (sum > mostReadings * message.capacity()) {
    throw new RangeError(
      `The file's description takes more than the ${message.capacity()} bytes it has: its parts overlap.`,
    );
  }
}
