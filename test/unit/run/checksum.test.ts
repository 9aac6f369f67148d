import assert from 'node:assert/strict';
import { crc32, hasValidChecksumAt, writeChecksumAt, textChecksum } from '../../../src/run/storage/checksum';

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('A checksum', () => {
  it('is the CRC-32 that zlib, gzip and PNG compute', () => {
    // The check value of the catalogue of CRC algorithms, and values of Python's zlib.crc32.
    assert.equal(crc32(bytesOf('123456789')), 0xcbf43926);
    assert.equal(crc32(bytesOf('The quick brown fox jumps over the lazy dog')), 0x414fa339);
    assert.equal(crc32(new Uint8Array(0)), 0);
    assert.equal(crc32(new Uint8Array(32)), 0x190a55ad);
    assert.equal(crc32(new Uint8Array(32).fill(0xff)), 0xff6cab0b);
    assert.equal(textChecksum('abc'), '352441c2');
  });

  it('can be computed part by part', () => {
    const bytes = Uint8Array.from({ length: 1000 }, (_, n) => (n * 31) % 251);
    for (const cut of [0, 1, 7, 16, 499, 1000]) {
      assert.equal(crc32(bytes.subarray(cut), crc32(bytes.subarray(0, cut))), crc32(bytes));
    }
  });

  it('within its bytes detects every flipped bit', () => {
    const bytes = bytesOf('before 00000000 after');
    writeChecksumAt(bytes, 7);
    assert.ok(hasValidChecksumAt(bytes, 7));
    for (let bit = 0; bit < bytes.length * 8; bit++) {
      const damaged = Uint8Array.from(bytes);
      damaged[bit >> 3] = (damaged[bit >> 3] ?? 0) ^ (1 << (bit & 7));
      assert.ok(!hasValidChecksumAt(damaged, 7), `bit ${bit}`);
    }
  });
});
