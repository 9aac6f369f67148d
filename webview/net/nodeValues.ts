import type { InspectedLayer, InspectedParameter, Inspection } from '../../src/protocol/inspection';
import type { Product } from './pieces';

/** Which node of the net, at which step. */
export interface NodeAt {
  /** `x`, `h`, `c`, a gate's letter, `y` or `L`. */
  readonly node: string;
  /** Layer of h, c and the gates. */
  readonly layer: number;
  readonly t: number;
}

/** A row of a matrix times a vector. */
export interface RowSum {
  readonly products: readonly Product[];
  readonly total: number;
  /** Σ |products| */
  readonly size: number;
}

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

/** What the engine computed for a unit of the node; NaN where there is no such node. */
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

/** h or c (H) of a layer at the step before: its initial state at step 0. */
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

/** The parameter of that name; throws Error where the update has none. */
export function parameterNamed({ parameters }: Inspection, name: string): InspectedParameter {
  const found = parameters.find((candidate) => candidate.name === name);
  if (found === undefined) throw new Error(`The inspected update has no parameter "${name}".`);
  return found;
}

/** A layer by its number; throws Error where the net has none. */
export function layerAt({ layers }: Inspection, layer: number): InspectedLayer {
  const found = layers[layer];
  if (found === undefined) throw new Error(`The inspected update has no layer ${layer}.`);
  return found;
}

/** Row `row` of a weight matrix, as it was before the update, times a vector. */
export function rowSum({ before, columns }: InspectedParameter, row: number, vector: Float64Array): RowSum {
  const products = Array.from(vector, (value, k) => ({ weight: before[row * columns + k] ?? NaN, value }));
  let total = 0;
  let size = 0;
  for (const { weight, value } of products) {
    total += weight * value;
    size += Math.abs(weight * value);
  }
  return { products, total, size };
}
