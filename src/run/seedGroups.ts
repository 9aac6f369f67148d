import { distinctNames } from './distinctNames';
import type { KeyValues } from './differences';

/** A run that may be one of a group. */
export interface SeededRun {
  readonly id: number;
  /** The name of its experiment or variant, without the seed. */
  readonly name: string;
  /** The keys of its experiment; undefined if not known, as before its start. */
  readonly values: KeyValues | undefined;
  readonly seed: number;
  /** Of its data file; null for data without a file. */
  readonly dataDigest: string | null;
}

/** Runs of one configuration on the same data that differ in their seed only. */
export interface SeedGroup {
  readonly name: string;
  /** Their ids, in the order of the seeds. */
  readonly runs: readonly number[];
}

/**
 * The groups among runs: two or more runs of equal keys but for the seed, on the same data. Of several runs with one seed
 * the first counts, because another run of the same seed is no independent sample.
 */
export function seedGroups(runs: readonly SeededRun[]): readonly SeedGroup[] {
  const groups = new Map<string, { readonly name: string; readonly values: KeyValues; readonly runs: SeededRun[] }>();
  for (const run of runs) {
    if (run.values === undefined) continue;
    const values = new Map([...run.values].filter(([key]) => key !== 'seed'));
    const key = JSON.stringify([run.dataDigest, [...values].sort(([a], [b]) => (a < b ? -1 : 1))]);
    const group = groups.get(key) ?? { name: run.name, values, runs: [] };
    groups.set(key, group);
    if (!group.runs.some(({ seed }) => seed === run.seed)) group.runs.push(run);
  }
  const several = [...groups.values()].filter((group) => group.runs.length > 1);
  const names = distinctNames(several.map(({ name, values }) => ({ name, values, startTime: '' })));
  return several.map((group, i) => ({
    name: names[i] ?? group.name,
    runs: [...group.runs].sort((a, b) => a.seed - b.seed).map(({ id }) => id),
  }));
}
