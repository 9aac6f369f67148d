import assert from 'node:assert/strict';
import type { CapturedUpdate } from '../../../src/trainer/training/training';

/** Rows of numbers. */
export type Rows = readonly (readonly number[])[];

/** A vanilla RNN with tanh on one sequence, computed with plain loops from the weights and inputs of a captured update. */
export interface PlainRnn {
  /** (T,H) */
  readonly h: Rows;
  /** (T,O) */
  readonly y: Rows;
  /** (T,O) */
  readonly targets: Rows;
  /** (T) whether the step has a target. */
  readonly hasTarget: readonly boolean[];
  readonly hh: Rows;
  readonly hy: Rows;
}

/** A tensor of a captured update as plain numbers. */
export function tensor({ capture }: CapturedUpdate, name: string): readonly number[] {
  const found = capture.tensors.get(name);
  assert.ok(found !== undefined, name);
  return [...found.data];
}

/** Numbers in rows of a width. */
export function rows(values: readonly number[], width: number): Rows {
  return Array.from({ length: values.length / width }, (_, i) => values.slice(i * width, (i + 1) * width));
}

/** Σ a b */
export function dot(one: readonly number[], other: readonly number[]): number {
  return one.reduce((sum, value, i) => sum + value * (other[i] ?? NaN), 0);
}

/** Wᵀ v */
export function transposed(matrix: Rows, vector: readonly number[]): readonly number[] {
  return (matrix[0] ?? []).map((_, j) => matrix.reduce((sum, row, i) => sum + (row[j] ?? NaN) * (vector[i] ?? NaN), 0));
}

/** (T,width) of one sequence of a tensor [T,B,width]. */
export function ofSequence(values: readonly number[], batch: number, width: number, sequence: number): Rows {
  return rows(values, width).filter((_, i) => i % batch === sequence);
}

/** The net on one sequence. @param before of the names of weights: '' before the update, `next/` after it */
export function plainRnn(
  captured: CapturedUpdate,
  batch: number,
  sequence: number,
  before: '' | 'next/' = '',
): PlainRnn {
  const weight = (name: string): readonly number[] => tensor(captured, `${before}${name}`);
  const bias = weight('rnn.bias_ih_l0').map((one, i) => one + (weight('rnn.bias_hh_l0')[i] ?? NaN));
  const outputBias = weight('head.bias');
  const hidden = bias.length;
  const hh = rows(weight('rnn.weight_hh_l0'), hidden);
  const hy = rows(weight('head.weight'), hidden);
  const inputs = weight('rnn.weight_ih_l0').length / hidden;
  const xh = rows(weight('rnn.weight_ih_l0'), inputs);
  const x = ofSequence(tensor(captured, 'inputs'), batch, inputs, sequence);
  const start = rows(tensor(captured, 'h0_l0'), hidden)[sequence] ?? [];
  const h: (readonly number[])[] = [];
  for (const at of x) {
    const last = h.at(-1) ?? start;
    h.push(bias.map((b, i) => Math.tanh(b + dot(xh[i] ?? [], at) + dot(hh[i] ?? [], last))));
  }
  const y = h.map((state) => outputBias.map((b, i) => b + dot(hy[i] ?? [], state)));
  const targets = ofSequence(tensor(captured, 'targets'), batch, outputBias.length, sequence);
  const mask = ofSequence(tensor(captured, 'mask'), batch, 1, sequence);
  return { h, y, targets, hasTarget: mask.map(([at]) => at === 1), hh, hy };
}

/** Σ_t (ŷ_t − y_t)² of one sequence, over the steps with a target. */
export function squaredErrors({ y, targets, hasTarget }: PlainRnn): readonly number[] {
  return y.map((row, t) =>
    hasTarget[t] ? row.reduce((sum, value, i) => sum + (value - (targets[t]?.[i] ?? NaN)) ** 2, 0) : 0,
  );
}

/**
 * ∂L/∂h_t for L = weight · Σ_t (ŷ_t − y_t)² over some steps, by the recursion of the textbook.
 *
 * @param counts whether the loss of step t counts
 */
export function plainBackward(net: PlainRnn, weight: number, counts: (t: number) => boolean = () => true): Rows {
  const { h, y, targets, hasTarget, hh, hy } = net;
  const dh: (readonly number[])[] = [];
  let later: readonly number[] = (h[0] ?? []).map(() => 0);
  for (let t = h.length - 1; t >= 0; t--) {
    const isCounted = hasTarget[t] && counts(t);
    const error = (y[t] ?? []).map((value, i) => (isCounted ? 2 * weight * (value - (targets[t]?.[i] ?? NaN)) : 0));
    const own = transposed(hy, error);
    const total = later.map((value, j) => value + (own[j] ?? NaN));
    dh[t] = total;
    const delta = total.map((value, j) => value * (1 - (h[t]?.[j] ?? NaN) ** 2));
    later = transposed(hh, delta);
  }
  return dh;
}

/** ‖v‖ */
export function norm(values: readonly number[] | undefined): number {
  return Math.hypot(...(values ?? [NaN]));
}
