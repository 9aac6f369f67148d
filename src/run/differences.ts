/** One key of an experiment as a dotted path, with its value as it is written in JSON. */
export type KeyValues = ReadonlyMap<string, string>;

/** A key as a dotted path, with its value as a person reads it. */
export type KeyValue = readonly [key: string, value: string];

/** Keys that say what an experiment is called, or where it lies, and nothing of how it is trained. */
const unimportant = new Set(['name', 'notes', 'version']);

const deepest = 5;
const longestValue = 60;

/** Characters of a value that leave room for others in a row. */
const shortValue = 12;

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
export function formatValue(value: string | undefined): string {
  if (value === undefined) return noValue;
  const plain = /^"[^"\\]*"$/.test(value) ? value.slice(1, -1) : value;
  return plain.length > longestValue ? `${plain.slice(0, longestValue - 1)}…` : plain;
}

/** For each run the keys that those of its name do not have alike, with its values; none where it is alone in its name. */
export function distinguishingKeys(
  runs: readonly { readonly name: string; readonly values: KeyValues | undefined }[],
): readonly (readonly KeyValue[])[] {
  return runs.map(({ name, values }) => {
    const namesakes = runs.filter((other) => other.name === name).map((other) => other.values);
    const keys = differingKeys(namesakes.filter((known) => known !== undefined));
    return keys.map((key) => [key, formatValue(values?.get(key))] as const);
  });
}

/**
 * Keys and values in the fewest words: `optimizer.learningRate` → `learningRate 0.02`. Those without a value say nothing, and
 * short values come first: a list of columns would leave no room for anything else.
 */
export function formatKeys(keys: readonly KeyValue[]): readonly string[] {
  return keys
    .filter(([, value]) => value !== noValue)
    .sort(([, a], [, b]) => Number(a.length > shortValue) - Number(b.length > shortValue))
    .map(([key, value]) => {
      const shortened = value.length > shortValue ? `${value.slice(0, shortValue - 1)}…` : value;
      return `${key.slice(key.lastIndexOf('.') + 1)} ${shortened}`;
    });
}

function written(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested so deep that it cannot be written.
    return '…';
  }
}
