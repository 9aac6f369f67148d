import type { BestValidation } from './endReason';
import type { RecordBatch } from './records/recordBatch';
import { metricName } from './series/validationMetrics';

/** What the records of a run say about its end and about all of its updates; exact, whatever the length of the run. */
export interface MeasuredOutcome {
  /** Recorded updates. */
  readonly updates: number;
  /** Updates whose gradient was changed by clipping. */
  readonly clipped: number;
  /** Training loss of the last recorded update; NaN without any. */
  readonly loss: number;
  /** The last validation loss, and the number of updates it was measured after; undefined without any. */
  readonly validation: BestValidation | undefined;
  /** The share of the held-out targets whose class was predicted at that validation; undefined where it was not recorded. */
  readonly accuracy: number | undefined;
  /** The lowest finite one. */
  readonly best: BestValidation | undefined;
  /** Undefined where no update has series through time. */
  readonly gradient: StartGradient | undefined;
}

/** Norms of ∂L/∂h_t of the top layer at one update. */
export interface StartGradient {
  /** The update, from 0. */
  readonly update: number;
  /** ‖∂L/∂h_0‖ */
  readonly first: number;
  /** The last step whose gradient is not 0; undefined where it is 0 at every step. */
  readonly lastStep: number | undefined;
  /** ‖∂L/∂h_t‖ at that step; NaN without one. */
  readonly last: number;
}

/** Measures the outcome of a run from its records, batch by batch. */
export class OutcomeMeasurement {
  #outcome: MeasuredOutcome = {
    updates: 0,
    clipped: 0,
    loss: NaN,
    validation: undefined,
    accuracy: undefined,
    best: undefined,
    gradient: undefined,
  };

  /** Adds records later than those before. */
  add(batch: RecordBatch): void {
    const { count, update, loss, validationLoss, metrics, clipped, layout } = batch;
    const { metrics: names = [] } = layout;
    const share = names.indexOf(metricName({ kind: 'accuracy' }));
    let { validation, best, accuracy } = this.#outcome;
    for (let n = 0; n < count; n++) {
      const value = validationLoss[n] ?? NaN;
      // NaN stands for no validation; a loss that is not a number ends the run.
      if (Number.isNaN(value)) continue;
      validation = { updates: (update[n] ?? 0) + 1, validationLoss: value };
      const measured = share < 0 ? NaN : (metrics[n * names.length + share] ?? NaN);
      accuracy = Number.isNaN(measured) ? undefined : measured;
      if (Number.isFinite(value) && value < (best?.validationLoss ?? Infinity)) best = validation;
    }
    this.#outcome = {
      updates: this.#outcome.updates + count,
      clipped: this.#outcome.clipped + clipped.reduce((sum, one) => sum + one, 0),
      loss: loss[count - 1] ?? this.#outcome.loss,
      validation,
      accuracy,
      best,
      gradient: startGradient(batch) ?? this.#outcome.gradient,
    };
  }

  get outcome(): MeasuredOutcome {
    return this.#outcome;
  }
}

/** Of the last update of a batch that has series through time. */
function startGradient({ layout, update, steps: stepsOf, recorded, dh }: RecordBatch): StartGradient | undefined {
  if (recorded === 0) return undefined;
  const n = stepsOf.findLastIndex((steps) => steps > 0);
  const top = ((recorded - 1) * layout.layers + layout.layers - 1) * layout.steps;
  const norms = dh.subarray(top, top + (stepsOf[n] ?? 0));
  const lastStep = norms.findLastIndex((norm) => norm > 0);
  return {
    update: update[n] ?? 0,
    first: norms[0] ?? NaN,
    lastStep: lastStep < 0 ? undefined : lastStep,
    last: norms[lastStep] ?? NaN,
  };
}
