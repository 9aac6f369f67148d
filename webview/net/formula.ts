import type { InspectedLayer, InspectedParameter, Inspection } from '../../src/protocol/inspection';
import { numberPieces, signed, type Piece, type Product } from './pieces';

/** Which node of the net, at which step. */
export interface NodeAt {
  /** `x`, `h`, `c`, a gate's letter, `y` or `L`. */
  readonly node: string;
  /** Layer of h, c and the gates. */
  readonly layer: number;
  readonly t: number;
}

/** One unit of a node by its formula: the numbers put in, and what they give. */
export interface Evaluated {
  /** Right of the equals sign, with the numbers in place. */
  readonly pieces: readonly Piece[];
  /** The last step before the value where there is one to show: `tanh(0.525)`. */
  readonly inner: string | undefined;
  readonly value: number;
  /** Σ |terms|: how large the numbers were that rounding may have touched. */
  readonly size: number;
}

interface Sum {
  readonly products: readonly Product[];
  readonly total: number;
  readonly size: number;
}

const nonlinearities: Readonly<Record<string, { readonly name: string; readonly of: (a: number) => number }>> = {
  tanh: { name: 'tanh', of: Math.tanh },
  sigmoid: { name: 'σ', of: (a) => 1 / (1 + Math.exp(-a)) },
  relu: { name: 'relu', of: (a) => (a <= 0 ? 0 : a) },
  identity: { name: '', of: (a) => a },
};

/** Units of the node. */
export function unitsOf({ layers, outputNames, inputNames }: Inspection, { node, layer }: NodeAt): number {
  switch (node) {
    case 'x':
      return inputNames.length;
    case 'y':
      return outputNames.length;
    case 'L':
      return 1;
    default:
      return layers[layer]?.hidden ?? 0;
  }
}

/** What the engine computed for a unit of the node. */
export function engineValue(inspection: Inspection, at: NodeAt, unit: number): number {
  const { inputs, outputs, sequenceLoss, layers } = inspection;
  const index = at.t * unitsOf(inspection, at) + unit;
  const layer = layers[at.layer];
  switch (at.node) {
    case 'x':
      return inputs[index] ?? NaN;
    case 'y':
      return outputs[index] ?? NaN;
    case 'L':
      return sequenceLoss[at.t] ?? NaN;
    case 'h':
      return layer?.h[index] ?? NaN;
    case 'c':
      return layer?.c[index] ?? NaN;
    default:
      return layer?.gates.find(({ name }) => name === at.node)?.values[index] ?? NaN;
  }
}

/** Why the formula cannot be evaluated from what is here, if it cannot. */
export function unevaluable(inspection: Inspection, { node, layer, t }: NodeAt): string | undefined {
  if (node === 'x') return 'x_t is given by the data.';
  if (node === 'L' && inspection.mask[t] !== 1) return `Nothing is asked of this sequence at step ${t}: no loss here.`;
  if (t < inspection.reach && node !== 'L') {
    return `Step ${t} was computed in an earlier window, with the weights of an earlier update: with the present ones the formula gives another value.`;
  }
  const missing = weightsOf(inspection, node, layer).find(
    ({ rows, columns, before }) => before.length < rows * columns,
  );
  return missing === undefined
    ? undefined
    : `${missing.name} has ${(missing.rows * missing.columns).toLocaleString('en-US')} elements, too many to be put into a formula here.`;
}

/** A unit of the node computed anew from the captured weights, inputs and states, by the definition of the cell. */
export function evaluate(inspection: Inspection, at: NodeAt, unit: number): Evaluated {
  switch (at.node) {
    case 'y':
      return output(inspection, at.t, unit);
    case 'L':
      return loss(inspection, at.t);
    case 'c':
      return cellState(inspection, at, unit);
    case 'h':
      return hiddenState(inspection, at, unit);
    default:
      return gate(inspection, at, unit);
  }
}

/** How well all units of a node are reproduced. */
export interface Reproduction {
  readonly units: number;
  /** The largest |formula − engine|. */
  readonly largest: number;
  /** Whether rounding in the engine's precision explains every difference. */
  readonly agrees: boolean;
}

// Single precision keeps 24 bits, and the fast kernels' tanh and exp are within 2.4e-7 (measured in their tests).
const rounding = { perTerm: 2 ** -22, perFunction: 2e-6 } as const;

/** Evaluates every unit of the node and compares with what the engine computed. */
export function reproduce(inspection: Inspection, at: NodeAt): Reproduction {
  const units = unitsOf(inspection, at);
  let largest = 0;
  let agrees = true;
  for (let unit = 0; unit < units; unit++) {
    const { value, size } = evaluate(inspection, at, unit);
    const difference = Math.abs(value - engineValue(inspection, at, unit));
    if (!(difference <= rounding.perFunction + rounding.perTerm * size)) agrees = false;
    largest = Math.max(largest, difference);
  }
  return { units, largest, agrees };
}

