import { sigmoid } from '../cells/activation';
import type { Gate } from '../cells/cell';
import type { Activation } from '../spec';
import type { Unroll } from '../recurrence/unroll';

/** The share of a gate's values at the ends of its range, over all steps, units and sequences of a window. */
export interface Saturation {
  /** The gate's name in the cell's equations. */
  readonly name: string;
  /** Gates: share up to 0.1. A relu candidate: share at 0 (dead). Other candidates: 0. */
  readonly low: number;
  /** Gates: share from 0.9. Candidates: share with |pre-activation| ≥ 5 (relu: pre-activation ≥ 5). */
  readonly high: number;
}

/** |pre-activation| from which a candidate counts as saturated, and its values there. */
const saturatedAt = 5;
const tanhThere = Math.tanh(saturatedAt);
const sigmoidThere = [sigmoid(-saturatedAt), sigmoid(saturatedAt)] as const;

/** Counts how many values of each gate lie at the ends of its range, over a layer's current window, into counts (2). */
export function countSaturation(unroll: Unroll, layer: number, counts: readonly Int32Array[]): void {
  const { cell, spec, kernels } = unroll.network;
  const { gates } = unroll.scans[layer];
  const width = cell.gates.length * spec.hidden;
  const rows = (unroll.length - unroll.windowAt) * unroll.batch;
  const from = unroll.windowAt * unroll.batch * width;
  cell.gates.forEach((gate, index) => {
    const { low, high } = limitsOf(gate, spec.activation);
    counts[index].fill(0);
    kernels.countBeyond(counts[index], gates, from + index * spec.hidden, rows, spec.hidden, width, low, high);
  });
}

/** The saturation of a gate from such counts, one per part of the batch; `all` is the total number of values. */
export function saturationFrom(
  gate: Gate,
  activation: Activation,
  counts: readonly Int32Array[],
  all: number,
): Saturation {
  let below = 0;
  let above = 0;
  for (const count of counts) {
    // By index: destructuring an array of shared memory goes through its iterator.
    below += count[0];
    above += count[1];
  }
  return limitsOf(gate, activation).lowIsSaturated
    ? { name: gate.name, low: 0, high: (below + above) / all }
    : { name: gate.name, low: below / all, high: above / all };
}

/** Thresholds of a gate's values; a candidate with a symmetric range counts both ends as `high`. */
interface Limits {
  readonly low: number;
  readonly high: number;
  readonly lowIsSaturated: boolean;
}

function limitsOf(gate: Gate, activation: Activation): Limits {
  switch (gate.role) {
    case 'gate':
    case 'forgetGate':
      return { low: 0.1, high: 0.9, lowIsSaturated: false };
    case 'candidate':
      return candidateLimits(gate.nonlinearity === 'tanh' ? 'tanh' : activation);
    default:
      return gate satisfies never;
  }
}

function candidateLimits(activation: Activation): Limits {
  switch (activation) {
    case 'tanh':
      return { low: -tanhThere, high: tanhThere, lowIsSaturated: true };
    case 'sigmoid':
      return { low: sigmoidThere[0], high: sigmoidThere[1], lowIsSaturated: true };
    case 'relu':
      return { low: 0, high: saturatedAt, lowIsSaturated: false };
    case 'identity':
      return { low: -saturatedAt, high: saturatedAt, lowIsSaturated: true };
    default:
      return activation satisfies never;
  }
}
