import { DataType, Type, type Data, type RecordBatch as ArrowBatch, type Schema, type Vector } from 'apache-arrow';
import { columnNames, isBounded, metricColumn } from './layoutBounds';
import type { RecordBatch, RecordLayout } from './recordBatch';
import { recordFormat } from './recordEncoder';

/** The columns of a file: every batch of it has the same schema. */
interface Columns {
  readonly layout: RecordLayout;
  /** Index of each column: Arrow's lookup by name is a linear search. */
  readonly places: ReadonlyMap<string, number>;
}

const columnsBySchema = new WeakMap<Schema, Columns>();

/** Maximum numbers of all series through time in one piece of a batch, unless one update has more. */
const maxPieceNumbers = 1 << 22;
/**
 * Maximum numbers of all series through time of a batch, with padding: `numbers`, or `timesStored` times the numbers in
 * the file if that is more. Only a crafted file exceeds it.
 */
const maxPadded = { numbers: 1 << 26, timesStored: 256 } as const;

/**
 * Unpacks one Arrow batch. Its series through time are padded to the longest possible sequence, which may take far more
 * memory than the batch: it then comes in pieces of consecutive updates, each of bounded size. A batch without rows, as
 * in a stream that ends after its schema, gives none.
 *
 * @throws if its columns are not those of records, or if it claims more than it contains
 */
export function* unpack(batch: ArrowBatch): Generator<RecordBatch> {
  const count = batch.numRows;
  if (count === 0) return;
  const columns = columnsOf(batch.schema);
  const { layers, steps: width, hasCellState } = columns.layout;
  for (const [name, place] of columns.places) checkColumn(name, dataAt(batch, place), count);
  const lengths = lengthsIn(columns, batch);
  const stored = lengths.reduce((sum, length) => sum + length, 0);
  const recorded = lengths.filter((length) => length > 0).length;
  const series = 1 + layers * (hasCellState ? 3 : 2);
  if (recorded * width * series > Math.max(maxPadded.numbers, maxPadded.timesStored * stored * series)) {
    throw new Error(`The file claims ${recorded} updates of ${layers} layers and ${width} steps in one batch.`);
  }
  const maxRows = Math.max(1, Math.floor(maxPieceNumbers / (width * series)));
  let [begin, rows] = [0, 0];
  for (let n = 0; n < count; n++) {
    const isRecorded = (lengths[n] ?? 0) > 0;
    if (isRecorded && rows === maxRows) {
      yield unpackRows(columns, batch.slice(begin, n));
      [begin, rows] = [n, 0];
    }
    if (isRecorded) rows++;
  }
  yield unpackRows(columns, begin === 0 ? batch : batch.slice(begin, count));
}

function columnsOf(schema: Schema): Columns {
  const known = columnsBySchema.get(schema);
  if (known !== undefined) return known;
  if (schema.metadata.get(recordFormat.key) !== recordFormat.version) {
    throw new Error(`The file does not contain records of version ${recordFormat.version} of this format.`);
  }
  const layout = JSON.parse(schema.metadata.get(recordFormat.layoutKey) ?? 'null') as unknown;
  if (!isLayout(layout)) throw new Error('The layout of the records is damaged.');
  const places = new Map<string, number>();
  schema.fields.forEach((field, place) => {
    const { name } = field;
    const type = field.type as DataType;
    if (places.has(name)) throw new Error(`The file has the column "${name}" twice.`);
    if (!isNumber(type) && !isSeries(type)) throw new Error(`The column "${name}" does not contain numbers.`);
    places.set(name, place);
  });
  // The layout may claim any number of columns: stop at the first that the file does not have.
  for (const name of columnNames(layout)) {
    if (!places.has(name)) throw new Error(`The file has no column "${name}".`);
  }
  const columns = { layout, places };
  columnsBySchema.set(schema, columns);
  return columns;
}

function isNumber(type: DataType): boolean {
  return DataType.isFloat(type) || DataType.isInt(type) || DataType.isBool(type);
}

