import {
  Bool,
  Field,
  Float64,
  List,
  makeData,
  RecordBatch as ArrowBatch,
  RecordBatchStreamWriter,
  Schema,
  Struct,
  Uint32,
  type Data,
} from 'apache-arrow';
import { joinSchemasInLinearTime } from './arrowSchemas';
import { metricColumn } from './layoutBounds';
import type { RecordBatch, RecordLayout } from './recordBatch';
import { checksumEntry, writeMessageChecksum } from './recordChecksum';

joinSchemasInLinearTime();

/**
 * Keys and version in the schema metadata of a run's record file: an Apache Arrow IPC stream with one row per update,
 * readable by pyarrow, pandas, polars and DuckDB. It grows by whole Arrow messages, so the complete part of the file of a
 * killed run can still be read. Series through time are list columns, null at updates that recorded none. Every message
 * carries a checksum in its metadata (see recordChecksum).
 */
export const recordFormat = { key: 'unroll.records', version: '1', layoutKey: 'unroll.layout' } as const;

const perParameter = [
  ['grad_norm', 'parameterGradNorm'],
  ['clipped_norm', 'parameterClippedNorm'],
  ['update_norm', 'parameterUpdateNorm'],
  ['weight_norm', 'parameterWeightNorm'],
] as const;

/** Encodes batches of one layout as messages to append to a record file. */
export class RecordEncoder {
  readonly #schema: Schema;
  readonly #head: Uint8Array;

