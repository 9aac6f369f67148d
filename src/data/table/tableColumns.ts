import { CellParser } from './csvCell';
import type { CsvData } from '../../experiment/schema/schema';
import type { Remedy } from './tableFixes';
import { compactTime, parseTime } from './time/timestamps';
import { quote } from '../../text/quoting';

/**
 * What the cells of a column are: numbers, classes by name, numbers or classes (the first value tells), the names of
 * sequences, or times.
 */
export type ColumnKind = 'number' | 'class' | 'numberOrClass' | 'sequence' | 'time';

/** What is wrong with a cell, and advice. */
export interface CellError {
  readonly found: string;
  readonly advice: string;
  /** The column as a whole is of another kind: its key in the experiment is the place to correct. */
  readonly isColumn?: boolean;
  /** Changes of the experiment with which it can be read, the most likely first. */
  readonly remedies?: readonly Remedy[];
}

/** Collects the cells of a column, one for each row. */
export interface ColumnReader {
  readonly name: string;
  /** Index of the column in the table. */
  readonly index: number;
  /** (capacity): the values of the rows that were added; NaN for a missing value. */
  readonly values: Float64Array;
  /** The names of sequences or classes, by their value, in the order of their first rows; undefined for other columns. */
  readonly names: readonly string[] | undefined;
  /** Adds the cell of a row, without leading and trailing white space. */
  add(row: number, cell: string): 'value' | 'missing' | CellError;
  /** The problem of the column as a whole; undefined if it has none. */
  finish(rows: number): CellError | undefined;
}

/** A reader for up to `capacity` rows. */
export function columnReader(
  kind: ColumnKind,
  name: string,
  index: number,
  capacity: number,
  format: Pick<CsvData, 'decimal' | 'missing'>,
): ColumnReader {
  const cells = new CellParser(format.decimal, format.missing);
  const values = new Float64Array(capacity);
  switch (kind) {
    case 'number':
      return new NumberReader(name, index, values, cells);
    case 'class':
      return new NameReader(name, index, values, cells, 'anyName');
    case 'numberOrClass':
      return new NumberOrClassReader(name, index, values, cells);
    case 'sequence':
      return new NameReader(name, index, values, cells, 'required');
    case 'time':
      return new TimeReader(name, index, values, cells);
    default:
      return kind satisfies never;
  }
}

abstract class CellReader implements ColumnReader {
  constructor(
    readonly name: string,
    readonly index: number,
    readonly values: Float64Array,
    readonly cells: CellParser,
  ) {}

  get names(): readonly string[] | undefined {
    return undefined;
  }

  abstract add(row: number, cell: string): 'value' | 'missing' | CellError;

  finish(_rows: number): CellError | undefined {
    return undefined;
  }
}

class NumberReader extends CellReader {
  override add(row: number, cell: string): 'value' | 'missing' | CellError {
    const value = this.cells.parse(cell);
    if (value === undefined) {
      const isDate = parseTime(cell) !== undefined;
      const found = `has ${quote(cell)} in column ${quote(this.name)}, which is ${isDate ? 'a date and ' : ''}not a number`;
      const isColumn = row === 0 && !this.cells.isNumberInOtherNotation(cell);
      if (!isColumn) return { found, advice: this.cells.advice(cell), remedies: this.cells.remedies(cell) };
      const advice = isDate
        ? 'Name a column of dates in "time" only.'
        : 'Inputs are columns of numbers. A column of classes is the only target, and its loss is "crossEntropy". If the text stands for a missing value, list it in "missing".';
      const remedies: readonly Remedy[] = isDate
        ? [{ kind: 'time' }, { kind: 'leaveOut' }]
        : [{ kind: 'leaveOut' }, { kind: 'classTarget' }, { kind: 'missing', value: cell }];
      return { found, advice, isColumn, remedies };
    }
    if (Math.abs(Math.fround(value)) === Infinity) {
      const found = `has ${quote(cell)} in column ${quote(this.name)}, which is beyond single precision (about ±3.4e38)`;
      const advice = 'If it stands for a missing value, list it in "missing"; otherwise rescale the column.';
      return {
        found,
        advice,
        remedies: [{ kind: 'missing', value: Number.isFinite(value) ? value : cell }],
      };
    }
    this.values[row] = value;
    return Number.isNaN(value) ? 'missing' : 'value';
  }
}