function isSeries(type: DataType): boolean {
  return DataType.isList(type) && DataType.isFloat(type.valueType);
}

function isLayout(value: unknown): value is RecordLayout {
  if (typeof value !== 'object' || value === null) return false;
  const {
    parameters,
    layers,
    steps,
    hasCellState,
    saturating,
    metrics = [],
    isSparse = false,
  } = value as Record<string, unknown>;
  const isNames = (names: unknown): boolean => Array.isArray(names) && names.every((name) => typeof name === 'string');
  const isSize = (size: unknown): boolean => Number.isSafeInteger(size) && (size as number) >= 0;
  return (
    isNames(parameters) &&
    isNames(saturating) &&
    isNames(metrics) &&
    isSize(layers) &&
    isSize(steps) &&
    typeof hasCellState === 'boolean' &&
    typeof isSparse === 'boolean' &&
    isBounded(value as RecordLayout)
  );
}

function dataAt(batch: ArrowBatch, place: number): Data {
  const data = batch.data.children[place];
  if (data === undefined) throw new Error('The file has fewer columns than it claims.');
  return data;
}

/** @throws if a column has fewer numbers than the batch has rows, or if its series overlap */
function checkColumn(name: string, data: Data, count: number): void {
  const [series] = data.children;
  if (series === undefined) {
    const length = data.typeId === Type.Bool ? entryCount(data) * 8 - data.offset : entryCount(data);
    if (count > length) throw new Error(`The file claims ${count} updates and holds ${length} of "${name}".`);
    return;
  }
  // Series are consecutive, as Arrow requires: together they have no more numbers than the column.
  const offsets = data.valueOffsets as ArrayLike<number>;
  let before = 0;
  for (let n = 0; n <= count; n++) {
    const offset = offsets[n] ?? NaN;
    if (!(offset >= before && offset <= entryCount(series))) {
      throw new Error(`The series of "${name}" are not where the file claims.`);
    }
    before = offset;
  }
}

/** The actual number of entries of a column; bytes for a column of bits. */
function entryCount({ values }: Data): number {
  return ArrayBuffer.isView(values) ? (values as Uint8Array).length : 0;
}

/** Steps of each update's series; 0 if not recorded. */
function lengthsIn({ layout, places }: Columns, batch: ArrowBatch): Int32Array {
  const vector = batch.getChildAt(places.get('loss_per_step') ?? -1);
  return Int32Array.from({ length: batch.numRows }, (_, n) =>
    Math.min(layout.steps, (vector?.get(n) as Float64Array | null)?.length ?? 0),
  );
}

function unpackRows(columns: Columns, batch: ArrowBatch): RecordBatch {
  const count = batch.numRows;
  const { layout } = columns;
  const { layers, steps: width } = layout;
  const vectorOf = (name: string): Vector => {
    const vector = batch.getChildAt(columns.places.get(name) ?? -1);
    if (vector === null) throw new Error(`The file has no column "${name}".`);
    return vector;
  };
  const column = (name: string): Float64Array => {
    const vector = vectorOf(name);
    const data = vector.data[0];
    const values = data?.values as unknown;
    // Columns without nulls are copied as a whole: a long run has hundreds of millions of numbers.
    if (values instanceof Float64Array && data?.nullCount === 0) return values.slice(0, count);
    return Float64Array.from({ length: count }, (_, n) => Number(vector.get(n) ?? NaN));
  };
  const steps = lengthsIn(columns, batch);
  const rows = Array.from(steps.keys()).filter((n) => (steps[n] ?? 0) > 0);
  const gather = (names: readonly string[]): Float64Array => {
    const out = new Float64Array(rows.length * names.length * width).fill(NaN);
    names.forEach((name, row) => {
      const vector = vectorOf(name);
      rows.forEach((n, m) => {
        const list = vector.get(n) as { readonly length: number; get(t: number): number | null } | null;
        // A list may claim any length; at most `width` entries are read.
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
    metrics: interleave((layout.metrics ?? []).map(metricColumn), count, (values, n) => values[n] ?? NaN),
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
