import { isObject, type JsonObject } from './document';

/** Faults of a list that are explained: the rest of it is as wrong, and to explain a fault takes longer than to find it. */
const mostFaults = 50;

/** The keys of `data` that may hold as much as a whole file. */
const keys = ['sequences', 'inputs', 'targets'] as const;

/** A value whose lists are short, and the way back. */
export interface Shortened {
  readonly value: unknown;
  /** Puts the lists as they were written into what the schema has made of the value. */
  readonly restored: <Experiment extends { readonly data: object }>(experiment: Experiment) => Experiment;
}

/**
 * Checks the lists of an experiment's data ahead of the schema, which takes some microseconds for each element, an error
 * object for each wrong one, and fails altogether where a hundred thousand are wrong. Each list is looked through once,
 * however many variants of a file inherit it.
 */
export class LongLists {
  readonly #standIns = new WeakMap<readonly unknown[], readonly unknown[]>();

  /** The value with a short list in place of each long one, of which the schema says what it would say of the value. */
  shorten(value: unknown): Shortened {
    const data = isObject(value) ? value['data'] : undefined;
    if (!isObject(value) || !isObject(data)) return { value, restored: (experiment) => experiment };
    const written = new Map<string, readonly unknown[]>();
    const standIns = new Map<string, readonly unknown[]>();
    for (const key of keys) {
      const list: unknown = data[key];
      if (!Array.isArray(list) || list.length === 0) continue;
      written.set(key, list);
      standIns.set(key, this.#standInFor(key, list));
    }
    return {
      value: { ...value, data: { ...data, ...Object.fromEntries(standIns) } },
      restored: (experiment) => ({ ...experiment, data: { ...experiment.data, ...Object.fromEntries(written) } }),
    };
  }

  #standInFor(key: (typeof keys)[number], list: readonly unknown[]): readonly unknown[] {
    const found = this.#standIns.get(list) ?? (key === 'sequences' ? forSequences(list) : forNames(list));
    this.#standIns.set(list, found);
    return found;
  }
}

function forNames(list: readonly unknown[]): readonly unknown[] {
  const cutter = new Cutter();
  const beginning = cutter.list(list, (name) => cutter.judged(name, typeof name === 'string' && name !== ''));
  if (cutter.faults > 0) return beginning;
  // One name twice is a fault of the list as a whole.
  return new Set(list).size === list.length ? ['x'] : ['x', 'x'];
}

function forSequences(list: readonly unknown[]): readonly unknown[] {
  const cutter = new Cutter();
  const beginning = cutter.list(list, (sequence) => sequenceCut(cutter, sequence));
  return cutter.faults > 0 ? beginning : [{ inputs: [[0]], targets: [cutter.firstTarget] }];
}

function sequenceCut(cutter: Cutter, sequence: unknown): unknown {
  const others = isObject(sequence) ? Object.keys(sequence).filter((key) => key !== 'inputs' && key !== 'targets') : [];
  if (!isObject(sequence) || others.length > 0) cutter.faults += 1;
  if (!isObject(sequence)) return sequence;
  const inputs = listCut(cutter, sequence['inputs'], rowCut);
  const targets = listCut(cutter, sequence['targets'], targetCut);
  const isWhole = inputs === sequence['inputs'] && targets === sequence['targets'];
  return isWhole ? sequence : ({ ...sequence, inputs, targets } satisfies JsonObject);
}

function rowCut(cutter: Cutter, row: unknown): unknown {
  return listCut(cutter, row, (_, number) =>
    cutter.judged(number, typeof number === 'number' && Number.isFinite(number)),
  );
}

function targetCut(cutter: Cutter, target: unknown): unknown {
  if (target === null) return target;
  cutter.firstTarget ??= Array.isArray(target) ? [0] : 0;
  if (Array.isArray(target)) return rowCut(cutter, target);
  return cutter.judged(target, Number.isInteger(target) && Number(target) >= 0 && Number(target) <= 65_535);
}

function listCut(cutter: Cutter, value: unknown, cut: (cutter: Cutter, element: unknown) => unknown): unknown {
  if (!Array.isArray(value) || value.length === 0) return cutter.judged(value, false);
  return cutter.list(value, (element) => cut(cutter, element));
}

/** Counts faults, and cuts lists after the last fault that is explained. */
class Cutter {
  faults = 0;
  /** The kind of the first target that is one: a class or a row of numbers. */
  firstTarget: number | readonly number[] | null = null;

  /** The list up to the last fault that is explained; the very list where nothing is cut off. */
  list(list: readonly unknown[], cut: (element: unknown) => unknown): readonly unknown[] {
    let changed: unknown[] | undefined;
    let index = 0;
    for (; index < list.length && this.faults < mostFaults; index++) {
      const element = cut(list[index]);
      if (element !== list[index]) changed ??= list.slice(0, index);
      changed?.push(element);
    }
    // Of nothing the schema would say that something is missing.
    return changed ?? (index === list.length ? list : list.slice(0, Math.max(1, index)));
  }

  /** Counts a fault where there is one. */
  judged(element: unknown, isRight: boolean): unknown {
    if (!isRight) this.faults += 1;
    return element;
  }
}
