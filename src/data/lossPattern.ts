import type { ResolvedExperiment } from '../experiment/schema/schema';

/** The loss of a predictor at each step of a sequence, expected or measured on a batch. */
export interface LossPattern {
  /** Number of sequences that are summed. */
  readonly sequences: number;
  /** (T): the loss at each step, summed over sequences and outputs. */
  readonly loss: Float64Array;
  /** (T): number of sequences with a target at each step. */
  readonly targets: Float64Array;
}

/** The pattern of one sequence of `steps` steps; `lossAt` returns undefined for a step without a target. */
export function patternOf(steps: number, lossAt: (t: number) => number | undefined): LossPattern {
  const pattern = { sequences: 1, loss: new Float64Array(steps), targets: new Float64Array(steps) };
  for (let t = 0; t < steps; t++) {
    const loss = lossAt(t);
    if (loss === undefined) continue;
    pattern.loss[t] = loss;
    pattern.targets[t] = 1;
  }
  return pattern;
}

/**
 * A pattern as the reported loss: averaged over the windows that give an update. `mean` divides by the number of targets
 * (and by O for mse), `sum` by the number of sequences; truncated training skips a window without a target in its
 * backward part.
 */
export function reportedLoss(
  pattern: LossPattern,
  { loss, bptt }: Pick<ResolvedExperiment, 'loss' | 'bptt'>,
  outputs: number,
): number {
  const steps = pattern.loss.length;
  const { forward, backward } = bptt === 'full' ? { forward: steps, backward: steps } : bptt;
  let total = 0;
  let windows = 0;
  for (let start = 0; start < steps; start += forward) {
    const end = Math.min(start + forward, steps);
    if (sumOf(pattern.targets, Math.max(start, end - backward), end) === 0) continue;
    const cost = sumOf(pattern.loss, start, end);
    const divisor = sumOf(pattern.targets, start, end) * (loss.kind === 'mse' ? outputs : 1);
    total += loss.reduction === 'mean' ? cost / divisor : cost / pattern.sequences;
    windows += 1;
  }
  return total / windows;
}

function sumOf(values: Float64Array, from: number, to: number): number {
  return values.subarray(from, to).reduce((total, value) => total + value, 0);
}

/** Entropy −Σ p·ln p in nats; outcomes of probability 0 contribute 0. */
export function entropy(probabilities: Iterable<number>): number {
  let total = 0;
  for (const p of probabilities) if (p > 0) total -= p * Math.log(p);
  return total;
}
