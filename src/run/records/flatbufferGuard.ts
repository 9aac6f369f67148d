import { ByteBuffer, type Encoding } from 'flatbuffers';

type VectorLength = (this: ByteBuffer, offset: number) => number;
type Text = (this: ByteBuffer, offset: number, encoding?: Encoding) => string | Uint8Array;

const readVectorLength: VectorLength = Reflect.get(ByteBuffer.prototype, '__vector_len');
const readText: Text = Reflect.get(ByteBuffer.prototype, '__string');

/** Minimum size of an element of a list, in bytes: a table and the offset to it, or a pair of 8-byte numbers. */
const elementBytes = 16;
/** How often the bytes of a message may be read: Arrow reads some of its lists and strings more than once. */
const maxReads = 4;
/** Bytes of the lists and strings of each message that were read so far. */
const bytesRead = new WeakMap<ByteBuffer, number>();

/**
 * Makes Arrow's metadata reader reject a vector that claims more elements than its message has bytes, and a message whose
 * vectors and strings overlap so that together they are several times as large as the message. The library does not check
 * the lengths that it reads, so a few damaged bytes could make it fill the memory of its process.
 */
export function guardVectors(): void {
  Reflect.set(ByteBuffer.prototype, '__vector_len', function (this: ByteBuffer, offset: number): number {
    const length = readVectorLength.call(this, offset);
    if (length < 0 || length > this.capacity()) {
      throw new RangeError(`The file claims a list of ${length} in a message of ${this.capacity()} bytes.`);
    }
    countBytes(this, length * elementBytes);
    return length;
  });
  Reflect.set(ByteBuffer.prototype, '__string', function (this: ByteBuffer, offset: number, encoding?: Encoding) {
    const at = offset + this.readInt32(offset);
    const length = this.readInt32(at);
    if (length < 0 || length > this.capacity()) {
      throw new RangeError(`The file claims a string of ${length} in a message of ${this.capacity()} bytes.`);
    }
    countBytes(this, length);
    return readText.call(this, offset, encoding);
  });
}

function countBytes(message: ByteBuffer, bytes: number): void {
  const sum = (bytesRead.get(message) ?? 0) + bytes;
  bytesRead.set(message, sum);
  if (sum > maxReads * message.capacity()) {
    throw new RangeError(`The parts of a message of ${message.capacity()} bytes overlap.`);
  }
}
