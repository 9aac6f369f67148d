import type { KeyPath } from './problems/problem';
import type { ResolvedExperiment } from './schema/schema';

/** The file of initial weights that an experiment names. */
export interface WeightsKey {
  /** The path as written, relative to the experiment file. */
  readonly path: string;
  /** Where the experiment names it. */
  readonly keyPath: KeyPath;
  /** The prefixes of the file's tensors, by the prefix that this project writes; those without one are looked for. */
  readonly names: { readonly rnn?: string | undefined; readonly head?: string | undefined };
}

/** The file of initial weights of a model; undefined if it starts from random ones. */
export function weightsKeyOf({ weights }: ResolvedExperiment['model']): WeightsKey | undefined {
  if (weights === undefined) return undefined;
  return typeof weights === 'string'
    ? { path: weights, keyPath: ['model', 'weights'], names: {} }
    : { path: weights.file, keyPath: ['model', 'weights', 'file'], names: weights.names };
}