  constructor(readonly layout: RecordLayout) {
    this.#schema = schemaOf(layout);
    const writer = new RecordBatchStreamWriter();
    writer.reset(undefined, this.#schema);
    writer.close();
    this.#head = withoutEnd(writer.toUint8Array(true));
    writeMessageChecksum(this.#head);
  }

  /** The first bytes of a file: the Arrow schema message. */
  head(): Uint8Array {
    return this.#head;
  }

  /** One Arrow record batch message. */
  encode(batch: RecordBatch): Uint8Array {
    const children = columnsOf(batch).map(({ data }) => data);
    const data = makeData({ type: new Struct(this.#schema.fields), length: batch.count, nullCount: 0, children });
    const arrow = new ArrowBatch(this.#schema, data, new Map([checksumEntry]));
    const stream = RecordBatchStreamWriter.writeAll([arrow]).toUint8Array(true);
    const message = withoutEnd(stream).slice(this.#head.length);
    writeMessageChecksum(message);
    return message;
  }
}

interface Column {
  readonly name: string;
  readonly data: Data;
}

const endOfStream = 8;

function withoutEnd(stream: Uint8Array): Uint8Array {
  return stream.slice(0, stream.length - endOfStream);
}

function schemaOf(layout: RecordLayout): Schema {
  const empty = columnsOf(emptyBatch(layout));
  const fields = empty.map(({ name, data }) => new Field(name, data.type, isNullable(name)));
  return new Schema(
    fields,
    new Map([
      [recordFormat.key, recordFormat.version],
      [recordFormat.layoutKey, JSON.stringify(layout)],
      checksumEntry,
    ]),
  );
}

function isNullable(name: string): boolean {
  return /^(validation_|loss_per_step|d[hc]_|saturation_)/.test(name);
}

function columnsOf(batch: RecordBatch): Column[] {
  const { layout } = batch;
  const scalars: Column[] = [
    { name: 'update', data: makeData({ type: new Uint32(), data: Uint32Array.from(batch.update) }) },
    number('loss', batch.loss),
    nullable('validation_loss', batch.validationLoss),
    number('grad_norm', batch.gradNorm),
    number('clipped_norm', batch.clippedNorm),
    number('clip_coefficient', batch.clipCoefficient),
    { name: 'clipped', data: makeData({ type: new Bool(), length: batch.count, data: bitmap(batch.clipped) }) },
    number('learning_rate', batch.learningRate),
    number('seconds', batch.seconds),
  ];
  const { metrics = [] } = layout;
  const measured = metrics.map((name, m) =>
    nullable(metricColumn(name), strided(batch.metrics, batch.count, metrics.length, m)),
  );
  const P = layout.parameters.length;
  const parameters = layout.parameters.flatMap((name, p) =>
    perParameter.map(([quantity, key]) => number(`${quantity}/${name}`, strided(batch[key], batch.count, P, p))),
  );
  const { layers } = layout;
  const series = [lists('loss_per_step', batch, batch.lossPerStep, 1, 0)];
  for (let l = 0; l < layers; l++) {
    series.push(
      lists(`dh_l${l}`, batch, batch.dh, layers, l),
      lists(`dh_local_l${l}`, batch, batch.dhLocal, layers, l),
    );
    if (layout.hasCellState) series.push(lists(`dc_l${l}`, batch, batch.dc, layers, l));
    layout.saturating.forEach((name, s) => {
      for (const [end, offset] of [
        ['low', 0],
        ['high', 1],
      ] as const) {
        const width = layers * layout.saturating.length * 2;
        const shares = strided(
          batch.saturation,
          batch.recorded,
          width,
          (l * layout.saturating.length + s) * 2 + offset,
        );
        series.push(nullable(`saturation_${end}_l${l}/${name}`, spread(batch, shares)));
      }
    });
  }
  return [...scalars, ...measured, ...parameters, ...series];
}

function number(name: string, data: Float64Array): Column {
  return { name, data: makeData({ type: new Float64(), data }) };
}

function nullable(name: string, data: Float64Array): Column {
  const valid = Uint8Array.from(data, (value) => (Number.isNaN(value) ? 0 : 1));
  const nullCount = valid.reduce((count, bit) => count + 1 - bit, 0);
  return { name, data: makeData({ type: new Float64(), data, nullCount, nullBitmap: bitmap(valid) }) };
}

/** A list column: at each recorded update the first T entries of its row, null elsewhere. */
function lists(name: string, batch: RecordBatch, values: Float64Array, rows: number, row: number): Column {
  const width = batch.layout.steps;
  const offsets = new Int32Array(batch.count + 1);
  const valid = Uint8Array.from(batch.steps, (steps) => (steps > 0 ? 1 : 0));
  const total = batch.steps.reduce((sum, steps) => sum + steps, 0);
  const flat = new Float64Array(total);
  let m = 0;
  batch.steps.forEach((steps, n) => {
    const start = offsets[n] ?? 0;
    offsets[n + 1] = start + steps;
    if (steps > 0) {
      const from = (m * rows + row) * width;
      flat.set(values.subarray(from, from + steps), start);
      m++;
    }
  });
  const child = makeData({ type: new Float64(), data: flat });
  const type = new List(new Field('item', new Float64(), false));
  return {
    name,
    data: makeData({
      type,
      length: batch.count,
      nullCount: batch.count - batch.recorded,
      nullBitmap: bitmap(valid),
      valueOffsets: offsets,
      child,
    }),
  };
}

function strided(values: Float64Array, count: number, width: number, offset: number): Float64Array {
  return Float64Array.from({ length: count }, (_, n) => values[n * width + offset] ?? NaN);
}

/** Values of the recorded updates, expanded to all updates with NaN in between. */
function spread(batch: RecordBatch, recorded: Float64Array): Float64Array {
  let m = 0;
  return Float64Array.from(batch.steps, (steps) => (steps > 0 ? (recorded[m++] ?? NaN) : NaN));
}

function bitmap(bits: Uint8Array): Uint8Array {
  const out = new Uint8Array(Math.ceil(bits.length / 64) * 8);
  bits.forEach((bit, i) => {
    if (bit !== 0) out[i >> 3] = (out[i >> 3] ?? 0) | (1 << (i & 7));
  });
  return out;
}

/** A batch without updates. */
export function emptyBatch(layout: RecordLayout): RecordBatch {
  const none = new Float64Array(0);
  return {
    layout,
    count: 0,
    update: none,
    loss: none,
    validationLoss: none,
    metrics: none,
    gradNorm: none,
    clippedNorm: none,
    clipCoefficient: none,
    clipped: new Uint8Array(0),
    learningRate: none,
    seconds: none,
    parameterGradNorm: none,
    parameterClippedNorm: none,
    parameterUpdateNorm: none,
    parameterWeightNorm: none,
    steps: new Int32Array(0),
    recorded: 0,
    lossPerStep: none,
    dh: none,
    dhLocal: none,
    dc: none,
    saturation: none,
  };
}
