import { quote } from '../../../text/quoting';
import { CellReader, type CellError } from '../cellReader';
import { compactTime, parseTime } from './timestamps';

/** A time of day, such as 18:00, 18.00.00 or 6:00 PM. */
const timeOfDay = /^\d{1,2}(?::\d{2}(?::\d{2}(?:[.,]\d+)?)?|\.\d{2}\.\d{2})(?:\s*[ap]\.?m\.?)?$/i;

/** An integer with more digits than a double has, such as nanoseconds since 1970. */
const longInteger = /^[+-]?\d{16,}$/;

/**
 * Numbers, or dates with or without a time of day, also compact ones. A value is the number, or milliseconds; after the
 * first row where that keeps digits: of dates, and of integers such as nanoseconds since 1970.
 */
export class TimeReader extends CellReader {
  /** The times with the month before the day; allocated with the first one that has another value so. */
  #monthFirst: Float64Array | undefined;
  #kind: 'number' | 'date' | undefined;
  /** What values count from: the first date, in milliseconds since 1970. */
  #firstDate = 0;
  /** What values count from: the first integer, if it is long. */
  #firstInteger: bigint | undefined;

  override add(row: number, cell: string): 'value' | 'missing' | CellError {
    const number = this.cells.parse(cell);
    const where = `in the time column ${quote(this.name)}`;
    if (number !== undefined && Number.isNaN(number)) {
      const found = `has ${cell === '' ? 'an empty cell' : quote(cell)} ${where}`;
      return { found, advice: 'Write a time in every row, or remove the row.' };
    }
    const time = number === undefined ? parseTime(cell) : undefined;
    const kind = number === undefined ? 'date' : 'number';
    if (number === undefined && time === undefined) {
      if (timeOfDay.test(cell)) {
        const found = `has ${quote(cell)} ${where}, which is a time of day without its date`;
        const advice =
          '"time" names one column: add one with the date and the time of day, such as 2004-03-10 18:00, or leave "time" out if the rows are in order.';
        return { found, advice };
      }
      const found = `has ${quote(cell)} ${where}, which is neither a date nor a number`;
      return { found, advice: 'Write dates such as 2004-03-10 or 2004-03-10 18:00, or numbers.' };
    }
    if (this.#kind !== undefined && this.#kind !== kind) {
      const found = `has the ${kind} ${quote(cell)} ${where}, whose first value is a ${this.#kind}`;
      return { found, advice: 'Write dates or numbers throughout.' };
    }
    if (this.#kind === undefined) {
      if (longInteger.test(cell)) this.#firstInteger = BigInt(cell);
      if (time !== undefined) this.#firstDate = Number.isNaN(time.dayFirst) ? time.monthFirst : time.dayFirst;
    }
    this.#kind = kind;
    const own = this.#sinceFirst(cell, number ?? NaN);
    const [value, monthFirst] =
      time === undefined
        ? [own, own]
        : [time.dayFirst, time.monthFirst].map((date) => date - this.#firstDate + time.fraction);
    this.values[row] = value ?? NaN;
    if (this.#monthFirst === undefined && value !== monthFirst) {
      this.#monthFirst = new Float64Array(this.values.length);
      this.#monthFirst.set(this.values.subarray(0, row));
    }
    if (this.#monthFirst !== undefined) this.#monthFirst[row] = monthFirst ?? NaN;
    return 'value';
  }

  /** A number, counted from the first one if that is a long integer. */
  #sinceFirst(cell: string, value: number): number {
    const first = this.#firstInteger;
    if (first === undefined) return value;
    return longInteger.test(cell) ? Number(BigInt(cell) - first) : value - Number(first);
  }

  override finish(rows: number): CellError | undefined {
    if (this.#kind === 'number') readCompactTimes(this.values.subarray(0, rows));
    if (this.#monthFirst === undefined) return undefined;
    const [dayFirst, monthFirst] = [this.values.subarray(0, rows), this.#monthFirst.subarray(0, rows)];
    const [isDayFirst, isMonthFirst] = [dayFirst, monthFirst].map((times) => !times.some(Number.isNaN));
    if (isDayFirst === true && isMonthFirst === true) {
      // In the wrong order the dates of a sorted table jump back and forth.
      const [isSorted, isOtherSorted] = [isAscending(dayFirst), isAscending(monthFirst)];
      if (isSorted === isOtherSorted) {
        const found = `has dates in the time column ${quote(this.name)} whose day and month cannot be told apart`;
        return {
          found,
          advice: 'Write the year first, such as 2004-03-10.',
          rows: [ambiguousRow(dayFirst, monthFirst)],
        };
      }
      if (isOtherSorted) dayFirst.set(monthFirst);
    } else if (isMonthFirst === true) {
      dayFirst.set(monthFirst);
    } else if (isDayFirst !== true) {
      const found = `has dates in the time column ${quote(this.name)}, some with the day and some with the month first`;
      const rows = [dayFirst.findIndex(Number.isNaN), monthFirst.findIndex(Number.isNaN)];
      return { found, advice: 'Write the year first, such as 2004-03-10.', rows };
    }
    return undefined;
  }
}

/** Reads numbers as dates, in place, if all of them are compact dates: their order is the same, but not their steps. */
function readCompactTimes(values: Float64Array): void {
  const digits = String(values[0] ?? '').length;
  if (!values.every((value) => compactTime(value, digits) !== undefined)) return;
  for (let row = 0; row < values.length; row++) values[row] = compactTime(values[row] ?? NaN, digits) ?? NaN;
}

/** The first row whose date depends on the order of day and month. */
function ambiguousRow(dayFirst: Float64Array, monthFirst: Float64Array): number {
  return dayFirst.findIndex((time, row) => time !== monthFirst[row]);
}

function isAscending(times: Float64Array): boolean {
  return times.every((time, row) => row === 0 || time >= (times[row - 1] ?? NaN));
}
