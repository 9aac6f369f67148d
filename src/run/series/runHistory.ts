import type { BestValidation } from '../endReason';
import type { RecordBatch, RecordLayout } from '../records/recordBatch';
import { DisplaySeries } from './displaySeries';
import type { MissingUpdates } from './missing';

/** The latest numbers of a run, and its totals. */
export interface RunNumbers {
  /** Updates done. */
  readonly updates: number;
  /** Of training, without pauses. */
  readonly seconds: number;
  readonly clipped: number;
  /** Number of the last clipped update. */
  readonly lastClip: number | undefined;
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
  /** The lowest one; undefined without any, and where a summary of an earlier version does not tell. */
  readonly best: BestValidation | undefined;
  readonly learningRate: number | undefined;
  /** Updates without a record; undefined if there are none. */
  readonly missing: MissingUpdates | undefined;
}

/** The numbers before the first update. */
export const initialNumbers: RunNumbers = {
  updates: 0,
  seconds: 0,
  clipped: 0,
  lastClip: undefined,
  loss: undefined,
  validationLoss: undefined,
  best: undefined,
  learningRate: undefined,
  missing: undefined,
};

/** A summary of a run's records in bounded memory: series for the charts, and the latest numbers. */
export class RunHistory {
  readonly series: DisplaySeries;
  #numbers: RunNumbers;

  /**
   * @param every the experiment's `record.every`
   * @param numbers of a history whose series is restored with `write`
   */
  constructor(layout: RecordLayout, every: number, numbers: RunNumbers = initialNumbers) {
    this.series = new DisplaySeries(layout, every);
    this.#numbers = numbers;
  }

  get numbers(): RunNumbers {
    return this.#numbers;
  }

  /** Adds the records of a batch, later than those before; the updates in between are missing. */
  append(batch: RecordBatch): void {
    if (batch.count === 0) return;
    this.series.append(batch);
    const last = batch.count - 1;
    const isSparse = batch.layout.isSparse === true;
    // Of a sparse row NaN is no value: the one before it is the latest.
    const latest = (values: Float64Array, before: number | undefined): number | undefined =>
      isSparse ? (values.findLast((value) => !Number.isNaN(value)) ?? before) : values[last];
    const lastClipped = batch.clipped.lastIndexOf(1);
    this.#numbers = {
      updates: (batch.update[last] ?? 0) + 1,
      seconds: batch.seconds[last] ?? 0,
      clipped: this.#numbers.clipped + batch.clipped.reduce((sum, one) => sum + one, 0),
      lastClip: lastClipped < 0 ? this.#numbers.lastClip : batch.update[lastClipped],
      loss: latest(batch.loss, this.#numbers.loss),
      validationLoss: batch.validationLoss.findLast((value) => !Number.isNaN(value)) ?? this.#numbers.validationLoss,
      best: bestOf(batch, this.#numbers.best),
      learningRate: latest(batch.learningRate, this.#numbers.learningRate),
      missing: isSparse ? undefined : missingUpTo(batch.update[0] ?? 0, this.#numbers),
    };
  }
}

function bestOf({ count, update, validationLoss }: RecordBatch, before: BestValidation | undefined) {
  let best = before;
  for (let n = 0; n < count; n++) {
    const loss = validationLoss[n] ?? NaN;
    if (Number.isFinite(loss) && loss < (best?.validationLoss ?? Infinity)) {
      best = { updates: (update[n] ?? 0) + 1, validationLoss: loss };
    }
  }
  return best;
}

/** The missing updates after `update` has been added. */
function missingUpTo(update: number, { updates, missing }: RunNumbers): MissingUpdates | undefined {
  if (!(update > updates)) return missing;
  return { from: missing?.from ?? updates, to: update, count: (missing?.count ?? 0) + update - updates };
}
