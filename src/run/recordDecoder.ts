import { Message, RecordBatchReader, type RecordBatch as ArrowBatch, type Schema } from 'apache-arrow';
import { largestSeries, mostNames, type RecordBatch, type RecordLayout } from './recordBatch';
import { guardVectors } from './flatbufferGuard';
import { isSealedMessage } from './recordChecksum';
import { recordFormat } from './recordEncoder';
import { headLength } from './recordHead';

guardVectors();

/** What could be read of a record file. */
export interface RecordsRead {
  readonly batches: readonly RecordBatch[];
  /** Why reading ended before the file did; undefined when it was read whole. */
  readonly cutShort: string | undefined;
}

/** Reads every complete batch of a record file; a damaged or unfinished end is reported, not thrown. */
export function readRecords(bytes: Uint8Array): RecordsRead {
  const batches: RecordBatch[] = [];
  const { end, fault } = soundPart(bytes, 0);
  if (fault !== undefined && end === 0) return { batches, cutShort: fault };
  try {
    for (const batch of RecordBatchReader.from(fault === undefined ? bytes : bytes.subarray(0, end))) {
      // A stream that ends after its schema is read as one batch without rows.
      if (batch.numRows > 0) batches.push(unpack(layoutOf(batch.schema), batch));
    }
  } catch (error) {
    return { batches, cutShort: error instanceof Error ? error.message : String(error) };
  }
  return { batches, cutShort: fault };
}

/** How far the bytes of a record file can be believed. */
export interface SoundPart {
  /** The place after the last whole message. */
  readonly end: number;
  /** Updates before the first that these messages do not have; undefined where there is none in them. */
  readonly updates: number | undefined;
  /** What is damaged after it; undefined where the bytes end there, or in the middle of a message. */
  readonly fault: string | undefined;
}

/**
 * Finds the messages of a record file that are whole and match their checksums, where they have one.
 *
 * @param bytes of the file, beginning with a message
 * @param offset where in the file they begin; at 0 they have its head
 */
export function soundPart(bytes: Uint8Array, offset: number): SoundPart {
  let [end, updates]: [number, number | undefined] = [0, undefined];
  const damaged = (): SoundPart => ({ end, updates, fault: damagedRecords(offset + end) });
  while (end + 8 <= bytes.length) {
    const head = headLength(bytes.subarray(end, end + 8));
    if (head === undefined) return damaged();
    if (end + head > bytes.length) break;
    try {
      const isFirst = offset + end === 0;
      const { bodyLength, count, updatesAt } = isFirst
        ? { bodyLength: 0, count: 0, updatesAt: 0 }
        : readBatchHead(bytes.slice(end + 8, end + head));
      const next = end + head + bodyLength;
      if (next > bytes.length) break;
      if (!isSealedMessage(bytes.subarray(end, next))) return damaged();
      if (count > 0) updates = firstUpdate(bytes.subarray(end + head + updatesAt)) + count;
      end = next;
    } catch {
      return damaged();
    }
  }
  return { end, updates, fault: undefined };
}

/** Said where a record file is damaged. */
export function damagedRecords(at: number): string {
  return `The records are damaged from byte ${at} on: what follows is not read.`;
}

/**
 * Reads the batches of a record file as its bytes come in; a damaged or unfinished end ends them.
 *
 * @param chunks the file's head, then any number of whole batches, cut anywhere
 */
export async function* streamRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RecordBatch> {
  try {
    for await (const batch of await RecordBatchReader.from(chunks)) {
      if (batch.numRows > 0) yield unpack(layoutOf(batch.schema), batch);
    }
  } catch {
    // What came before stands; a file that is still being written ends like this too.
  }
}

/** The size of one record batch in its file. */
export interface BatchHead {
  /** Updates in it. */
  readonly count: number;
  /** Bytes that follow the message's head. */
  readonly bodyLength: number;
  /** Where in them the number of its first update stands, as `firstUpdate` reads it. */
  readonly updatesAt: number;
}

/** The first update of a batch, from the 4 bytes at `updatesAt`. */
export function firstUpdate(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, updateBytes).getUint32(0, true);
}

/** Bytes of the number of an update. */
export const updateBytes = 4;

/**
 * What the head of a message says of its record batch.
 *
 * @throws where it is none, or claims what cannot be
 */
export function readBatchHead(head: Uint8Array): BatchHead {
  const message = Message.decode(head);
  if (!message.isRecordBatch()) throw new Error('The file has a message that is no record batch.');
  const { length: count, buffers } = message.header();
  const { bodyLength } = message;
  if (!Number.isSafeInteger(count) || count < 0 || !Number.isSafeInteger(bodyLength) || bodyLength < 0) {
    throw new Error(`The file claims ${count} updates in ${bodyLength} bytes.`);
  }
  // The first column is the update's number; it is in every row, so it has no bitmap before its values.
  const updatesAt = buffers[1]?.offset ?? NaN;
  if (!(updatesAt >= 0 && updatesAt + updateBytes <= bodyLength))
    throw new Error('The file has no updates in a batch.');
  return { count, bodyLength, updatesAt };
}

/**
 * Rows `first … end` (exclusive) of one record batch.
 *
 * @param bytes the file's head and the batch's message
 * @throws where they are damaged
 */
export function readBatchRows(bytes: Uint8Array, first: number, end: number): RecordBatch {
  const batch = RecordBatchReader.from(bytes).next().value as ArrowBatch | null | undefined;
  if (!batch) throw new Error('The file has no record batch where one should be.');
  return unpack(layoutOf(batch.schema), batch.slice(first, end));
}

