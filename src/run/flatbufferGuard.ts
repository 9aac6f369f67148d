import { ByteBuffer } from 'flatbuffers';

type VectorLength = (this: ByteBuffer, offset: number) => number;

const believed: VectorLength = Reflect.get(ByteBuffer.prototype, '__vector_len');

/**
 * Makes Arrow's metadata reader refuse a vector that claims more elements than its message has bytes. The library
 * believes every length it reads, and a few damaged bytes would have it fill the memory of the extension host.
 */
export function guardVectors(): void {
  Reflect.set(ByteBuffer.prototype, '__vector_len', function (this: ByteBuffer, offset: number): number {
    const length = believed.call(this, offset);
    if (length < 0 || length > this.capacity()) {
      throw new RangeError(`The file claims a list of ${length} in a message of ${this.capacity()} bytes.`);
    }
    return length;
  });
}
