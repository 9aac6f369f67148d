import { tensorOf, type Capture, type CapturedTensor } from '../../engine/instruments/capture';
import { predictionOf } from '../../engine/losses/output';
import type { LossSpec } from '../../engine/spec';
import type { Window } from '../../engine/recurrence/window';
import type { BestAccuracy } from '../../data/tasks/task';
import type { BestScores, HeldOutRequest, HeldOutSeries, PositionScores, Scores } from '../../protocol/output';
import type { TrainingSetup } from '../training/trainingSetup';
import { AllowedTally } from './allowedTally';
import { withEarlierParameters } from './earlierParameters';

/** Scores by position, on the batch of the captured update and on the held-out data. */
export function scoresOf(setup: TrainingSetup, capture: Capture, { update, sequence }: HeldOutRequest): Scores {
  const { source, learner } = setup;
  const { loss } = setup.experiment;
  const kind = source.targetKind === 'classes' ? 'accuracy' : 'error';
  const heldOut = new Tally(kind, source.outputs, loss);
  const heldOutCount = countHeldOut(setup);
  const selected = heldOutCount === 0 ? 0 : sequence % heldOutCount;
  // A table has a request of its own for all of its held-out rows.
  const hasSeries = kind === 'error' && heldOutCount > 0 && source.scaling === undefined;
  const allowed = source.allowedNext && new AllowedTally(source.allowedNext, source.outputs);
  const series = hasSeries ? new SeriesRecorder(selected, source.outputs, loss) : undefined;
  withEarlierParameters(learner, capture, () =>
    learner.evaluate(source.validation(), (window, t, outputs) => {
      const { targets } = window;
      for (let batchRow = 0; batchRow < window.batch; batchRow++) {
        if (window.mask[t * window.batch + batchRow] === 1) {
          heldOut.add(
            t,
            outputs,
            batchRow,
            targets.kind === 'values' ? targets.values : targets.indices,
            t * window.batch + batchRow,
          );
        }
      }
      series?.observe(window, t, outputs);
      allowed?.observe(window, t, outputs);
    }),
  );
  const batch = batchScores(capture, new Tally(kind, source.outputs, loss));
  const heldOutScores = heldOut.finish();
  return {
    update,
    kind,
    batch,
    heldOut: heldOutScores,
    heldOutSequences: heldOutCount,
    best: bestScores(setup, batch, heldOutScores),
    allowed: allowed?.finish(),
    series: series?.finish(),
  };
}

/** The windows of truncated training may begin anywhere in their sequences. */
function bestScores(
  { source, experiment }: TrainingSetup,
  batch: PositionScores,
  heldOut: PositionScores | undefined,
): BestScores | undefined {
  const best = source.bestAccuracy;
  if (best === undefined) return undefined;
  return {
    definition: best.definition,
    batch: experiment.bptt === 'full' ? batch.scores.map((_, t) => best.at(t)) : undefined,
    heldOut: heldOut && meanOverTargets(heldOut, best),
  };
}

/** The mean over all targets of a set. */
function meanOverTargets({ counts }: PositionScores, best: BestAccuracy): number {
  let [sum, count] = [0, 0];
  for (const [t, targets] of counts.entries()) {
    if (targets === 0) continue;
    sum += targets * best.at(t);
    count += targets;
  }
  return sum / count;
}

/** Number of held-out sequences; a window that continues the previous one has the same sequences. */
function countHeldOut({ source }: TrainingSetup): number {
  let heldOutCount = 0;
  for (const { reset } of source.validation()) heldOutCount += reset.reduce((sum, begins) => sum + begins, 0);
  return heldOutCount;
}

