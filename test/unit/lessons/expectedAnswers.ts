import type { CapturedUpdate } from '../../../src/trainer/training/training';
import { dot, norm, ofSequence, plainBackward, plainRnn, rows, squaredErrors, tensor, type PlainRnn } from './plainNet';

/** The captured first update of the sample of a lesson, or of one of its variants. */
type Captured = (variant?: string) => CapturedUpdate;

const parameters = [
  ...['rnn.weight_ih_l0', 'rnn.weight_hh_l0', 'rnn.bias_ih_l0', 'rnn.bias_hh_l0', 'head.weight', 'head.bias'],
] as const;

/** All elements of the parameters, or of their gradients, in one list. */
const all = (captured: CapturedUpdate, before: string): readonly number[] =>
  parameters.flatMap((name) => tensor(captured, `${before}${name}`));

const total = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);

const minus = (one: readonly number[], other: readonly number[]): readonly number[] =>
  one.map((value, i) => value - (other[i] ?? NaN));

const sigmoid = (value: number): number => 1 / (1 + Math.exp(-value));

/** Mean over the units of a gate that is a sigmoid, from the states and weights: rows `block` H … (block + 1) H. */
function gateMean(captured: CapturedUpdate, batch: number, block: number, t: number): number {
  const bias = minus(
    tensor(captured, 'rnn.bias_ih_l0'),
    tensor(captured, 'rnn.bias_hh_l0').map((value) => -value),
  );
  const hidden = tensor(captured, 'rnn.weight_hh_l0').length / bias.length;
  const inputs = tensor(captured, 'rnn.weight_ih_l0').length / bias.length;
  const of = (name: string, width: number): readonly (readonly number[])[] => rows(tensor(captured, name), width);
  const x = ofSequence(tensor(captured, 'inputs'), batch, inputs, 0)[t] ?? [];
  const h = ofSequence(tensor(captured, 'h_l0'), batch, hidden, 0)[t - 1] ?? [];
  const gate = Array.from({ length: hidden }, (_, j) => {
    const row = block * hidden + j;
    const [xh, hh] = [of('rnn.weight_ih_l0', inputs)[row], of('rnn.weight_hh_l0', hidden)[row]];
    return sigmoid((bias[row] ?? NaN) + dot(xh, x) + dot(hh, h));
  });
  return total(gate) / hidden;
}

/** ‖∂L/∂h_k‖ of sequence 0 as the trainer recorded it. */
function recordedNorm(captured: CapturedUpdate, batch: number, hidden: number, k: number): number {
  return norm(ofSequence(tensor(captured, 'dh_l0'), batch, hidden, 0)[k]);
}

/** The mean of the squared errors over a batch, with the weights before or after the update. */
function meanLoss(captured: CapturedUpdate, batch: number, steps: number, before: '' | 'next/'): number {
  const errors = Array.from({ length: batch }, (_, b) => total(squaredErrors(plainRnn(captured, batch, b, before))));
  return total(errors) / (batch * steps);
}

/** The index of the first statement that is true. */
const first = (...statements: readonly boolean[]): number => statements.indexOf(true);

/** What a lesson's questions ask for, in their order: numbers, and indices of choices, computed without the lessons' code. */
export function expectedAnswers(lesson: string, captured: Captured): readonly number[] {
  const compute = computations[lesson];
  if (compute === undefined) throw new Error(`There are no expected answers for ${lesson}.`);
  return compute(captured);
}

/** The gradients of the three-step net by hand. */
function threeSteps(captured: Captured) {
  const update = captured();
  const net: PlainRnn = plainRnn(update, 1, 0);
  const dh = plainBackward(net, 1);
  const delta = dh.map((row, t) => row.map((value, j) => value * (1 - (net.h[t]?.[j] ?? NaN) ** 2)));
  const errors = squaredErrors(net);
  const after = total(squaredErrors(plainRnn(update, 1, 0, 'next/')));
  const outer = (t: number): readonly number[] =>
    (delta[t] ?? []).flatMap((value) => (t === 0 ? [0, 0] : (net.h[t - 1] ?? []).map((state) => value * state)));
  const terms = [0, 1, 2].map(outer);
  const hh = [0, 1, 2, 3].map((i) => total(terms.map((term) => term[i] ?? NaN)));
  const x = tensor(update, 'inputs');
  const xh = [0, 1].map((j) => total(delta.map((row, t) => (row[j] ?? NaN) * (x[t] ?? NaN))));
  const dy = net.y.map(([y = NaN], t) => 2 * (y - (net.targets[t]?.[0] ?? NaN)));
  const hy = [0, 1].map((j) => total(dy.map((value, t) => value * (net.h[t]?.[j] ?? NaN))));
  // Both biases have the gradient Σ δ_t.
  const bias = [0, 1].map((j) => total(delta.map((row) => row[j] ?? NaN)));
  const whole = norm([...hh, ...xh, ...hy, ...bias, ...bias, total(dy)]);
  return { net, dh, errors, after, terms, hh, xh, hy, whole };
}

