/**
 * The records of consecutive updates, packed column by column: the form in which they are sent to the extension host, saved
 * in the record file and added to the live charts. Scalars have one entry per update; series through time exist only at
 * the updates of `record.every` and are padded with NaN to the longest sequence.
 */
export interface RecordBatch {
  readonly layout: RecordLayout;
  /** n: updates in this batch. */
  readonly count: number;
  /** (n) number of the update, from 0. */
  readonly update: Float64Array;
  /** (n) training loss before the update, as reduced. */
  readonly loss: Float64Array;
  /** (n) validation loss after the update; NaN if there was no validation. */
  readonly validationLoss: Float64Array;
  /** (n,M) what else was measured on held-out data at that validation, as the layout names it; NaN if nothing was. */
  readonly metrics: Float64Array;
  /** (n) ‖g‖ over all parameters, as back-propagated. */
  readonly gradNorm: Float64Array;
  /** (n) ‖g‖ after clipping. */
  readonly clippedNorm: Float64Array;
  /** (n) factor of clipping by norm; 1 unless by norm. */
  readonly clipCoefficient: Float64Array;
  /** (n) 1 where clipping changed the gradient. */
  readonly clipped: Uint8Array;
  /** (n) rate of this update, schedule included. */
  readonly learningRate: Float64Array;
  /** (n) seconds of training since the run began. */
  readonly seconds: Float64Array;
  /** (n,P) per parameter in the layout's order. */
  readonly parameterGradNorm: Float64Array;
  /** (n,P) */
  readonly parameterClippedNorm: Float64Array;
  /** (n,P) ‖Δw‖ */
  readonly parameterUpdateNorm: Float64Array;
  /** (n,P) ‖w‖ before the update. */
  readonly parameterWeightNorm: Float64Array;
  /** (n) T of the update's series through time; 0 if not recorded. */
  readonly steps: Int32Array;
  /** m: updates with series through time. */
  readonly recorded: number;
  /** (m,T) L_t */
  readonly lossPerStep: Float64Array;
  /** (m,L,T) ‖∂L/∂h_t‖ */
  readonly dh: Float64Array;
  /** (m,L,T) norm of the part of ∂L/∂h_t that does not come from step t+1 of the same layer. */
  readonly dhLocal: Float64Array;
  /** (m,L,T) ‖∂L/∂c_t‖; empty for cells without c. */
  readonly dc: Float64Array;
  /** (m,L,S,2) share of (t, unit, row) at the low and the high end, S as in the layout. */
  readonly saturation: Float64Array;
}

/** The constants of a run that determine the columns and their widths. */
export interface RecordLayout {
  /** P names, PyTorch's. */
  readonly parameters: readonly string[];
  /** L */
  readonly layers: number;
  /** T of the longest window. */
  readonly steps: number;
  /** Whether the cell has a state c with its own gradient. */
  readonly hasCellState: boolean;
  /** S names of gates and activations, which can saturate. */
  readonly saturating: readonly string[];
  /**
   * M names of what a validation measures besides the loss, as `metricName` writes them; none where nothing is held out or
   * has another measure. Absent in records of earlier versions.
   */
  readonly metrics?: readonly string[] | undefined;
  /**
   * Whether updates without a row were not logged, rather than lost, and NaN is no value rather than the result of a
   * computation. Absent in records of Unroll, which has a row for each update.
   */
  readonly isSparse?: boolean | undefined;
}

/** The record of one update, from the trainer. */
export interface UpdateRecord {
  readonly update: number;
  readonly loss: number;
  readonly validationLoss: number | undefined;
  /** In the order of the layout; absent without a validation. */
  readonly metrics?: readonly number[] | undefined;
  readonly gradNorm: number;
  readonly clippedNorm: number;
  readonly clipCoefficient: number;
  readonly clipped: boolean;
  readonly learningRate: number;
  readonly seconds: number;
  readonly parameterNorms: readonly {
    readonly gradNorm: number;
    readonly clippedNorm: number;
    readonly updateNorm: number;
    readonly weightNorm: number;
  }[];
  readonly record: StepSeries | undefined;
}

/** The series through time of one update; the engine's step record is assignable to it. */
export interface StepSeries {
  readonly steps: number;
  readonly lossPerStep: Float64Array;
  readonly layers: readonly {
    readonly dh: Float64Array;
    readonly dhLocal: Float64Array;
    readonly dc?: Float64Array;
    readonly saturation: readonly { readonly name: string; readonly low: number; readonly high: number }[];
  }[];
}

/** Collects records and packs them into batches. */
export class RecordPacker {
  #pending: UpdateRecord[] = [];

  constructor(readonly layout: RecordLayout) {}

  get count(): number {
    return this.#pending.length;
  }

  add(record: UpdateRecord): void {
    this.#pending.push(record);
  }

  /** All records since the last `take`, packed, without removing them; undefined if there are none. */
  peek(): RecordBatch | undefined {
    return this.#pending.length === 0 ? undefined : pack(this.layout, this.#pending);
  }

  /** All records since the last `take`, packed, and removes them; undefined if there are none. */
  take(): RecordBatch | undefined {
    const pending = this.#pending;
    if (pending.length === 0) return undefined;
    this.#pending = [];
    return pack(this.layout, pending);
  }
}

