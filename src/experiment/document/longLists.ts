import { maxSeeds } from '../schema/seedLimits';
import { isObject, type JsonObject } from './document';

/** Errors of a list that are explained: to explain an error takes longer than to find it. */
const maxErrors = 50;

/** The keys of `data` whose lists may be as large as the file. */
const keys = ['sequences', 'inputs', 'targets'] as const;

/** A value with short lists, and the function that restores the original lists. */
export interface ShortenedValue {
  readonly value: unknown;
  /** Restores the original lists in the parsed value. */
  readonly restore: <Experiment extends { readonly data: object }>(experiment: Experiment) => Experiment;
}

/**
 * Checks the lists of an experiment's data before the schema does, which takes some microseconds for each element and an
 * error object for each wrong one, and fails altogether if a hundred thousand are wrong. Each list is checked once,
 * however many variants of a file inherit it.
 */
export class LongLists {
  readonly #placeholders = new WeakMap<readonly unknown[], readonly unknown[]>();

  /** The value with a short list in place of each long one, for which the schema gives the same result. */
  shorten(written: unknown): ShortenedValue {
    const value = withFewSeeds(written);
    const data = isObject(value) ? value['data'] : undefined;
    if (!isObject(value) || !isObject(data)) return { value, restore: (experiment) => experiment };
    const lists = new Map<string, readonly unknown[]>();
    const placeholders = new Map<string, readonly unknown[]>();
    for (const key of keys) {
      const list: unknown = data[key];
      if (!Array.isArray(list) || list.length === 0) continue;
      lists.set(key, list);
      placeholders.set(key, this.#placeholderFor(key, list));
    }
    return {
      value: { ...value, data: { ...data, ...Object.fromEntries(placeholders) } },
      restore: (experiment) => ({ ...experiment, data: { ...experiment.data, ...Object.fromEntries(lists) } }),
    };
  }

  #placeholderFor(key: (typeof keys)[number], list: readonly unknown[]): readonly unknown[] {
    const found =
      this.#placeholders.get(list) ?? (key === 'sequences' ? placeholderForSequences(list) : placeholderForNames(list));
    this.#placeholders.set(list, found);
    return found;
  }
}

/** A value whose list of seeds is too long, but not longer than is needed to say so. */
function withFewSeeds(value: unknown): unknown {
  const seeds = isObject(value) ? value['seeds'] : undefined;
  if (!isObject(value) || !Array.isArray(seeds) || seeds.length <= maxSeeds + 1) return value;
  return { ...value, seeds: seeds.slice(0, maxSeeds + 1) };
}

function placeholderForNames(list: readonly unknown[]): readonly unknown[] {
  const truncator = new ListTruncator();
  const beginning = truncator.truncate(list, (name) => truncator.check(name, typeof name === 'string' && name !== ''));
  if (truncator.errors > 0) return beginning;
  // A duplicate name is an error of the list as a whole, which names the first one.
  const seen = new Set<unknown>();
  for (const name of list) {
    if (seen.has(name)) return [name, name];
    seen.add(name);
  }
  return ['x'];
}

function placeholderForSequences(list: readonly unknown[]): readonly unknown[] {
  const truncator = new ListTruncator();
  const beginning = truncator.truncate(list, (sequence) => truncateSequence(truncator, sequence));
  return truncator.errors > 0 ? beginning : [{ inputs: [[0]], targets: [truncator.firstTarget] }];
}

function truncateSequence(truncator: ListTruncator, sequence: unknown): unknown {
  const others = isObject(sequence) ? Object.keys(sequence).filter((key) => key !== 'inputs' && key !== 'targets') : [];
  if (!isObject(sequence) || others.length > 0) truncator.errors += 1;
  if (!isObject(sequence)) return sequence;
  const inputs = truncateList(truncator, sequence['inputs'], truncateRow);
  const targets = truncateList(truncator, sequence['targets'], truncateTarget);
  const isWhole = inputs === sequence['inputs'] && targets === sequence['targets'];
  return isWhole ? sequence : ({ ...sequence, inputs, targets } satisfies JsonObject);
}

function truncateRow(truncator: ListTruncator, row: unknown): unknown {
  return truncateList(truncator, row, (_, number) =>
    truncator.check(number, typeof number === 'number' && Number.isFinite(number)),
  );
}

function truncateTarget(truncator: ListTruncator, target: unknown): unknown {
  if (target === null) return target;
  truncator.firstTarget ??= Array.isArray(target) ? [0] : 0;
  if (Array.isArray(target)) return truncateRow(truncator, target);
  return truncator.check(target, Number.isInteger(target) && Number(target) >= 0 && Number(target) <= 65_535);
}

function truncateList(
  truncator: ListTruncator,
  value: unknown,
  truncate: (truncator: ListTruncator, element: unknown) => unknown,
): unknown {
  if (!Array.isArray(value) || value.length === 0) return truncator.check(value, false);
  return truncator.truncate(value, (element) => truncate(truncator, element));
}

/** Counts errors, and truncates lists after the last error that is explained. */
class ListTruncator {
  errors = 0;
  /** An example of the kind of the first target that is not null: a class or a row of numbers. */
  firstTarget: number | readonly number[] | null = null;

  /** The list up to the last error that is explained; the same list if nothing is cut off. */
  truncate(list: readonly unknown[], truncateElement: (element: unknown) => unknown): readonly unknown[] {
    let changed: unknown[] | undefined;
    let index = 0;
    for (; index < list.length && this.errors < maxErrors; index++) {
      const element = truncateElement(list[index]);
      if (element !== list[index]) changed ??= list.slice(0, index);
      changed?.push(element);
    }
    // For an empty list the schema would report a missing element.
    return changed ?? (index === list.length ? list : list.slice(0, Math.max(1, index)));
  }

  /** Counts an error if the element is not valid. */
  check(element: unknown, isValid: boolean): unknown {
    if (!isValid) this.errors += 1;
    return element;
  }
}
