import type { RecordBatch, RecordLayout } from '../records/recordBatch';
import { ColumnTable, type Field, type TableSlice } from './columnTable';

const scalarFields = {
  count: { width: 1, merge: 'sum' },
  lossMin: { width: 1, merge: 'min' },
  lossMax: { width: 1, merge: 'max' },
  lossSum: { width: 1, merge: 'sum' },
  validationLoss: { width: 1, merge: 'last' },
  gradNorm: { width: 1, merge: 'max' },
  gradNormMin: { width: 1, merge: 'min' },
  clippedNorm: { width: 1, merge: 'max' },
  clips: { width: 1, merge: 'sum' },
  learningRate: { width: 1, merge: 'last' },
} as const satisfies Record<string, Field>;

/**
 * A quantity with one number an update, ‖Δw‖ / ‖w‖ and ‖∂L/∂w‖ with one for each parameter, and `metrics` with one for each
 * metric of the layout.
 */
export type ScalarField = keyof typeof scalarFields | 'updateRatio' | 'parameterGradNorm' | 'metrics';

/**
 * A quantity with one number per layer and time step; `lossPerStep` has one row only, and `saturation` has the share at the
 * low and at the high end of every gate, per layer.
 */
export type HeatField = 'dh' | 'dhLocal' | 'dc' | 'lossPerStep' | 'saturation';

/** What changed in a display series. */
export interface SeriesSlice {
  readonly scalars: TableSlice;
  readonly heat: TableSlice;
}

const maxColumns = 2048;
const minColumns = 256;
const maxCells = 1 << 20;
/** Maximum numbers of one quantity of all parameters: only nets with more than 2,048 parameters get fewer columns. */
const maxRatios = 1 << 22;
/** Beyond this there are fewer than `minColumns`: a column is then taller than any screen. */
const maxCellsOverall = 1 << 23;

function heatColumns({ layers, steps }: RecordLayout): number {
  const cells = layers * steps;
  let columns = maxColumns;
  while (columns > minColumns && columns * cells > maxCells) columns /= 2;
  while (columns > 2 && columns * cells > maxCellsOverall) columns /= 2;
  return columns;
}

/** Columns of the scalars: fewer for nets with very many parameters, which have one number each per column. */
function scalarColumns({ parameters }: RecordLayout): number {
  let columns = maxColumns;
  while (columns * parameters.length > maxRatios) columns /= 2;
  return columns;
}

/**
 * Bytes of the tables of a run.
 *
 * @param recorded number of updates with a full record
 */
export function seriesBytes(layout: RecordLayout, recorded: number): number {
  const { layers, steps, hasCellState, parameters, saturating, metrics = [] } = layout;
  const cells = layers * steps * (hasCellState ? 3 : 2) + steps + layers * saturating.length * 2;
  const scalars = Object.keys(scalarFields).length + 2 * parameters.length + metrics.length;
  return 8 * (Math.min(recorded, heatColumns(layout)) * cells + Math.min(recorded, scalarColumns(layout)) * scalars);
}

/**
 * The series of a run for its charts: scalars over training time and the gradient over training time × sequence time, in
 * bounded memory however long the run is. Up to 2,048 updates (fewer for more than 2,048 parameters) every number is
 * exact; beyond that a column has the extremes of its `stride` updates.
 */
export class DisplaySeries {
  readonly scalars: ColumnTable<ScalarField>;
  /** Columns hold (L,T) per field, (T) for lossPerStep. */
  readonly heat: ColumnTable<HeatField>;
  #updates = 0;

  /**
   * @param every the experiment's `record.every`
   * @param origin the first update; the heatmap starts at the last multiple of `every` up to it
   */
  constructor(
    readonly layout: RecordLayout,
    readonly every: number,
    readonly origin = 0,
  ) {
    const cells = layout.layers * layout.steps;
    const columns = heatColumns(layout);
    const ofParameters = { width: layout.parameters.length, merge: 'max' } as const;
    const wide = {
      updateRatio: ofParameters,
      parameterGradNorm: ofParameters,
      metrics: { width: layout.metrics?.length ?? 0, merge: 'last' },
    } as const;
    this.scalars = new ColumnTable<ScalarField>({ ...scalarFields, ...wide }, scalarColumns(layout), 1, origin);
    this.heat = new ColumnTable<HeatField>(
      {
        dh: { width: cells, merge: 'max' },
        dhLocal: { width: cells, merge: 'max' },
        dc: { width: layout.hasCellState ? cells : 0, merge: 'max' },
        lossPerStep: { width: layout.steps, merge: 'max' },
        saturation: { width: layout.layers * layout.saturating.length * 2, merge: 'max' },
      },
      columns,
      every,
      origin - (origin % every),
    );
  }