/** Names of classes or sequences; a value is the index of the name. */
class NameReader extends CellReader {
  readonly #indices = new Map<string, number>();

  /** @param allowed `required`: a name in every row; `noNumber`: a number is an error; `anyName`: any text is a name */
  constructor(
    name: string,
    index: number,
    values: Float64Array,
    cells: CellParser,
    readonly allowed: 'required' | 'noNumber' | 'anyName',
  ) {
    super(name, index, values, cells);
  }

  override get names(): readonly string[] {
    return [...this.#indices.keys()];
  }

  override add(row: number, cell: string): 'value' | 'missing' | CellError {
    const number = this.cells.parse(cell);
    if (number !== undefined && Number.isNaN(number)) {
      this.values[row] = NaN;
      if (this.allowed !== 'required') return 'missing';
      const found = `has ${cell === '' ? 'an empty cell' : quote(cell)} in the column of sequences ${quote(this.name)}`;
      return { found, advice: 'Write which sequence the row belongs to.' };
    }
    if (number !== undefined && this.allowed === 'noNumber') {
      const found = `has ${quote(cell)} in column ${quote(this.name)}, whose first value is the text ${quote(this.names[0] ?? '')}`;
      const advice =
        'If both are names of classes, set "classes" to true; if the text stands for a missing value, list it in "missing".';
      return { found, advice, remedies: [{ kind: 'classes' }, { kind: 'missing', value: this.names[0] ?? '' }] };
    }
    let value = this.#indices.get(cell);
    if (value === undefined) {
      value = this.#indices.size;
      // A part of a piece of the file would keep the whole piece in memory.
      this.#indices.set(structuredClone(cell), value);
    }
    this.values[row] = value;
    return 'value';
  }
}

/** A column whose first value tells whether it has numbers or names of classes. */
class NumberOrClassReader extends CellReader {
  #reader: ColumnReader | undefined;

  override get names(): readonly string[] | undefined {
    return this.#reader?.names;
  }

  override add(row: number, cell: string): 'value' | 'missing' | CellError {
    if (this.#reader === undefined) {
      const value = this.cells.parse(cell);
      if (value !== undefined && Number.isNaN(value)) {
        this.values[row] = NaN;
        return 'missing';
      }
      // A number in another notation is a mistake in the notation, not a name.
      const isNumber = value !== undefined || this.cells.isNumberInOtherNotation(cell);
      const { name, index, values, cells } = this;
      this.#reader = isNumber
        ? new NumberReader(name, index, values, cells)
        : new NameReader(name, index, values, cells, 'noNumber');
    }
    return this.#reader.add(row, cell);
  }
}

/** Numbers, or dates with or without a time of day, also compact ones; a value is the number, or milliseconds since 1970. */
class TimeReader extends CellReader {
  /** The times with the month before the day; allocated with the first one that has another value so. */
  #monthFirst: Float64Array | undefined;
  #kind: 'number' | 'date' | undefined;

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
      const found = `has ${quote(cell)} ${where}, which is neither a date nor a number`;
      return { found, advice: 'Write dates such as 2004-03-10 or 2004-03-10 18:00, or numbers.' };
    }
    if (this.#kind !== undefined && this.#kind !== kind) {
      const found = `has the ${kind} ${quote(cell)} ${where}, whose first value is a ${this.#kind}`;
      return { found, advice: 'Write dates or numbers throughout.' };
    }
    this.#kind = kind;
    const [value, monthFirst] = time === undefined ? [number ?? NaN, number ?? NaN] : [time.dayFirst, time.monthFirst];
    this.values[row] = value;
    if (this.#monthFirst === undefined && value !== monthFirst) {
      this.#monthFirst = new Float64Array(this.values.length);
      this.#monthFirst.set(this.values.subarray(0, row));
    }
    if (this.#monthFirst !== undefined) this.#monthFirst[row] = monthFirst;
    return 'value';
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
        return { found, advice: 'Write the year first, such as 2004-03-10.' };
      }
      if (isOtherSorted) dayFirst.set(monthFirst);
    } else if (isMonthFirst === true) {
      dayFirst.set(monthFirst);
    } else if (isDayFirst !== true) {
      const found = `has dates in the time column ${quote(this.name)}, some with the day and some with the month first`;
      return { found, advice: 'Write the year first, such as 2004-03-10.' };
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

function isAscending(times: Float64Array): boolean {
  return times.every((time, row) => row === 0 || time >= (times[row - 1] ?? NaN));
}
