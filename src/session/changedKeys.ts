import type { ExperimentFile } from '../experiment/experimentFile';
import { withClasses } from '../experiment/problems/tableTargets';
import { differingKeys, keyValues } from '../run/differences';
import type { Session } from './session';

/**
 * The keys whose values differ between a run and the current file, as dotted paths; undefined where the file can't be
 * compared: it or the variant has problems, or the run has not started.
 */
export function changedKeys(
  { experiment, variant, info }: Pick<Session, 'experiment' | 'variant' | 'info'>,
  file: ExperimentFile | undefined,
): readonly string[] | undefined {
  const now = file?.resolve(variant, ownSeed(experiment, file.seedsOf(variant)));
  if (experiment === undefined || now?.kind !== 'resolved') return undefined;
  const written = info === undefined ? now.experiment : withClasses(now.experiment, info.loss.kind === 'crossEntropy');
  return differingKeys([keyValues(experiment), keyValues(written)]);
}

/** The seed of a run, if it is one of the seeds of the file: in a group it is no difference. */
function ownSeed(experiment: unknown, seeds: readonly number[]): number | undefined {
  const { seed } = (experiment ?? {}) as { readonly seed?: unknown };
  return seeds.find((known) => known === seed);
}

const maxNamedKeys = 2;

/** The first few keys, each shortened to the last part of its path. */
export function formatKeyNames(keys: readonly string[]): string {
  const named = keys.slice(0, maxNamedKeys).map((key) => key.slice(key.lastIndexOf('.') + 1));
  return `${named.join(', ')}${keys.length > maxNamedKeys ? ', …' : ''}`;
}
