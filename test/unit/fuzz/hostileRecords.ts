import { Builder } from 'flatbuffers';
import { Message } from 'apache-arrow';
import { RecordEncoder } from '../../../src/run/records/recordEncoder';
import { pack, type RecordLayout, type StepSeries } from '../../../src/run/records/recordBatch';
import { writeMessageChecksum } from '../../../src/run/records/recordChecksum';
import { exampleRecord } from '../run/exampleRecords';

/** A layout with these names of parameters and minimal sizes otherwise. */
export function layoutOf(parameters: readonly string[], others: Partial<RecordLayout> = {}): RecordLayout {
  return { parameters, layers: 1, steps: 1, hasCellState: false, saturating: [], ...others };
}

/**
 * A record file of one update whose head claims another layout than its columns have. The claim replaces a
 * parameter's name of the same length, so that all offsets stay the same.
 */
export function claimingFile(claim: RecordLayout): Uint8Array {
  const claimed = JSON.stringify(claim);
  const empty = JSON.stringify(layoutOf([]));
  const filled = layoutOf([], { saturating: ['x'.repeat(claimed.length - empty.length - 2)] });
  const [head, batch] = partsOf(filled, 1);
  head.write(claimed, head.indexOf(JSON.stringify(filled)));
  writeMessageChecksum(head);
  return Buffer.concat([head, batch]);
}

/** A record file of `updates` updates that claims `count` parameters, all with the same column. */
export function repeatedNames(count: number, updates: number): Uint8Array {
  const claim = JSON.stringify(layoutOf(Array.from({ length: count }, () => 'w')));
  const filled = layoutOf(['w'], { saturating: [] });
  const room = 'x'.repeat(claim.length - JSON.stringify(layoutOf(['w'], { saturating: [''] })).length);
  const [head, batch] = partsOf({ ...filled, saturating: [room] }, updates);
  const at = head.indexOf(JSON.stringify({ ...filled, saturating: [room] }));
  head.write(claim, at);
  writeMessageChecksum(head);
  return Buffer.concat([head, batch]);
}

/** The head of a file, and one batch. Changes to them include a valid checksum, as an attacker would write it. */
function partsOf(layout: RecordLayout, updates: number): [Buffer, Buffer] {
  const encoder = new RecordEncoder(layout);
  const records = Array.from({ length: updates }, (_, update) => ({ ...exampleRecord(update), record: undefined }));
  return [Buffer.from(encoder.head()), Buffer.from(encoder.encode(pack(layout, records)))];
}

/** A record file of `updates` updates in which all columns share the same bytes. */
export function sharingFile(layout: RecordLayout, updates: number): Uint8Array {
  const [head, batch] = partsOf(layout, 1);
  const length = batch.readInt32LE(4) + 8;
  const message = Message.decode(batch.subarray(8, length));
  if (!message.isRecordBatch()) throw new Error('The encoder gave no batch.');
  const { nodes, buffers } = message.header();
  const structs = (pairs: readonly (readonly [number, number])[]): Buffer =>
    Buffer.from(BigInt64Array.from(pairs.flat().map(BigInt)).buffer);
  const replace = (found: Buffer, by: Buffer): void => {
    const at = batch.indexOf(found);
    if (at < 0 || at >= length) throw new Error('What is to be replaced is not there.');
    by.copy(batch, at);
  };
  const body = Buffer.alloc(updates * 8, new Uint8Array(Float64Array.of(0.5).buffer));
  replace(
    structs(buffers.map((one) => [one.offset, one.length])),
    structs(buffers.map(({ length: size }) => [0, size === 0 ? 0 : body.length])),
  );
  replace(
    structs(nodes.map((one) => [one.length, one.nullCount])),
    structs(nodes.map((one) => [updates, one.nullCount])),
  );
  // The batch's own count, and the length of its body.
  for (let at = 8; at + 8 <= length; at += 4) {
    if (batch.readBigInt64LE(at) === BigInt(message.bodyLength)) batch.writeBigInt64LE(BigInt(body.length), at);
    else if (batch.readBigInt64LE(at) === 1n) batch.writeBigInt64LE(BigInt(updates), at);
  }
  const shared = Buffer.concat([batch.subarray(0, length), body]);
  writeMessageChecksum(shared);
  return Buffer.concat([head, shared]);
}