/** h_t, c_t and gates of a layer at the step before: its initial state at step 0. */
export function previousState({ hidden, h, h0, c, c0 }: InspectedLayer, t: number, state: 'h' | 'c'): Float64Array {
  const [run, initial] = state === 'h' ? [h, h0] : [c, c0];
  return t === 0 ? initial : run.subarray((t - 1) * hidden, t * hidden);
}

/** What a layer reads at a step: x_t, or h_t of the layer below. */
export function layerInput({ inputs, inputNames, layers }: Inspection, layer: number, t: number): Float64Array {
  const below = layers[layer - 1];
  if (below !== undefined) return below.h.subarray(t * below.hidden, (t + 1) * below.hidden);
  return inputs.subarray(t * inputNames.length, (t + 1) * inputNames.length);
}

function weightsOf({ parameters }: Inspection, node: string, layer: number): readonly InspectedParameter[] {
  if (node === 'L' || node === 'c') return [];
  const names = node === 'y' ? ['head.weight', 'head.bias'] : [`rnn.weight_ih_l${layer}`, `rnn.weight_hh_l${layer}`];
  return parameters.filter(({ name }) => names.includes(name));
}

function parameter({ parameters }: Inspection, name: string): InspectedParameter {
  const found = parameters.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`The inspected update has no parameter "${name}".`);
  return found;
}

function rowSum({ before, columns }: InspectedParameter, row: number, vector: Float64Array): Sum {
  const products = Array.from(vector, (value, k) => ({ weight: before[row * columns + k] ?? NaN, value }));
  let total = 0;
  let size = 0;
  for (const { weight, value } of products) {
    total += weight * value;
    size += Math.abs(weight * value);
  }
  return { products, total, size };
}

function layerOf({ layers }: Inspection, layer: number): InspectedLayer {
  const found = layers[layer];
  if (found === undefined) throw new Error(`The inspected update has no layer ${layer}.`);
  return found;
}

/** The gates of each cell in the order of their rows, each with its nonlinearity. */
function gateOf({ cell, activation }: Inspection, node: string): { readonly index: number; readonly by: string } {
  switch (cell) {
    case 'lstm':
      return { index: ['i', 'f', 'g', 'o'].indexOf(node), by: node === 'g' ? 'tanh' : 'sigmoid' };
    case 'gru':
      return { index: ['r', 'z', 'n'].indexOf(node), by: node === 'n' ? 'tanh' : 'sigmoid' };
    default:
      return { index: 0, by: activation };
  }
}

/** φ(W_x x_t + W_h h_{t−1} + b); for gru's n, tanh(W_x x_t + b_i + r∘(W_h h_{t−1} + b_h)). */
function gate(inspection: Inspection, { node, layer, t }: NodeAt, unit: number): Evaluated {
  const looked = layerOf(inspection, layer);
  const { index, by } = gateOf(inspection, node);
  const row = index * looked.hidden + unit;
  const x = rowSum(parameter(inspection, `rnn.weight_ih_l${layer}`), row, layerInput(inspection, layer, t));
  const h = rowSum(parameter(inspection, `rnn.weight_hh_l${layer}`), row, previousState(looked, t, 'h'));
  const [bi, bh] = ['ih', 'hh'].map(
    (side) => parameter(inspection, `rnn.bias_${side}_l${layer}`).before[row] ?? NaN,
  ) as [number, number];
  const { name, of } = nonlinearities[by] ?? { name: by, of: () => NaN };
  const isReset = inspection.cell === 'gru' && node === 'n';
  const r = isReset ? engineValue(inspection, { node: 'r', layer, t }, unit) : 1;
  const inner = isReset ? x.total + bi + r * (h.total + bh) : x.total + h.total + bi + bh;
  const write = numberPieces();
  if (name !== '') write.text(`${name}(`);
  write.products('x', x.products);
  if (isReset) {
    write.plus('b', bi).text(' + ').number('gate', r).text('·(');
    write.products('h', h.products).plus('b', bh).text(')');
  } else {
    write
      .text(' + ')
      .products('h', h.products)
      .plus('b', bi + bh);
  }
  if (name !== '') write.text(')');
  return {
    pieces: write.pieces,
    inner: name === '' ? undefined : write.call(name, inner),
    value: of(inner),
    size: x.size + h.size + Math.abs(bi) + Math.abs(bh),
  };
}

/** c_t = f∘c_{t−1} + i∘g */
function cellState(inspection: Inspection, { layer, t }: NodeAt, unit: number): Evaluated {
  const at = (node: string): number => engineValue(inspection, { node, layer, t }, unit);
  const [f, i, g] = [at('f'), at('i'), at('g')];
  const previous = previousState(layerOf(inspection, layer), t, 'c')[unit] ?? NaN;
  const write = numberPieces();
  write.number('gate', f).text('·').number('h', previous).text(' + ');
  write.number('gate', i).text('·').number('x', g);
  return {
    pieces: write.pieces,
    inner: write.sum(f * previous, i * g),
    value: f * previous + i * g,
    size: Math.abs(f * previous) + Math.abs(i * g),
  };
}