/** Packs records into columns. */
export function pack(layout: RecordLayout, records: readonly UpdateRecord[]): RecordBatch {
  const count = records.length;
  const P = layout.parameters.length;
  const column = (value: (record: UpdateRecord) => number): Float64Array => Float64Array.from(records, value);
  const perParameter = (value: (norms: UpdateRecord['parameterNorms'][number]) => number): Float64Array => {
    const out = new Float64Array(count * P);
    records.forEach((record, n) => {
      record.parameterNorms.forEach((norms, p) => {
        out[n * P + p] = value(norms);
      });
    });
    return out;
  };
  const series = records.flatMap(({ record }) => (record === undefined ? [] : [record]));
  return {
    layout,
    count,
    update: column((r) => r.update),
    loss: column((r) => r.loss),
    validationLoss: column((r) => r.validationLoss ?? NaN),
    metrics: metricsOf(layout, records),
    gradNorm: column((r) => r.gradNorm),
    clippedNorm: column((r) => r.clippedNorm),
    clipCoefficient: column((r) => r.clipCoefficient),
    clipped: Uint8Array.from(records, (r) => (r.clipped ? 1 : 0)),
    learningRate: column((r) => r.learningRate),
    seconds: column((r) => r.seconds),
    parameterGradNorm: perParameter((norms) => norms.gradNorm),
    parameterClippedNorm: perParameter((norms) => norms.clippedNorm),
    parameterUpdateNorm: perParameter((norms) => norms.updateNorm),
    parameterWeightNorm: perParameter((norms) => norms.weightNorm),
    steps: Int32Array.from(records, (r) => r.record?.steps ?? 0),
    recorded: series.length,
    lossPerStep: padded(series, 1, layout.steps, (s) => s.lossPerStep),
    dh: padded(series, layout.layers, layout.steps, (s, l) => s.layers[l]?.dh),
    dhLocal: padded(series, layout.layers, layout.steps, (s, l) => s.layers[l]?.dhLocal),
    dc: layout.hasCellState
      ? padded(series, layout.layers, layout.steps, (s, l) => s.layers[l]?.dc)
      : new Float64Array(0),
    saturation: saturationOf(layout, series),
  };
}

/** The part of a batch with the updates before `end`. */
export function batchBefore(batch: RecordBatch, end: number): RecordBatch {
  const count = batch.update.findIndex((update) => update >= end);
  return count < 0 ? batch : rows(batch, 0, count);
}

/** The part of a batch with update `first` and those after it. */
export function batchFrom(batch: RecordBatch, first: number): RecordBatch {
  const begin = batch.update.findIndex((update) => update >= first);
  return begin === 0 ? batch : rows(batch, begin < 0 ? batch.count : begin, batch.count);
}

function rows(batch: RecordBatch, begin: number, end: number): RecordBatch {
  const { layout } = batch;
  const recordedIn = (steps: Int32Array): number => steps.filter((count) => count > 0).length;
  const before = recordedIn(batch.steps.subarray(0, begin));
  const recorded = recordedIn(batch.steps.subarray(begin, end));
  const each = (values: Float64Array, width = 1): Float64Array => values.slice(begin * width, end * width);
  const eachRecorded = (values: Float64Array, width: number): Float64Array =>
    values.slice(before * width, (before + recorded) * width);
  const P = layout.parameters.length;
  const cells = layout.layers * layout.steps;
  return {
    layout,
    count: end - begin,
    update: each(batch.update),
    loss: each(batch.loss),
    validationLoss: each(batch.validationLoss),
    metrics: each(batch.metrics, layout.metrics?.length ?? 0),
    gradNorm: each(batch.gradNorm),
    clippedNorm: each(batch.clippedNorm),
    clipCoefficient: each(batch.clipCoefficient),
    clipped: batch.clipped.slice(begin, end),
    learningRate: each(batch.learningRate),
    seconds: each(batch.seconds),
    parameterGradNorm: each(batch.parameterGradNorm, P),
    parameterClippedNorm: each(batch.parameterClippedNorm, P),
    parameterUpdateNorm: each(batch.parameterUpdateNorm, P),
    parameterWeightNorm: each(batch.parameterWeightNorm, P),
    steps: batch.steps.slice(begin, end),
    recorded,
    lossPerStep: eachRecorded(batch.lossPerStep, layout.steps),
    dh: eachRecorded(batch.dh, cells),
    dhLocal: eachRecorded(batch.dhLocal, cells),
    dc: layout.hasCellState ? eachRecorded(batch.dc, cells) : batch.dc,
    saturation: eachRecorded(batch.saturation, layout.layers * layout.saturating.length * 2),
  };
}

function padded(
  series: readonly StepSeries[],
  rows: number,
  steps: number,
  values: (series: StepSeries, row: number) => Float64Array | undefined,
): Float64Array {
  const out = new Float64Array(series.length * rows * steps).fill(NaN);
  series.forEach((entry, m) => {
    for (let row = 0; row < rows; row++) {
      out.set(values(entry, row)?.subarray(0, entry.steps) ?? [], (m * rows + row) * steps);
    }
  });
  return out;
}

function metricsOf({ metrics = [] }: RecordLayout, records: readonly UpdateRecord[]): Float64Array {
  const M = metrics.length;
  const out = new Float64Array(records.length * M).fill(NaN);
  records.forEach((record, n) => {
    out.set(record.metrics?.slice(0, M) ?? [], n * M);
  });
  return out;
}

function saturationOf(layout: RecordLayout, series: readonly StepSeries[]): Float64Array {
  const S = layout.saturating.length;
  const out = new Float64Array(series.length * layout.layers * S * 2).fill(NaN);
  series.forEach((entry, m) => {
    entry.layers.forEach((layer, l) => {
      layer.saturation.forEach(({ low, high }, s) => {
        out.set([low, high], ((m * layout.layers + l) * S + s) * 2);
      });
    });
  });
  return out;
}

/** The buffers of a batch, to be handed over rather than copied when it crosses to another thread. */
export function buffersOf(batch: RecordBatch): ArrayBuffer[] {
  return Object.values(batch)
    .filter((value): value is Float64Array<ArrayBuffer> => ArrayBuffer.isView(value) && value.byteLength > 0)
    .map((view) => view.buffer);
}
