import { openCells, type OpenCell } from '../experiment/schema/openCells';
import { quote } from '../text/quoting';
import { formatExact } from '../text/numbers';
import { LessonError, type LessonPlace, type Tolerance } from './lesson';
import { nearestKnown } from './nearestKnown';

/** A line `key: value`. */
export interface Field {
  readonly key: string;
  readonly value: string;
  /** From 1. */
  readonly line: number;
}

const fieldPattern = /^([A-Za-z]+)\s*:(?:\s+(.*))?$/;

/**
 * Reads lines `key: value`; empty lines and lines that begin with # are skipped.
 *
 * @param first the number of the first line
 * @param allowed the keys, and how often each can be
 * @throws LessonError for a line that is none, an unknown key, and a key that is there too often
 */
export function readFields(
  lines: readonly string[],
  first: number,
  allowed: Readonly<Record<string, number>>,
): readonly Field[] {
  const fields: Field[] = [];
  lines.forEach((text, i) => {
    const line = first + i;
    if (text.trim() === '' || text.startsWith('#')) return;
    const found = fieldPattern.exec(text.trimEnd());
    if (found === null) {
      throw new LessonError(
        line,
        `Write one "key: value" in a line, such as "title: The forward pass", not ${quote(text)}.`,
      );
    }
    const [, key = '', value = ''] = found;
    if (!Object.hasOwn(allowed, key)) {
      throw new LessonError(line, `There is no key ${nearestKnown(key, Object.keys(allowed))}`);
    }
    const most = allowed[key] ?? 0;
    if (fields.filter((field) => field.key === key).length >= most) {
      throw new LessonError(
        line,
        most === 1 ? `${key} is here twice. Delete one.` : `There can be at most ${most} lines with ${key}.`,
      );
    }
    fields.push({ key, value: unquoted(value.trim()), line });
  });
  return fields;
}

/** A value in double quotes without them, as YAML has it. */
function unquoted(value: string): string {
  return /^"[^"\\]*"$/.test(value) ? value.slice(1, -1) : value;
}

/** The only field with a key. */
export function fieldOf(fields: readonly Field[], key: string): Field | undefined {
  return fields.find((field) => field.key === key);
}

/**
 * The value of a key, as it is written.
 *
 * @throws LessonError if it is missing, empty or too long
 */
export function textOfField(fields: readonly Field[], key: string, line: number, most: number): string {
  const field = fieldOf(fields, key);
  if (field === undefined) throw new LessonError(line, `${key} is missing. Add a line "${key}: …".`);
  return boundedText(field, most);
}

/**
 * The value of a field.
 *
 * @throws LessonError if it is empty or too long
 */
export function boundedText({ key, value, line }: Field, most: number): string {
  if (value === '') throw new LessonError(line, `${key} has no value. Write one after the colon.`);
  if (value.length > most) {
    throw new LessonError(
      line,
      `${key} has ${formatExact(value.length)} characters; at most ${formatExact(most)} are allowed.`,
    );
  }
  return value;
}

/** The keys of a place, in a lesson and in a question. */
export const placeKeys: Readonly<Record<keyof LessonPlace, number>> = {
  variant: 1,
  update: 1,
  sequence: 1,
  layer: 1,
  step: 1,
  cell: 1,
};

const maxVariantLength = 200;
const maxIndex = 1_000_000_000;

/**
 * The place that the fields name.
 *
 * @throws LessonError
 */
export function placeOf(fields: readonly Field[]): LessonPlace {
  const index = (key: string): Readonly<Record<string, number>> => {
    const field = fieldOf(fields, key);
    return field === undefined ? {} : { [key]: indexOf(field) };
  };
  const variant = fieldOf(fields, 'variant');
  const cell = fieldOf(fields, 'cell');
  return {
    ...(variant === undefined ? {} : { variant: boundedText(variant, maxVariantLength) }),
    ...index('update'),
    ...index('sequence'),
    ...index('layer'),
    ...index('step'),
    ...(cell === undefined ? {} : { cell: cellOf(cell) }),
  };
}

function indexOf({ key, value, line }: Field): number {
  if (!/^\d{1,10}$/.test(value) || Number(value) > maxIndex) {
    throw new LessonError(line, `${key} is ${quote(value)}. Write a whole number from 0 to ${formatExact(maxIndex)}.`);
  }
  return Number(value);
}

function cellOf({ value, line }: Field): OpenCell {
  if (!Object.hasOwn(openCells, value)) {
    throw new LessonError(line, `There is no cell ${nearestKnown(value, Object.keys(openCells))}`);
  }
  return value as OpenCell;
}

/**
 * The tolerance of a field: `5 %` of the engine's number, or an amount such as `0.01`.
 *
 * @throws LessonError
 */
export function toleranceOf({ value, line }: Field): Tolerance {
  const found = /^(\d{1,6}(?:\.\d{1,9})?)\s*(%?)$/.exec(value);
  const [, digits, sign] = found ?? [];
  const isShare = sign === '%';
  if (digits === undefined || (isShare && Number(digits) > 100)) {
    throw new LessonError(
      line,
      `tolerance is ${quote(value)}. Write a share up to 100 %, such as "5 %", or an amount, such as "0.01".`,
    );
  }
  return isShare ? { kind: 'relative', size: Number(digits) / 100 } : { kind: 'absolute', size: Number(digits) };
}
