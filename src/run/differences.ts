/** The keys of an experiment as dotted paths, with their values as JSON. */
export type KeyValues = ReadonlyMap<string, string>;

/** A key as a dotted path, with its formatted value. */
export type KeyValue = readonly [key: string, value: string];

/** Keys that have no effect on training, with the keys in them. */
const unimportant = new Set(['name', 'notes', 'version', 'open', 'expect']);

/** Defaults, as JSON, of keys that the format gained: a run of an earlier version does not have them. */
const laterDefaults = new Map([
  ['data.delimiter', '"auto"'],
  ['data.decimal', '"."'],
  ['data.header', 'true'],
  ['data.missing', '[]'],
  ['data.gaps', '"refuse"'],
  ['data.targetAt', '"every"'],
  ['data.classes', 'false'],
  ['data.positions', '"paper"'],
  ['model.init.head', '"uniform"'],
  ['loss.output', '"linear"'],
]);

const maxDepth = 5;
const maxValueLength = 60;

/** Maximum length of a value in a list of several. */
const maxShortLength = 12;

/**
 * The keys of a resolved experiment, one for each value that is not an object: `model.cell` → `"lstm"`. Arrays are
 * values. A key that the format gained is left out where it has its default. The experiment comes from a run's manifest,
 * which may contain anything: what is nested too deep is one value.
 */
export function keyValues(experiment: unknown): KeyValues {
  const found = new Map<string, string>();
  const visit = (value: unknown, path: readonly string[]): void => {
    if (typeof value === 'object' && value !== null && !Array.isArray(value) && path.length < maxDepth) {
      for (const [key, inner] of Object.entries(value)) visit(inner, [...path, key]);
      return;
    }
    const [key, json] = [path.join('.'), toJson(value)];
    if (!unimportant.has(path[0] ?? '') && laterDefaults.get(key) !== json) found.set(key, json);
  };
  visit(experiment, []);
  return found;
}

/** The keys whose values differ between the experiments, in order of first occurrence. */
export function differingKeys(experiments: readonly KeyValues[]): readonly string[] {
  const all = new Set(experiments.flatMap((values) => [...values.keys()]));
  return [...all].filter((key) => new Set(experiments.map((values) => values.get(key))).size > 1);
}

/**
 * The keys without those that another key implies: keys that some experiments do not have at all, and whose value is the
 * same wherever that of one other key is. `model.forgetBias` follows from `model.cell` if all LSTMs have the same one.
 */
export function withoutImpliedKeys(keys: readonly string[], experiments: readonly KeyValues[]): readonly string[] {
  const isImpliedBy = (key: string, other: string): boolean => {
    const byOther = new Map(experiments.map((values) => [values.get(other), values.get(key)]));
    return experiments.every((values) => values.get(key) === byOther.get(values.get(other)));
  };
  return keys.filter((key) => {
    if (experiments.every((values) => values.has(key))) return true;
    // The other key has to be everywhere: of two keys that only come together, one would imply the other.
    const others = keys.filter((other) => other !== key && experiments.every((values) => values.has(other)));
    return !others.some((other) => isImpliedBy(key, other));
  });
}

/**
 * The key that tells an experiment from most of its variants, with its value in the experiment: variants are named by what
 * they change, the experiment itself is not. Undefined if no variant changes the value of a key that the experiment has.
 */
export function baseKeyValue(base: KeyValues, variants: readonly KeyValues[]): KeyValue | undefined {
  const changes = (key: string): number =>
    variants.filter((values) => values.has(key) && values.get(key) !== base.get(key)).length;
  const counted = [...base.keys()].map((key) => ({ key, count: changes(key) }));
  const most = Math.max(0, ...counted.map(({ count }) => count));
  const found = most === 0 ? undefined : counted.find(({ count }) => count === most);
  return found && [found.key, formatValue(base.get(found.key))];
}

/** The value of a key that an experiment does not have. */
export const noValue = '–';

/** A value in a table: without quotes, and truncated to a line. */
export function formatValue(value: string | undefined): string {
  if (value === undefined) return noValue;
  const plain = /^"[^"\\]*"$/.test(value) ? value.slice(1, -1) : value;
  return plain.length > maxValueLength ? `${plain.slice(0, maxValueLength - 1)}…` : plain;
}

/** For each run, its values of the keys that differ between the runs of its name; none if its name is unique. */
export function distinguishingKeys(
  runs: readonly { readonly name: string; readonly values: KeyValues | undefined }[],
): readonly (readonly KeyValue[])[] {
  const namesakes = new Map<string, KeyValues[]>();
  for (const { name, values } of runs) {
    const known = namesakes.get(name) ?? [];
    namesakes.set(name, known);
    if (values !== undefined) known.push(values);
  }
  // Once for each name: hundreds of runs may share one.
  const keysOf = new Map([...namesakes].map(([name, known]) => [name, differingKeys(known)]));
  return runs.map(({ name, values }) =>
    (keysOf.get(name) ?? []).map((key) => [key, formatValue(values?.get(key))] as const),
  );
}

/**
 * Keys and values, abbreviated: `optimizer.learningRate` → `learningRate 0.02`. Keys without a value are left out, and
 * short values come first: a list of columns would leave no space for others.
 */
export function formatKeys(keys: readonly KeyValue[]): readonly string[] {
  return keys
    .filter(([, value]) => value !== noValue)
    .sort(([, a], [, b]) => Number(a.length > maxShortLength) - Number(b.length > maxShortLength))
    .map(([key, value]) => {
      const shortened = value.length > maxShortLength ? `${value.slice(0, maxShortLength - 1)}…` : value;
      return `${key.slice(key.lastIndexOf('.') + 1)} ${shortened}`;
    });
}

function toJson(value: unknown): string {
  try {
    return JSON.stringify(value);
  } catch {
    // Nested too deep for JSON.stringify.
    return '…';
  }
}
