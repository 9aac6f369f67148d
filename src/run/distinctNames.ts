import { formatKeys, distinguishingKeys, type KeyValues } from './differences';

/** A run that needs a name that is distinct from those of others. */
export interface NamedRun {
  readonly name: string;
  /** The keys of its experiment; undefined if not known. */
  readonly values: KeyValues | undefined;
  /** When it started, formatted; '' if not known. */
  readonly startTime: string;
}

const maxKeys = 2;

/**
 * Distinct names of runs that are shown together. Runs of the same name get the keys that differ, and the time of their
 * start only if that is not enough: `A long lag, learningRate 0.02`.
 */
export function distinctNames(runs: readonly NamedRun[]): readonly string[] {
  const keys = distinguishingKeys(runs);
  const named = runs.map(({ name }, i) => [name, ...formatKeys(keys[i] ?? []).slice(0, maxKeys)].join(', '));
  return named.map((name, i) => {
    const startTime = runs[i]?.startTime ?? '';
    const isUnique = named.filter((other) => other === name).length === 1;
    return isUnique || startTime === '' ? name : `${name}, ${startTime}`;
  });
}