/** rnn: the formula of its one gate; lstm: o∘tanh c_t; gru: (1 − z)∘n + z∘h_{t−1}. */
function hiddenState(inspection: Inspection, at: NodeAt, unit: number): Evaluated {
  const { layer, t } = at;
  const of = (node: string): number => engineValue(inspection, { node, layer, t }, unit);
  const write = numberPieces();
  switch (inspection.cell) {
    case 'lstm': {
      const [o, c] = [of('o'), of('c')];
      write.number('gate', o).text('·tanh(').number('x', c).text(')');
      return { pieces: write.pieces, inner: write.product(o, Math.tanh(c)), value: o * Math.tanh(c), size: 1 };
    }
    case 'gru': {
      const [z, n] = [of('z'), of('n')];
      const previous = previousState(layerOf(inspection, layer), t, 'h')[unit] ?? NaN;
      write.text('(1 − ').number('gate', z).text(')·').number('x', n).text(' + ');
      write.number('gate', z).text('·').number('h', previous);
      return {
        pieces: write.pieces,
        inner: write.sum((1 - z) * n, z * previous),
        value: (1 - z) * n + z * previous,
        size: 1,
      };
    }
    default:
      return gate(inspection, at, unit);
  }
}

/** ŷ_t = W_hy h_t + b_y; where the loss is cross-entropy, its softmax. */
function output(inspection: Inspection, t: number, unit: number): Evaluated {
  const { lossKind, layers } = inspection;
  const logit = (row: number): Sum & { readonly bias: number } => {
    const sum = rowSum(parameter(inspection, 'head.weight'), row, layerInput(inspection, layers.length, t));
    const bias = parameter(inspection, 'head.bias').before[row] ?? NaN;
    return { ...sum, bias, total: sum.total + bias, size: sum.size + Math.abs(bias) };
  };
  const own = logit(unit);
  const write = numberPieces();
  if (lossKind === 'mse') {
    write.products('h', own.products).plus('b', own.bias);
    return { pieces: write.pieces, inner: undefined, value: own.total, size: own.size };
  }
  const all = logitsOf(inspection, t);
  const largest = all.reduce((most, value) => Math.max(most, value), -Infinity);
  const sum = all.reduce((total, value) => total + Math.exp(value - largest), 0);
  const whole = sum * Math.exp(largest);
  write.text('exp(').products('h', own.products).plus('b', own.bias).text(') / Σ_k exp(ŷ_k)');
  return {
    pieces: write.pieces,
    inner: Number.isFinite(whole) && whole > 0 ? `${write.call('exp', own.total)} / ${signed(whole)}` : undefined,
    value: Math.exp(own.total - largest) / sum,
    size: own.size,
  };
}

const knownLogits = new WeakMap<Inspection, { readonly t: number; readonly logits: Float64Array }>();

/** ŷ_t before its softmax; kept for the step that was asked for last, because every unit of it needs all of them. */
function logitsOf(inspection: Inspection, t: number): Float64Array {
  const known = knownLogits.get(inspection);
  if (known?.t === t) return known.logits;
  const [weight, bias] = [parameter(inspection, 'head.weight'), parameter(inspection, 'head.bias')];
  const h = layerInput(inspection, inspection.layers.length, t);
  const logits = Float64Array.from(bias.before, (own, row) =>
    h.reduce((sum, value, k) => sum + value * (weight.before[row * weight.columns + k] ?? NaN), own),
  );
  knownLogits.set(inspection, { t, logits });
  return logits;
}

/** This sequence's share of L_t: −ln p of the class asked for, or the squared differences; times the loss's weight. */
function loss(inspection: Inspection, t: number): Evaluated {
  const { outputs, targets, outputNames, lossKind, lossWeight } = inspection;
  const width = outputNames.length;
  const row = (values: Float64Array): Float64Array => values.subarray(t * width, (t + 1) * width);
  const write = numberPieces();
  if (lossKind === 'crossEntropy') {
    const p = row(outputs)[row(targets).indexOf(1)] ?? NaN;
    write.number('b', lossWeight).text(' · (−ln ').number('h', p).text(')');
    return { pieces: write.pieces, inner: undefined, value: -Math.log(p) * lossWeight, size: 1 };
  }
  const squares = Array.from(row(outputs), (output, o) => (output - (row(targets)[o] ?? NaN)) ** 2);
  const value = squares.reduce((total, square) => total + square, 0) * lossWeight;
  write.number('b', lossWeight).text(' · [').squares(row(outputs), row(targets)).text(']');
  return { pieces: write.pieces, inner: undefined, value, size: value };
}
