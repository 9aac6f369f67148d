import type { Operator } from './expression';

/** A number, or numbers in rows: a vector has one dimension, a matrix two. */
export interface Value {
  /** Empty for a single number. */
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** A single number as a value. */
export function scalar(value: number): Value {
  return { shape: [], data: [value] };
}

/** Numbers in rows of a given width: (T,H) for T rows of H. */
export function matrix(data: ArrayLike<number>, width: number): Value {
  return { shape: [width === 0 ? 0 : data.length / width, width], data };
}

/** Numbers in one row. */
export function vector(data: ArrayLike<number>): Value {
  return { shape: [data.length], data };
}

/**
 * The single number of a value.
 *
 * @throws Error if it has several
 */
export function numberOf({ shape, data }: Value, name: string): number {
  const [only] = [...Array.from(data)];
  if (shape.length > 0 || only === undefined) {
    throw new Error(`${name} has ${shape.join(' × ')} numbers: add an index such as [0], or use norm, sum or max.`);
  }
  return only;
}

/**
 * An element of a vector, or a row of a matrix; indices are from 0.
 *
 * @throws Error if there is none
 */
export function elementOf({ shape, data }: Value, index: number, name: string): Value {
  const [count, ...rest] = shape;
  if (count === undefined) throw new Error(`${name} is a single number: it has no [${index}].`);
  if (!Number.isInteger(index) || index < 0 || index >= count) {
    throw new Error(`${name}[${index}] doesn't exist in this run: ${formatIndices(name, count)}.`);
  }
  const size = rest.reduce((product, length) => product * length, 1);
  return { shape: rest, data: Array.from(data).slice(index * size, (index + 1) * size) };
}

function formatIndices(name: string, count: number): string {
  return count === 0 ? `${name} is empty` : `${name} has indices from 0 to ${count - 1}`;
}

/** What an operator makes of two numbers; a comparison gives 1 where it holds and 0 where not. */
const operations: Readonly<Record<Operator, (one: number, other: number) => number>> = {
  '+': (one, other) => one + other,
  '-': (one, other) => one - other,
  '*': (one, other) => one * other,
  '/': (one, other) => one / other,
  '^': (one, other) => one ** other,
  '<': (one, other) => Number(one < other),
  '<=': (one, other) => Number(one <= other),
  '>': (one, other) => Number(one > other),
  '>=': (one, other) => Number(one >= other),
  and: (one, other) => Number(one !== 0 && other !== 0),
};

/**
 * An operation of two values, element by element; a single number acts on every element.
 *
 * @throws Error if the shapes differ
 */
export function operate(operator: Operator, one: Value, other: Value): Value {
  const act = operations[operator];
  if (one.shape.length > 0 && other.shape.length > 0 && one.shape.join() !== other.shape.join()) {
    throw new Error(
      `${one.shape.join(' × ')} and ${other.shape.join(' × ')} numbers can't be combined by ${operator}.`,
    );
  }
  const larger = one.shape.length >= other.shape.length ? one : other;
  const at = ({ shape, data }: Value, i: number): number => (shape.length === 0 ? data[0] : data[i]) ?? NaN;
  const data = Array.from(larger.data, (_, i) => act(at(one, i), at(other, i)));
  return { shape: larger.shape, data };
}

/** A function of an expression: of every number, or of all numbers together. */
type LessonFunction =
  | { readonly kind: 'each'; readonly of: (value: number) => number }
  | { readonly kind: 'all'; readonly of: (values: readonly number[]) => number };

/** The functions that expressions can call, each of one value. */
export const functions: Readonly<Record<string, LessonFunction>> = {
  norm: { kind: 'all', of: (values) => Math.sqrt(values.reduce((sum, value) => sum + value * value, 0)) },
  sum: { kind: 'all', of: (values) => values.reduce((sum, value) => sum + value, 0) },
  mean: { kind: 'all', of: (values) => values.reduce((sum, value) => sum + value, 0) / values.length },
  max: { kind: 'all', of: (values) => values.reduce((most, value) => Math.max(most, value), -Infinity) },
  min: { kind: 'all', of: (values) => values.reduce((least, value) => Math.min(least, value), Infinity) },
  argmax: {
    kind: 'all',
    of: (values) => values.indexOf(values.reduce((most, value) => Math.max(most, value), -Infinity)),
  },
  abs: { kind: 'each', of: Math.abs },
  sqrt: { kind: 'each', of: Math.sqrt },
  exp: { kind: 'each', of: Math.exp },
  log: { kind: 'each', of: Math.log },
  tanh: { kind: 'each', of: Math.tanh },
  sigmoid: { kind: 'each', of: (value) => 1 / (1 + Math.exp(-value)) },
};

/** A function's value of a value. */
export function call(name: string, { shape, data }: Value): Value {
  const found = functions[name];
  if (found === undefined) throw new Error(`There is no function ${name}.`);
  const values = Array.from(data);
  return found.kind === 'all' ? scalar(found.of(values)) : { shape, data: values.map(found.of) };
}
