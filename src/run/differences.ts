/** One key of an experiment as a dotted path, with its value as it is written in JSON. */
export type KeyValues = ReadonlyMap<string, string>;

/** Keys that say what an experiment is called, or where it lies, and nothing of how it is trained. */
const unimportant = new Set(['name', 'notes', 'version']);

const deepest = 5;
const longestValue = 60;

/**
 * The keys of a resolved experiment, one for each value that is no object: `model.cell` → `"lstm"`. Arrays are values.
 * The experiment comes from a run's manifest, so nothing is taken for granted: what is nested too deep is one value.
 */
export function keyValues(experiment: unknown): KeyValues {
  const found = new Map<string, string>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && path.length < deepest) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
    } else if (!unimportant.has(path.join('.'))) {
      found.set(path.join('.'), written(value));
    }
  };
  visit(experiment, []);
  return found;
}

/** The keys that not all of the experiments have alike, in the order of the first that has each. */
export function differingKeys(experiments: readonly KeyValues[]): readonly string[] {
  const all = new Set(experiments.flatMap((values) => [...values.keys()]));
  return [...all].filter((key) => new Set(experiments.map((values) => values.get(key))).size > 1);
}

/** Stands where an experiment has not the key. */
export const noValue = '–';

/** A value as a person reads it in a table: without quotation marks, and not longer than a line. */
export function briefValue(value: string | undefined): string {
  if (value === undefined) return noValue;
  const plain = /^"[^"\\]*"$/.test(value) ? value.slice(1, -1) : value;
  return plain.length > longestValue ? `${plain.slice(0, longestValue - 1)}…` : plain;
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested so deep that it cannot be written.
    return '…';
  }
}
