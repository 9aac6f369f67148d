import type { OptimizerSpec } from '../spec';
import { adagrad } from './adagrad';
import { adam } from './adam';
import { adamw } from './adamw';
import type { Optimizer, OptimizerOf } from './optimizer';
import { rmsprop } from './rmsprop';
import { sgd } from './sgd';

/** Every optimizer by its kind: a kind without an optimizer does not compile. */
export const optimizers: { readonly [Kind in OptimizerSpec['kind']]: (spec: OptimizerOf<Kind>) => Optimizer } = {
  sgd,
  adagrad,
  rmsprop,
  adam,
  adamw,
};

/** The optimizer of a specification. The base rate and the schedule are applied outside: see `UpdateStep.rate`. */
export function optimizerOf<Kind extends OptimizerSpec['kind']>(spec: OptimizerOf<Kind>): Optimizer {
  const make: (spec: OptimizerOf<Kind>) => Optimizer = optimizers[spec.kind];
  return make(spec);
}
