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

/** A quantity with one number an update, and ‖Δw‖ / ‖w‖ with one for each parameter. */
export type ScalarField = keyof typeof scalarFields | 'updateRatio';

/** A quantity with one number per layer and time step; `lossPerStep` has one row only. */
export type HeatField = 'dh' | 'dhLocal' | 'dc' | 'lossPerStep';

/** What changed in a display series. */
export interface SeriesSlice {
  readonly scalars: TableSlice;
  readonly heat: TableSlice;
}

const mostColumns = 2048;
const fewestColumns = 256;
const mostCells = 1 << 20;
/** Numbers of one quantity of all parameters: so many parameters as make the columns fewer than 2,048 few nets have. */
const mostRatios = 1 << 22;
/** Beyond this the columns are fewer still: each is taller than any screen. */
const mostCellsAtAll = 1 << 23;

function heatColumns({ layers, steps }: RecordLayout): number {
  const cells = layers * steps;
  let columns = mostColumns;
  while (columns > fewestColumns && columns * cells > mostCells) columns /= 2;
  while (columns > 2 && columns * cells > mostCellsAtAll) columns /= 2;
  return columns;
}

/** Columns of the scalars: fewer where a net has very many parameters, each of which has one number in each. */
function scalarColumns({ parameters }: RecordLayout): number {
  let columns = mostColumns;
  while (columns * parameters.length > mostRatios) columns /= 2;
  return columns;
}

/**
 * Bytes of the tables of a run.
 *
 * @param recorded updates of which there is a full record
 */
export function seriesBytes(layout: RecordLayout, recorded: number): number {
  const { layers, steps, hasCellState, parameters } = layout;
  const cells = layers * steps * (hasCellState ? 3 : 2) + steps;
  const scalars = Object.keys(scalarFields).length + parameters.length;
  return 8 * (Math.min(recorded, heatColumns(layout)) * cells + Math.min(recorded, scalarColumns(layout)) * scalars);
}

/**
 * The pictures' view of a run: scalars over training time and the gradient over training time × sequence time, bounded
 * in memory however long the run is. Up to 2,048 updates (fewer where
 * there are more than 2,048 parameters) every number is exact; beyond that a column shows the extremes
 * of its `stride` updates.
 */
export class DisplaySeries {
  readonly scalars: ColumnTable<ScalarField>;
  /** Columns hold (L,T) per field, (T) for lossPerStep. */
  readonly heat: ColumnTable<HeatField>;
  #updates = 0;

  /**
   * @param every the experiment's `record.every`
   * @param origin the first update that it is about; the heat begins with the last one up to it that `every` divides
   */
  constructor(
    readonly layout: RecordLayout,
    readonly every: number,
    readonly origin = 0,
  ) {
    const cells = layout.layers * layout.steps;
    const columns = heatColumns(layout);
    const perParameter = { updateRatio: { width: layout.parameters.length, merge: 'max' } } as const;
    this.scalars = new ColumnTable<ScalarField>({ ...scalarFields, ...perParameter }, scalarColumns(layout), 1, origin);
    this.heat = new ColumnTable<HeatField>(
      {
        dh: { width: cells, merge: 'max' },
        dhLocal: { width: cells, merge: 'max' },
        dc: { width: layout.hasCellState ? cells : 0, merge: 'max' },
        lossPerStep: { width: layout.steps, merge: 'max' },
      },
      columns,
      every,
      origin - (origin % every),
    );
  }

  /** Updates up to the last one taken in: what `since` counts from. */
  get updates(): number {
    return this.#updates;
  }

  /** Takes in the records of a batch. */
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
        m++;
      }
    }
  }

  /** What changed after the first `updates` updates: an update changes its own column, and they come in order. */
  since(updates: number): SeriesSlice {
    const from = ({ stride, count }: { readonly stride: number; readonly count: number }): number =>
      Math.min(Math.max(0, Math.floor((updates - this.origin) / stride)), count);
    return { scalars: this.scalars.slice(from(this.scalars)), heat: this.heat.slice(from(this.heat)) };
  }

  /** Everything there is. */
  whole(): SeriesSlice {
    return { scalars: this.scalars.slice(0), heat: this.heat.slice(0) };
  }

  /** Whether a slice is a whole series of this one's form: what was read from a file may be anything. */
  fits({ scalars, heat }: SeriesSlice): boolean {
    return this.scalars.fits(scalars) && this.heat.fits(heat);
  }

  /** Takes over a slice from the other side's series. */
  write(slice: SeriesSlice): void {
    this.scalars.write(slice.scalars);
    // How many updates the last column stands for is not known here; it may grow.
    this.#updates = Math.max(this.#updates, this.origin + (slice.scalars.count - 1) * slice.scalars.stride);
    this.heat.write(slice.heat);
  }

  #appendScalars(update: number, batch: RecordBatch, n: number): void {
    const { scalars } = this;
    const column = scalars.columnOf(update);
    const loss = [batch.loss[n] ?? NaN];
    scalars.add('count', column, [1]);
    scalars.add('lossMin', column, loss);
    scalars.add('lossMax', column, loss);
    scalars.add('lossSum', column, loss);
    scalars.add('validationLoss', column, [batch.validationLoss[n] ?? NaN]);
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
    scalars.add('learningRate', column, [batch.learningRate[n] ?? NaN]);
  }
}
