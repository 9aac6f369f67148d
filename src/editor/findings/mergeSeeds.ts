import type { Finding } from '../../diagnosis/finding';
import type { Target } from '../../session/sessions';

/** A finding of a run. */
export interface RunFinding<Run> {
  readonly finding: Pick<Finding, 'code' | 'keyPath'>;
  readonly session: Run;
}

/**
 * Findings of several runs, each once: that of the same rule at the same key in the runs of several seeds is shown with the
 * first of them, and names the seeds.
 */
export function mergeSeeds<Found extends RunFinding<Pick<Target, 'variant' | 'seed'>>>(
  all: readonly Found[],
): readonly (Found & { readonly seeds: readonly number[] })[] {
  const merged = new Map<string, Found & { readonly seeds: number[] }>();
  for (const [index, found] of all.entries()) {
    const { finding, session } = found;
    const { variant, seed } = session;
    // Findings of runs without a group are never merged.
    const key = JSON.stringify(seed === undefined ? index : [variant ?? null, finding.code, finding.keyPath]);
    const known = merged.get(key) ?? { ...found, seeds: [] };
    merged.set(key, known);
    if (seed !== undefined && !known.seeds.includes(seed)) known.seeds.push(seed);
  }
  return [...merged.values()];
}
