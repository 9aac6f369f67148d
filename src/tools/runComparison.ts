import { differingKeys, keyValues, withoutImpliedKeys, type KeyValues } from '../run/differences';
import type { Manifest } from '../run/manifest';
import type { ReadableRun } from './readableRun';
import { summaryOf } from './runSummary';

/** The key, in tables and JSON, of the digest of the data file. */
const digestKey = 'SHA-256 of the data';

/** The keys of a run's experiment, with the digest of its data: another file under the same name is a difference, too. */
export function comparedValues({ experiment, facts: { dataDigest } }: Manifest): KeyValues {
  const digest = dataDigest === null ? [] : [[digestKey, JSON.stringify(dataDigest)] as const];
  return new Map([...keyValues(experiment), ...digest]);
}

/** A value of `comparedValues`; what is nested too deep for JSON is its mark. */
export function parsedValue(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** How runs ended, their findings, and the keys in which they differ. */
export async function compare(runs: readonly ReadableRun[]): Promise<object> {
  const values = runs.map(({ manifest }) => comparedValues(manifest));
  const keys = withoutImpliedKeys(differingKeys(values), values);
  const compared = [];
  for (const [index, run] of runs.entries()) {
    const { findings } = await run.findings();
    const differing = keys.map((key) => {
      const value = values[index]?.get(key);
      return [key, value === undefined ? null : parsedValue(value)] as const;
    });
    compared.push({
      ...summaryOf(run),
      findings: findings.map(({ code, level, update, keyPath }) => ({ code, level, update, key: keyPath.join('.') })),
      differing: Object.fromEntries(differing),
    });
  }
  return { differingKeys: keys, runs: compared };
}
