import assert from 'node:assert/strict';
import { tableFromIPC } from '@uwdata/flechette';
import { Field, Float64, makeData, RecordBatch, Schema, Struct } from 'apache-arrow';
import { pack } from '../../../src/run/records/recordBatch';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import { exampleLayout, exampleRecord } from './exampleRecords';

function example() {
  const encoder = new RecordEncoder(exampleLayout);
  const batches = [
    pack(
      exampleLayout,
      [0, 1, 2, 3, 4].map((update) => exampleRecord(update, 2)),
    ),
    pack(
      exampleLayout,
      [5, 6].map((update) => exampleRecord(update, 2)),
    ),
  ];
  const parts = [encoder.head(), ...batches.map((batch) => encoder.encode(batch))];
  return { batches, parts, bytes: Buffer.concat(parts) };
}

/** As earlier versions wrote it, or an attacker: without a valid checksum key. */
function withoutChecksums(bytes: Buffer): Buffer {
  const text = bytes.toString('latin1').replaceAll('unroll.crc32', 'unroll.no-32').replaceAll('crc32:', 'no-32:');
  return Buffer.from(text, 'latin1');
}

describe('The record file', () => {
  it('returns every batch as it was written', () => {
    const { batches, bytes } = example();
    assert.deepEqual(readRecords(bytes), { batches, incompleteReason: undefined });
  });

  it('is read by another implementation of Arrow, column by column', () => {
    const table = tableFromIPC(example().bytes);
    assert.equal(table.numRows, 7);
    assert.deepEqual([...table.getChild('update').toArray()], [0, 1, 2, 3, 4, 5, 6]);
    assert.deepEqual([...table.getChild('loss').toArray()].slice(0, 2), [0.5, 1.5]);
    assert.deepEqual(table.getChild('validation_loss').at(0), null);
    assert.deepEqual(table.getChild('validation_loss').at(2), 2.25);
    assert.deepEqual(table.getChild('clipped').at(3), true);
    assert.deepEqual(table.getChild('grad_norm/head.bias').at(4), 5);
    assert.deepEqual([...(table.getChild('dh_l1').at(2) as Iterable<number>)], [202, 202.1, 202.2]);
    assert.equal(table.getChild('dh_l1').at(3), null);
    assert.equal(table.getChild('saturation_high_l1/f').at(6), 0.007);
  });

  it('has a column for each metric of a validation, null where there was none', () => {
    const layout = { ...exampleLayout, metrics: ['accuracy', 'rmse/temp, °C'] };
    const records = [0, 1, 2].map((update) => ({
      ...exampleRecord(update),
      metrics: update === 2 ? [0.25, 1.5] : undefined,
    }));
    const encoder = new RecordEncoder(layout);
    const batch = pack(layout, records);
    const bytes = Buffer.concat([encoder.head(), encoder.encode(batch)]);
    assert.deepEqual(readRecords(bytes), { batches: [batch], incompleteReason: undefined });
    assert.deepEqual([...batch.metrics], [NaN, NaN, NaN, NaN, 0.25, 1.5]);
    const table = tableFromIPC(bytes);
    assert.deepEqual(
      [0, 1, 2].map((row) => table.getChild('validation_rmse/temp, °C').at(row) as unknown),
      [null, null, 1.5],
    );
    assert.equal(table.getChild('validation_accuracy').at(2), 0.25);
  });

  it('is read without checksums, as earlier versions wrote it', () => {
    const { batches, bytes } = example();
    assert.deepEqual(readRecords(withoutChecksums(bytes)), { batches, incompleteReason: undefined });
  });

  it('opens with all complete batches, wherever it was truncated', () => {
    const { batches, parts, bytes } = example();
    const ends = parts.reduce<number[]>((all, part) => [...all, (all.at(-1) ?? 0) + part.length], []);
    for (let length = 0; length <= bytes.length; length++) {
      const whole = Math.max(0, ends.filter((end) => end <= length).length - 1);
      assert.deepEqual(readRecords(bytes.subarray(0, length)).batches, batches.slice(0, whole), `cut at ${length}`);
    }
  });

  it('reports a damaged last batch', () => {
    const { bytes } = example();
    assert.match(readRecords(bytes.subarray(0, bytes.length - 20)).incompleteReason ?? '', /Expected to read/);
  });

  it('refuses Arrow files with other content, and inconsistent layouts', () => {
    const { bytes } = example();
    const claim = withoutChecksums(Buffer.from(bytes.toString('latin1').replace('"layers":2', '"layers":9'), 'latin1'));
    const read = readRecords(claim);
    assert.equal(read.batches.length, 0);
    assert.match(read.incompleteReason ?? '', /dh_l2/);
  });

  it('is rejected if a list in its schema is longer than the file, whichever length is wrong', () => {
    const { parts, bytes } = example();
    const said = new Set<string>();
    for (let at = 8; at + 4 <= (parts[0]?.length ?? 0); at += 4) {
      const lying = withoutChecksums(bytes);
      lying.writeInt32LE(0x7ffffff0, at);
      said.add(readRecords(lying).incompleteReason ?? '');
    }
    assert.ok(
      [...said].some((words) => /^The file claims a list of 2147483632 in a message of \d+ bytes\.$/.test(words)),
    );
  });

  it('is read in time linear in the number of columns', () => {
    let reads = 0;
    const fields = Array.from({ length: 2000 }, (_, n) => {
      const field = new Field(`c${n}`, new Float64());
      Object.defineProperty(field, 'name', {
        get: () => {
          reads++;
          return `c${n}`;
        },
      });
      return field;
    });
    const schema = new Schema(fields, new Map([['key', 'value']]));
    const children = fields.map(({ type }) => makeData({ type, data: Float64Array.of(1) }));
    const batch = new RecordBatch(schema, makeData({ type: new Struct(fields), length: 1, nullCount: 0, children }));
    assert.deepEqual([batch.schema.fields.length, batch.schema.metadata.get('key')], [2000, 'value']);
    assert.ok(reads <= 10 * fields.length, `${reads} reads`);
  });

  it('allocates no memory for claimed updates that are missing', () => {
    const { parts, bytes } = example();
    const [head = 0, first = 0] = parts.map(({ length }) => length);
    const lying = withoutChecksums(bytes);
    // The five updates of the first batch: its own count, and that of every column.
    for (let at = head + 8; at + 8 <= head + first; at += 8) {
      if (lying.readBigInt64LE(at) === 5n) lying.writeBigInt64LE(2_000_000_000n, at);
    }
    assert.deepEqual(readRecords(lying), {
      batches: [],
      incompleteReason: 'The file claims 2000000000 updates and holds 6 of "update".',
    });
  });
});