function layoutOf(schema: Schema): RecordLayout {
  if (schema.metadata.get(recordFormat.key) !== recordFormat.version) {
    throw new Error(`The file holds no records of version ${recordFormat.version} of this format.`);
  }
  const layout = JSON.parse(schema.metadata.get(recordFormat.layoutKey) ?? 'null') as unknown;
  if (!isLayout(layout)) throw new Error('The description of the columns is damaged.');
  return layout;
}

function isLayout(value: unknown): value is RecordLayout {
  if (typeof value !== 'object' || value === null) return false;
  const { parameters, layers, steps, hasCellState, saturating } = value as Record<string, unknown>;
  const isNames = (names: unknown): boolean =>
    Array.isArray(names) && names.length <= mostNames && names.every((name) => typeof name === 'string');
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) > 0;
  return (
    isNames(parameters) &&
    isNames(saturating) &&
    isSize(layers) &&
    isSize(steps) &&
    (layers as number) * (steps as number) <= largestSeries &&
    typeof hasCellState === 'boolean'
  );
}

/** Numbers of one quantity through time that a batch may come to, with the room for steps that its rows do not have. */
const mostPadded = 1 << 26;

function unpack(layout: RecordLayout, batch: ArrowBatch): RecordBatch {
  const count = batch.numRows;
  const { layers, steps: width } = layout;
  // A header may claim any number of rows: nothing is made room for that is not there.
  const held = (batch.getChild('loss')?.data[0]?.values as Float64Array | undefined)?.length ?? 0;
  if (count > held) throw new Error(`The file claims ${count} updates and holds ${held}.`);
  const column = (name: string): Float64Array => {
    const vector = batch.getChild(name);
    if (vector === null) throw new Error(`The file has no column "${name}".`);
    const data = vector.data[0];
    const values = data?.values as unknown;
    // Columns without gaps are taken over whole: a long run has hundreds of millions of numbers.
    if (values instanceof Float64Array && data?.nullCount === 0) return values.slice(0, count);
    return Float64Array.from({ length: count }, (_, n) => Number(vector.get(n) ?? NaN));
  };
  const lengths = (name: string): Int32Array => {
    const vector = batch.getChild(name);
    return Int32Array.from({ length: count }, (_, n) =>
      Math.min(width, (vector?.get(n) as Float64Array | null)?.length ?? 0),
    );
  };
  const steps = lengths('loss_per_step');
  const rows = Array.from(steps.keys()).filter((n) => (steps[n] ?? 0) > 0);
  if (rows.length * layers * width > mostPadded) {
    throw new Error(`The file claims ${rows.length} updates of ${layers} layers and ${width} steps in one batch.`);
  }
  const gather = (names: readonly string[]): Float64Array => {
    const out = new Float64Array(rows.length * names.length * width).fill(NaN);
    names.forEach((name, row) => {
      const vector = batch.getChild(name);
      if (vector === null) throw new Error(`The file has no column "${name}".`);
      rows.forEach((n, m) => {
        const list = vector.get(n) as { readonly length: number; get(t: number): number | null } | null;
        // A list may claim any length; no more of it is read than has room.
        const length = Math.min(width, list?.length ?? 0);
        for (let t = 0; t < length; t++) out[(m * names.length + row) * width + t] = list?.get(t) ?? NaN;
      });
    });
    return out;
  };
  const interleave = (names: readonly string[], length: number, pick: (values: Float64Array, i: number) => number) => {
    const out = new Float64Array(length * names.length);
    names.forEach((name, i) => {
      const values = column(name);
      for (let n = 0; n < length; n++) out[n * names.length + i] = pick(values, n);
    });
    return out;
  };
  const parameterColumn = (quantity: string): Float64Array =>
    interleave(
      layout.parameters.map((name) => `${quantity}/${name}`),
      count,
      (values, n) => values[n] ?? NaN,
    );
  const layerNames = (quantity: string): string[] => Array.from({ length: layers }, (_, l) => `${quantity}_l${l}`);
  const saturationNames = Array.from({ length: layers }, (_, l) =>
    layout.saturating.flatMap((name) => [`saturation_low_l${l}/${name}`, `saturation_high_l${l}/${name}`]),
  ).flat();
  return {
    layout,
    count,
    update: column('update'),
    loss: column('loss'),
    validationLoss: column('validation_loss'),
    gradNorm: column('grad_norm'),
    clippedNorm: column('clipped_norm'),
    clipCoefficient: column('clip_coefficient'),
    clipped: Uint8Array.from(column('clipped')),
    learningRate: column('learning_rate'),
    seconds: column('seconds'),
    parameterGradNorm: parameterColumn('grad_norm'),
    parameterClippedNorm: parameterColumn('clipped_norm'),
    parameterUpdateNorm: parameterColumn('update_norm'),
    parameterWeightNorm: parameterColumn('weight_norm'),
    steps,
    recorded: rows.length,
    lossPerStep: gather(['loss_per_step']),
    dh: gather(layerNames('dh')),
    dhLocal: gather(layerNames('dh_local')),
    dc: layout.hasCellState ? gather(layerNames('dc')) : new Float64Array(0),
    saturation: interleave(saturationNames, rows.length, (values, m) => values[rows[m] ?? 0] ?? NaN),
  };
}
