import type { HeldOutTable } from '../../data/table/heldOutTable';
import { LastKnown } from '../../data/table/baselines/lastKnown';
import { inDataUnit } from '../../data/table/normalization';
import type { HeldOutPart, Source } from '../../data/sourceContract';
import type { Learner } from '../../engine/learner';
import { predictionOf } from '../../engine/losses/output';
import type { LossSpec } from '../../engine/spec';
import { argmaxOfRow } from '../argmax';

/** The held-out rows of a table with the net's predictions, in the unit of the data; classes are indices. */
export interface HeldOutPredictions {
  readonly kind: 'values' | 'classes';
  readonly table: HeldOutTable;
  /** Rows of the training part before the held-out ones. */
  readonly lead: number;
  /** Rows from an input to its target. */
  readonly horizon: number;
  /** Rows that a window reads before its first prediction. */
  readonly warmUp: number;
  /** (targets)(rows) NaN where the net predicts nothing. */
  readonly predicted: readonly Float64Array[];
  /**
   * (targets)(rows) what persistence predicts where the net does, so that both have errors over the same rows: the value
   * `horizon` rows earlier or the last known one before; the mean of the training part, or its most frequent class, before
   * the first known one. NaN for other rows, and without a horizon.
   */
  readonly persistence: readonly Float64Array[];
  /** (rows) 1 for a row that is predicted after fewer than `warmUp` earlier steps, at the start of a sequence. */
  readonly isEarly: Uint8Array;
  /** The index of the class that the training part has most often; undefined for numbers. */
  readonly mostFrequent: number | undefined;
  /** Number of rows whose prediction is not finite, in any target. */
  readonly notFinite: number;
}

/** Predicts the held-out rows of a table, a batch at a time, so that the computation can be interrupted and continued. */
export class HeldOutEvaluation {
  readonly #batches;
  readonly #predicted: readonly Float64Array[];
  readonly #isEarly: Uint8Array;
  #isDone = false;
  #notFinite = 0;

  constructor(
    readonly source: Pick<Source, 'outputs' | 'targetKind' | 'scaling'>,
    readonly part: HeldOutPart,
    readonly table: HeldOutTable,
    readonly loss: LossSpec,
  ) {
    const rows = part.fileRows.length;
    this.#batches = part.batches()[Symbol.iterator]();
    this.#predicted = table.targets.map(() => new Float64Array(rows).fill(NaN));
    this.#isEarly = new Uint8Array(rows);
  }

  /** Predicts the rows of the next batch with the present weights of a learner; false after the last one. */
  advance(learner: Learner): boolean {
    const next = this.#isDone ? undefined : this.#batches.next();
    if (next === undefined || next.done === true) {
      this.#isDone = true;
      return false;
    }
    const { batch, places } = next.value;
    learner.evaluate([batch], (_, t, outputs) => {
      for (let sequence = 0; sequence < batch.batch; sequence++) {
        const place = places[t * batch.batch + sequence] ?? -1;
        if (place >= 0) this.#record(place, t, outputs, sequence);
      }
    });
    return true;
  }

  /** The predictions of the batches so far. */
  finish(): HeldOutPredictions {
    const { part, source, table } = this;
    const { lead, horizon, warmUp } = part;
    return {
      kind: source.targetKind,
      table,
      lead,
      horizon,
      warmUp,
      predicted: this.#predicted,
      persistence: table.targets.map((column, target) =>
        persistenceOf(column, this.#predicted[target] ?? column, part, this.#firstAnswer(target)),
      ),
      isEarly: this.#isEarly,
      mostFrequent: source.targetKind === 'classes' ? part.answers[0] : undefined,
      notFinite: this.#notFinite,
    };
  }

  /** What persistence predicts before the first known value of the rows. */
  #firstAnswer(target: number): number {
    const { source, part, table } = this;
    const before = table.before[target] ?? NaN;
    if (!Number.isNaN(before)) return before;
    const answer = part.answers[target] ?? NaN;
    const rescaling = source.scaling?.targets[target];
    return rescaling === undefined ? answer : inDataUnit(answer, rescaling);
  }

  #record(place: number, t: number, outputs: ArrayLike<number>, sequence: number): void {
    const { source, part } = this;
    const width = source.outputs;
    if (t < part.warmUp) this.#isEarly[place] = 1;
    for (let k = sequence * width; k < (sequence + 1) * width; k++) {
      if (Number.isFinite(outputs[k])) continue;
      this.#notFinite += 1;
      break;
    }
    if (source.targetKind === 'classes') {
      const best = argmaxOfRow(outputs, sequence * width, width);
      for (const column of this.#predicted) column[place] = best;
      return;
    }
    for (const [output, column] of this.#predicted.entries()) {
      const rescaling = source.scaling?.targets[output] ?? { shift: 0, scale: 1 };
      column[place] = inDataUnit(predictionOf(outputs[sequence * width + output] ?? NaN, this.loss), rescaling);
    }
  }
}

/** See HeldOutPredictions. */
function persistenceOf(
  column: Float64Array,
  predicted: Float64Array,
  { horizon, starts, lead }: HeldOutPart,
  first: number,
): Float64Array {
  const persistence = new Float64Array(column.length).fill(NaN);
  if (horizon === 0) return persistence;
  // The lead-in belongs to the sequence of the rows after it.
  const known = new LastKnown(column, lead > 0 ? Int32Array.of(0, column.length) : starts);
  for (let place = lead; place < column.length; place++) {
    if (Number.isNaN(predicted[place] ?? NaN)) continue;
    const last = known.before(place, horizon);
    persistence[place] = Number.isNaN(last) ? first : last;
  }
  return persistence;
}
