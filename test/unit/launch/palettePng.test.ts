import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { deflateSync } from 'node:zlib';
import { readPicture, withPalette } from '../../../scripts/palettePng';

/** A PNG file of 3 × 2 pixels with colors; its rows are filtered by their left and by their upper neighbours. */
function colorful(): Buffer {
  const chunk = (kind: string, data: Buffer): Buffer => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, Buffer.from(kind, 'latin1'), data, Buffer.alloc(4)]);
  };
  const header = Buffer.from([0, 0, 0, 3, 0, 0, 0, 2, 8, 2, 0, 0, 0]);
  const rows = [1, 10, 20, 30, 5, 5, 5, 250, 250, 250, 2, 1, 1, 1, 0, 0, 0, 0, 0, 0];
  return Buffer.concat([
    Buffer.alloc(8),
    chunk('IHDR', header),
    chunk('IDAT', deflateSync(Buffer.from(rows))),
    chunk('IEND', Buffer.alloc(0)),
  ]);
}

describe('A picture with a palette', () => {
  const pixels = [10, 20, 30, 15, 25, 35, 9, 19, 29, 11, 21, 31, 15, 25, 35, 9, 19, 29];

  it('is decoded by the filters of its rows', () => {
    const { width, height, pixels: found } = readPicture(colorful());
    assert.deepEqual([width, height, [...found]], [3, 2, pixels]);
  });

  it('has the same pixels where it has few colors', () => {
    const written = withPalette(colorful());
    assert.equal(written[25], 3);
    assert.deepEqual([...readPicture(written).pixels], pixels);
  });

  it('is in the README, where its size counts', () => {
    const file = readFileSync('media/readme/run.png');
    assert.equal(file[25], 3);
    assert.ok(file.length < 120_000, `${file.length} bytes`);
  });
});