function batchScores(capture: Capture, tally: Tally): PositionScores {
  const tensor = (name: string): CapturedTensor => tensorOf(capture, name);
  const [outputs, targets, mask] = [tensor('outputs'), tensor('targets'), tensor('mask')] as const;
  const [steps = 0, batch = 0] = outputs.shape;
  for (let row = 0; row < steps * batch; row++) {
    if (mask.data[row] === 1) tally.add(Math.floor(row / batch), outputs.data, row, targets.data, row);
  }
  const scores = tally.finish();
  if (scores === undefined) throw new Error('No step of this update has a target.');
  return scores;
}

/** Counts correct predictions, or sums squared errors, by position. */
class Tally {
  readonly #sums: number[] = [];
  readonly #counts: number[] = [];

  constructor(
    readonly kind: Scores['kind'],
    readonly width: number,
    readonly loss: LossSpec,
  ) {}

  /** Compares row `at` of the outputs (·,O) with row `targetAt` of the targets: classes (·) or values (·,O). */
  add(t: number, outputs: ArrayLike<number>, at: number, targets: ArrayLike<number>, targetAt: number): void {
    const { width, loss } = this;
    const from = at * width;
    let score = 0;
    if (this.kind === 'accuracy') {
      let best = 0;
      for (let k = 1; k < width; k++) if ((outputs[from + k] ?? NaN) > (outputs[from + best] ?? NaN)) best = k;
      score = best === targets[targetAt] ? 1 : 0;
    } else {
      for (let k = 0; k < width; k++)
        score += (predictionOf(outputs[from + k] ?? NaN, loss) - (targets[targetAt * width + k] ?? NaN)) ** 2;
      score /= width;
    }
    this.#sums[t] = (this.#sums[t] ?? 0) + score;
    this.#counts[t] = (this.#counts[t] ?? 0) + 1;
  }

  /** undefined where no step had a target. */
  finish(): PositionScores | undefined {
    const steps = this.#counts.length;
    if (steps === 0) return undefined;
    const counts = Float64Array.from({ length: steps }, (_, t) => this.#counts[t] ?? 0);
    const score = (sum: number, count: number): number => {
      const mean = count === 0 ? NaN : sum / count;
      return this.kind === 'accuracy' ? mean : Math.sqrt(mean);
    };
    const all = (values: ArrayLike<number>): number => Array.from(values).reduce((total, value) => total + value, 0);
    const sums = Float64Array.from({ length: steps }, (_, t) => this.#sums[t] ?? 0);
    return { scores: sums.map((sum, t) => score(sum, counts[t] ?? 0)), counts, total: score(all(sums), all(counts)) };
  }
}

/** Records targets and outputs of one held-out sequence. */
class SeriesRecorder {
  readonly #outputs: number[] = [];
  readonly #targets: number[] = [];
  readonly #mask: number[] = [];
  #window: Window | undefined;
  /** Number of sequences that started before the current window. */
  #before = 0;
  #started = 0;

  constructor(
    readonly sequence: number,
    readonly width: number,
    readonly loss: LossSpec,
  ) {}

  observe(window: Window, t: number, outputs: ArrayLike<number>): void {
    if (window !== this.#window) {
      this.#window = window;
      const begins = window.reset.reduce((sum, one) => sum + one, 0);
      if (begins > 0) this.#before = this.#started;
      this.#started += begins;
    }
    const batchRow = this.sequence - this.#before;
    if (batchRow < 0 || batchRow >= window.batch || window.targets.kind !== 'values') return;
    const row = t * window.batch + batchRow;
    for (let k = 0; k < this.width; k++) {
      this.#outputs.push(predictionOf(outputs[batchRow * this.width + k] ?? NaN, this.loss));
      this.#targets.push(window.targets.values[row * this.width + k] ?? NaN);
    }
    this.#mask.push(window.mask[row] ?? 0);
  }

  finish(): HeldOutSeries {
    return {
      sequence: this.sequence,
      outputs: Float64Array.from(this.#outputs),
      targets: Float64Array.from(this.#targets),
      mask: Uint8Array.from(this.#mask),
    };
  }
}
