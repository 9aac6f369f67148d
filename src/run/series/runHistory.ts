import type { RecordBatch, RecordLayout } from '../records/recordBatch';
import { DisplaySeries } from './displaySeries';
import type { MissingUpdates } from './missing';

/** The last numbers of a run, and what was counted on the way there. */
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
  readonly learningRate: number | undefined;
  /** Updates of which no record was kept, and all between the first and the last of them. */
  readonly missing: MissingUpdates | undefined;
}

/** The numbers before the first update. */
export const noNumbers: RunNumbers = {
  updates: 0,
  seconds: 0,
  clipped: 0,
  lastClip: undefined,
  loss: undefined,
  validationLoss: undefined,
  learningRate: undefined,
  missing: undefined,
};

/** What a run's records come to, in memory that does not grow with the run: series for the pictures, and its numbers. */
export class RunHistory {
  readonly series: DisplaySeries;
  #numbers: RunNumbers;

  /**
   * @param every the experiment's `record.every`
   * @param numbers of a series that is written from elsewhere
   */
  constructor(layout: RecordLayout, every: number, numbers: RunNumbers = noNumbers) {
    this.series = new DisplaySeries(layout, every);
    this.#numbers = numbers;
  }

  get numbers(): RunNumbers {
    return this.#numbers;
  }

  /** Takes in the records of a batch; they follow those taken in before, and what lies between is missing. */
  take(batch: RecordBatch): void {
    if (batch.count === 0) return;
    this.series.append(batch);
    const last = batch.count - 1;
    const lastClipped = batch.clipped.lastIndexOf(1);
    this.#numbers = {
      updates: (batch.update[last] ?? 0) + 1,
      seconds: batch.seconds[last] ?? 0,
      clipped: this.#numbers.clipped + batch.clipped.reduce((sum, one) => sum + one, 0),
      lastClip: lastClipped < 0 ? this.#numbers.lastClip : batch.update[lastClipped],
      loss: batch.loss[last],
      validationLoss: batch.validationLoss.findLast((value) => !Number.isNaN(value)) ?? this.#numbers.validationLoss,
      learningRate: batch.learningRate[last],
      missing: missingBefore(batch.update[0] ?? 0, this.#numbers),
    };
  }
}

/** What is missing once an update has come after those that were known of. */
function missingBefore(update: number, { updates, missing }: RunNumbers): MissingUpdates | undefined {
  if (!(update > updates)) return missing;
  return { from: missing?.from ?? updates, to: update, count: (missing?.count ?? 0) + update - updates };
}
