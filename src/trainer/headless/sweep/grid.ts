import type { Setting } from './settings';

/** One of the runs of a sweep. */
export interface Combination {
  /** Its name in the sweep: that of its run's folder and of its program. */
  readonly name: string;
  /** Its values of the keys of the grid, in their order. */
  readonly values: readonly (readonly [key: string, value: unknown])[];
  /** undefined for the experiment's own. */
  readonly seed: number | undefined;
}

/** Every combination of the values of some keys and of seeds, the last of which changes fastest. */
export function gridOf(settings: readonly Setting[], seeds: readonly number[]): readonly Combination[] {
  let rows: readonly (readonly (readonly [string, unknown])[])[] = [[]];
  for (const { key, values } of settings) {
    rows = rows.flatMap((row) => values.map((value) => [...row, [key, value] as const]));
  }
  const members = seeds.length === 0 ? [undefined] : seeds;
  const combinations = rows.flatMap((values) => members.map((seed) => ({ values, seed })));
  const taken = new Set<string>();
  return combinations.map(({ values, seed }) => {
    const name = distinct(nameOf(values, seed), taken);
    taken.add(name.toLowerCase());
    return { name, values, seed };
  });
}

/** How many combinations a grid has. */
export function sizeOf(settings: readonly Setting[], seeds: readonly number[]): number {
  return settings.reduce((product, { values }) => product * values.length, Math.max(1, seeds.length));
}

/** Longest name, in characters: a file is named after it, with an ending. */
const maxName = 100;

/** A name that any file system and any shell takes as it is: `learningRate-0.1--seed-2`. */
function nameOf(values: Combination['values'], seed: number | undefined): string {
  const parts = values.map(([key, value]) => {
    const last = key.split('.').at(-1) ?? key;
    return plain(`${last}-${typeof value === 'string' ? value : JSON.stringify(value)}`);
  });
  return [...parts, ...(seed === undefined ? [] : [`seed-${seed}`])].join('--').slice(0, maxName) || 'run';
}

function plain(text: string): string {
  return text.replace(/[^A-Za-z0-9.]+/g, '-').replace(/^[-.]+|[-.]+$/g, '');
}

/** The name, with a number where another one has it: values may differ in characters that names do not have. */
function distinct(name: string, taken: ReadonlySet<string>): string {
  if (!taken.has(name.toLowerCase())) return name;
  let number = 2;
  while (taken.has(`${name}--${number}`.toLowerCase())) number += 1;
  return `${name}--${number}`;
}
