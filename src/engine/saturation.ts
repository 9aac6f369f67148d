import { sigmoid } from './cells/activation';
import type { Gate } from './cells/cell';
import type { Tensor } from './kernels/kernelSet';
import type { Activation } from './spec';
import type { Unroll } from './unroll';

/** How much of a gate's values stands at the ends of its range, over all steps, units and sequences of a window. */
export interface Saturation {
  /** The gate's name in the cell's equations. */
  readonly name: string;
  /** Gates: share below 0.1. A relu candidate: share at 0 (dead). Other candidates: 0. */
  readonly low: number;
  /** Gates: share above 0.9. Candidates: share with |pre-activation| ≥ 5 (relu: pre-activation ≥ 5). */
  readonly high: number;
}

/** |pre-activation| from which a candidate counts as saturated. */
const saturatedAt = 5;

/** The saturation of every gate of a layer over the current window, from the stored values of the gates. */
export function saturationOf(unroll: Unroll, layer: number): readonly Saturation[] {
  const { cell, spec } = unroll.network;
  const { gates } = unroll.scans[layer];
  const width = cell.gates.length * spec.hidden;
  const from = unroll.windowAt * unroll.batch * width;
  const to = unroll.length * unroll.batch * width;
  return cell.gates.map((gate, index) => {
    const { low, high } = limitsOf(gate, spec.activation);
    let below = 0;
    let above = 0;
    for (let block = from + index * spec.hidden; block < to; block += width) {
      for (let i = block; i < block + spec.hidden; i++) {
        if (low(gates, i)) below++;
        else if (high(gates, i)) above++;
      }
    }
    const count = (to - from) / cell.gates.length;
    return { name: gate.name, low: below / count, high: above / count };
  });
}

type Test = (values: Tensor, index: number) => boolean;

function limitsOf(gate: Gate, activation: Activation): { readonly low: Test; readonly high: Test } {
  switch (gate.role) {
    case 'gate':
      return { low: (values, i) => values[i] < 0.1, high: (values, i) => values[i] > 0.9 };
    case 'candidate':
      return candidateLimits(gate.nonlinearity === 'tanh' ? 'tanh' : activation);
    default:
      return gate satisfies never;
  }
}

function candidateLimits(activation: Activation): { readonly low: Test; readonly high: Test } {
  const never: Test = () => false;
  switch (activation) {
    case 'tanh': {
      const limit = Math.tanh(saturatedAt);
      return { low: never, high: (values, i) => Math.abs(values[i]) >= limit };
    }
    case 'sigmoid': {
      const lower = sigmoid(-saturatedAt);
      const upper = sigmoid(saturatedAt);
      return { low: never, high: (values, i) => values[i] <= lower || values[i] >= upper };
    }
    case 'relu':
      return { low: (values, i) => values[i] === 0, high: (values, i) => values[i] >= saturatedAt };
    case 'identity':
      return { low: never, high: (values, i) => Math.abs(values[i]) >= saturatedAt };
    default:
      return activation satisfies never;
  }
}
