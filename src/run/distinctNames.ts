import { formatKeys, distinguishingKeys, type KeyValues } from './differences';

/** A run that is to be named beside others. */
export interface NamedRun {
  readonly name: string;
  /** Its experiment's keys; undefined where they are not known. */
  readonly values: KeyValues | undefined;
  /** When it began; '' where that is not known. */
  readonly began: string;
}

const mostKeys = 2;

/**
 * What runs are called side by side. Those of one name are told apart by the keys that they do not have alike, and by when
 * they began only where that does not do: `A long lag, learningRate 0.02`.
 */
export function distinctNames(runs: readonly NamedRun[]): readonly string[] {
  const keys = distinguishingKeys(runs);
  const named = runs.map(({ name }, i) => [name, ...formatKeys(keys[i] ?? []).slice(0, mostKeys)].join(', '));
  return named.map((name, i) => {
    const began = runs[i]?.began ?? '';
    const isAlone = named.filter((other) => other === name).length === 1;
    return isAlone || began === '' ? name : `${name}, ${began}`;
  });
}