const computations: Readonly<Record<string, (captured: Captured) => readonly number[]>> = {
  '01-gradient-descent.md': (captured) => {
    const { errors, after, whole } = threeSteps(captured);
    const [before, slope] = [total(errors), 0.1 * whole ** 2];
    return [0.1 * whole, first(before - after > 0.9 * slope, after < before, after >= before)];
  },
  '02-forward-pass.md': (captured) => {
    const { net } = threeSteps(captured);
    const y = net.y[2]?.[0] ?? NaN;
    return [net.h[0]?.[0] ?? NaN, first(Math.abs(y + 0.5) < 0.1, y > 0, true)];
  },
  '03-loss-per-step.md': (captured) => {
    const { errors } = threeSteps(captured);
    const share = (errors[2] ?? NaN) / total(errors);
    return [errors[2] ?? NaN, first(share < 0.5, share < 0.9, true)];
  },
  '04-unrolling.md': (captured) => {
    const { terms, hh } = threeSteps(captured);
    const ratio = norm(hh) / total(terms.map((term) => norm(term)));
    return [3, first(ratio < 0.999, ratio <= 1.001, true)];
  },
  '05-bptt-by-hand.md': (captured) => {
    const { dh } = threeSteps(captured);
    return [norm(dh[2]), dh[1]?.[0] ?? NaN, first(norm(dh[1]) > norm(dh[0]), true)];
  },
  '06-three-matrices.md': (captured) => {
    const { terms, hh, xh, hy } = threeSteps(captured);
    const [ofY, ofH, ofX] = [norm(hy), norm(hh), norm(xh)];
    return [norm(terms[0]), hh[0] ?? NaN, first(ofY > ofH && ofY > ofX, ofH > ofX, true)];
  },
  '07-one-loss-many-steps.md': (captured) => {
    const { net, dh } = threeSteps(captured);
    const [of0, of1, of2] = [0, 1, 2].map((t) => plainBackward(net, 1, (at) => at === t));
    const left = norm(of2?.[1]) / norm(of2?.[2]);
    const ratio = norm(dh[0]) / (norm(of0?.[0]) + norm(of1?.[0]) + norm(of2?.[0]));
    return [first(left < 0.1, left < 0.5, true), first(ratio < 0.999, ratio <= 1.001, true)];
  },
  '08-vanishing.md': (captured) => {
    const dh = plainBackward(plainRnn(captured('vanilla RNN'), 20, 0), 1 / 20);
    const ratio = norm(dh[0]) / norm(dh[49]);
    return [first(ratio > 1e-3, ratio > 1e-6, true), ratio ** (1 / 49)];
  },
  '09-exploding.md': (captured) => {
    const update = captured();
    const dh = plainBackward(plainRnn(update, 32, 0), 1 / (32 * 60), (t) => t === 59);
    const growth = norm(dh[0]) / norm(dh[59]);
    const rises = meanLoss(update, 32, 60, 'next/') >= meanLoss(update, 32, 60, '');
    return [first(growth > 1e15, growth > 1, true), growth ** (1 / 59), first(!rises, rises)];
  },
  '10-clipping.md': (captured) => {
    const gradient = all(captured('clipped by norm'), 'grad/');
    if (gradient.length !== 1153) throw new Error(`The text says 1,153 parameters; there are ${gradient.length}.`);
    const byValue = gradient.map((value) => Math.max(-0.1, Math.min(0.1, value)));
    const cosine = dot(gradient, byValue) / (norm(gradient) * norm(byValue));
    return [1 / norm(gradient), first(cosine > 0.999, true), norm(byValue)];
  },
  '11-lstm-gates.md': (captured) => {
    // The only loss of the task is at the last step: its gradient is the total one.
    const left = recordedNorm(captured(), 20, 32, 0) / recordedNorm(captured(), 20, 32, 49);
    return [gateMean(captured(), 20, 1, 10), first(left < 1e-9, left < 0.01, true)];
  },
  '12-gru-gates.md': (captured) => {
    const left = recordedNorm(captured('GRU'), 32, 24, 0) / recordedNorm(captured('GRU'), 32, 24, 29);
    return [gateMean(captured('GRU'), 32, 1, 10), first(left > 0.01, true)];
  },
  '13-update.md': (captured) => {
    const { hh, whole } = threeSteps(captured);
    const before = tensor(captured(), 'rnn.weight_hh_l0')[0] ?? NaN;
    return [before - 0.1 * (hh[0] ?? NaN), 0.1 * Math.min(whole, 0.5)];
  },
  '14-truncated.md': (captured) => {
    // The full gradient is that of the variant, which begins with the same weights and the same window.
    const [part, full] = [all(captured(), 'grad/'), all(captured('100 back'), 'grad/')];
    const bias = norm(minus(part, full)) / norm(full);
    return [0, first(bias < 0.05, bias < 0.5, true)];
  },
};