/** A schema with many metadata entries, all of them the same text. */
export function sharingHead(entries: number, textLength: number): Uint8Array {
  const builder = new Builder();
  const table = (fields: readonly (readonly [number, number])[], size: number): number => {
    builder.startObject(size);
    for (const [slot, offset] of fields) builder.addFieldOffset(slot, offset, 0);
    return builder.endObject();
  };
  const vector = (offsets: readonly number[]): number => {
    builder.startVector(4, offsets.length, 4);
    for (const offset of offsets) builder.addOffset(offset);
    return builder.endVector();
  };
  const text = builder.createString('ü'.repeat(textLength / 2));
  const pairs = Array.from({ length: entries }, (_, n) =>
    table(
      [
        [0, builder.createString(String(n))],
        [1, text],
      ],
      2,
    ),
  );
  const schema = table(
    [
      [1, vector([])],
      [2, vector(pairs)],
    ],
    4,
  );
  builder.startObject(5);
  builder.addFieldInt16(0, 4, 0);
  builder.addFieldInt8(1, 1, 0);
  builder.addFieldOffset(2, schema, 0);
  builder.finish(builder.endObject());
  const message = builder.asUint8Array();
  const padded = Buffer.alloc(8 + Math.ceil(message.length / 8) * 8);
  padded.writeInt32LE(-1, 0);
  padded.writeInt32LE(padded.length - 8, 4);
  padded.set(message, 8);
  return padded;
}

/**
 * A record file of many small batches, each of one update whose series are short and whose layout has the maximum
 * width.
 */
export function wideFile(layout: RecordLayout, batches: number): Buffer {
  const encoder = new RecordEncoder(layout);
  const narrow = Array.from({ length: batches }, (_, update) => {
    const one = pack({ ...layout, steps: 4 }, [exampleRecord(update)]);
    return encoder.encode({ ...one, layout });
  });
  return Buffer.concat([encoder.head(), ...narrow]);
}

/** A record file with one late update. */
export function lateUpdate(layout: RecordLayout, update: number): Uint8Array {
  const encoder = new RecordEncoder(layout);
  const norms = { gradNorm: 1, clippedNorm: 1, updateNorm: 1, weightNorm: 1 };
  const parameterNorms = layout.parameters.map(() => norms);
  const batch = pack(layout, [{ ...exampleRecord(update), parameterNorms, record: undefined }]);
  return Buffer.concat([encoder.head(), encoder.encode(batch)]);
}

/** The bytes of a file of a run without a valid checksum key: changes in them are not rejected for the checksum. */
export function unsealed(bytes: Uint8Array): Uint8Array {
  const text = Buffer.from(bytes).toString('latin1');
  return Buffer.from(text.replaceAll('unroll.crc32', 'unroll.no-32').replaceAll('crc32:', 'no-32:'), 'latin1');
}

/** A record file of `updates` updates, whose series share the same `steps` numbers. */
export function overlappingSeries(updates: number, steps: number): Uint8Array {
  const layout = layoutOf([], { steps });
  // One update has all the numbers, which the others then point to.
  const one = pack(
    layout,
    Array.from({ length: updates }, (_, update) => ({
      ...exampleRecord(update),
      parameterNorms: [],
      record: update === 0 ? seriesOf(steps) : undefined,
    })),
  );
  const encoder = new RecordEncoder(layout);
  const batch = Buffer.from(encoder.encode(one));
  const offsets = Buffer.from(Int32Array.from({ length: updates + 1 }, (_, n) => (n === 0 ? 0 : steps)).buffer);
  const alternating = Buffer.from(Int32Array.from({ length: updates + 1 }, (_, n) => (n % 2) * steps).buffer);
  const valid = Buffer.alloc(Math.ceil(updates / 8));
  valid.writeUInt8(1, 0);
  for (let at = batch.indexOf(offsets); at >= 0; at = batch.indexOf(offsets, at + 1)) {
    alternating.copy(batch, at);
    // The validity bitmap precedes the offsets.
    const bitmap = batch.lastIndexOf(valid, at);
    if (bitmap >= 0) batch.fill(0xff, bitmap, bitmap + valid.length);
  }
  writeMessageChecksum(batch);
  return Buffer.concat([encoder.head(), batch]);
}

function seriesOf(steps: number): StepSeries {
  const values = new Float64Array(steps).fill(1);
  return { steps, lossPerStep: values, layers: [{ dh: values, dhLocal: values, saturation: [] }] };
}
