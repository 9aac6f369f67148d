import type { Tensor } from '../tensor';
import type { OptimizerSpec } from '../spec';

/** One update of all parameters: flat tensors of equal length. */
export interface UpdateStep {
  /** w: in, before; out, after. */
  readonly values: Tensor;
  /** The gradient, after clipping if any; only read. */
  readonly gradient: Tensor;
  /** The optimizer's slots, in its order; zero before the first update. */
  readonly slots: readonly Tensor[];
  /** The learning rate of this update, schedule included. */
  readonly rate: number;
  /** The index of this update, from 0. */
  readonly update: number;
}

/** Turns gradients into steps; it never clips. */
export interface Optimizer {
  /** Names of the values that it stores per weight. */
  readonly slots: readonly string[];
  readonly apply: (step: UpdateStep) => void;
}

/** The specification of one kind of optimizer. */
export type OptimizerOf<Kind extends OptimizerSpec['kind']> = Extract<OptimizerSpec, { readonly kind: Kind }>;