  /** 1 + the last update that was added, for `since`. */
  get updates(): number {
    return this.#updates;
  }

  /** Adds the records of a batch. */
  append(batch: RecordBatch): void {
    const cells = this.layout.layers * this.layout.steps;
    let m = 0;
    for (let n = 0; n < batch.count; n++) {
      const update = batch.update[n] ?? 0;
      this.#updates = update + 1;
      if (update >= this.origin) this.#appendScalars(update, batch, n);
      if ((batch.steps[n] ?? 0) > 0) {
        const column = this.heat.columnOf(update);
        this.heat.add('dh', column, batch.dh.subarray(m * cells, (m + 1) * cells));
        this.heat.add('dhLocal', column, batch.dhLocal.subarray(m * cells, (m + 1) * cells));
        if (this.layout.hasCellState) this.heat.add('dc', column, batch.dc.subarray(m * cells, (m + 1) * cells));
        const { steps } = this.layout;
        this.heat.add('lossPerStep', column, batch.lossPerStep.subarray(m * steps, (m + 1) * steps));
        const gates = this.heat.fields.saturation.width;
        this.heat.add('saturation', column, batch.saturation.subarray(m * gates, (m + 1) * gates));
        m++;
      }
    }
  }

  /** The columns that changed after the first `updates` updates: an update changes its own column, in order. */
  since(updates: number): SeriesSlice {
    const from = ({ stride, count }: { readonly stride: number; readonly count: number }): number =>
      Math.min(Math.max(0, Math.floor((updates - this.origin) / stride)), count);
    return { scalars: this.scalars.slice(from(this.scalars)), heat: this.heat.slice(from(this.heat)) };
  }

  /** All columns. */
  whole(): SeriesSlice {
    return { scalars: this.scalars.slice(0), heat: this.heat.slice(0) };
  }

  /** Whether a slice is a complete series of this layout: one from a file may be anything. */
  fits({ scalars, heat }: SeriesSlice): boolean {
    return this.scalars.fits(scalars) && this.heat.fits(heat);
  }

  /** Applies a slice of another series. */
  write(slice: SeriesSlice): void {
    this.scalars.write(slice.scalars);
    // The number of updates of the last column is not known; it may grow.
    this.#updates = Math.max(this.#updates, this.origin + (slice.scalars.count - 1) * slice.scalars.stride);
    this.heat.write(slice.heat);
  }

  #appendScalars(update: number, batch: RecordBatch, n: number): void {
    const { scalars } = this;
    const column = scalars.columnOf(update);
    const loss = [batch.loss[n] ?? NaN];
    // The count is that of the losses: their mean is their sum divided by it.
    scalars.add('count', column, [this.layout.isSparse === true && Number.isNaN(loss[0]) ? 0 : 1]);
    scalars.add('lossMin', column, loss);
    scalars.add('lossMax', column, loss);
    scalars.add('lossSum', column, loss);
    scalars.add('validationLoss', column, [batch.validationLoss[n] ?? NaN]);
    const { width } = scalars.fields.metrics;
    scalars.add('metrics', column, batch.metrics.subarray(n * width, (n + 1) * width));
    scalars.add('gradNorm', column, [batch.gradNorm[n] ?? NaN]);
    scalars.add('gradNormMin', column, [batch.gradNorm[n] ?? NaN]);
    scalars.add('clippedNorm', column, [batch.clippedNorm[n] ?? NaN]);
    scalars.add('clips', column, [batch.clipped[n] ?? 0]);
    const parameters = this.layout.parameters.length;
    const ratios = Float64Array.from({ length: parameters }, (_, p) => {
      const at = n * parameters + p;
      return (batch.parameterUpdateNorm[at] ?? NaN) / (batch.parameterWeightNorm[at] ?? NaN);
    });
    scalars.add('updateRatio', column, ratios);
    const norms = batch.parameterGradNorm.subarray(n * parameters, (n + 1) * parameters);
    scalars.add('parameterGradNorm', column, norms);
    scalars.add('learningRate', column, [batch.learningRate[n] ?? NaN]);
  }
}
