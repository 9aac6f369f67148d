import type { CellParser } from '../csvCell';
import { parseTime } from './timestamps';

/** How the times of a table without a column of times in its experiment are ordered, where not ascending. */
export interface WrongTimeOrder {
  readonly column: string;
  /** `backwards`: later rows are earlier in time; `jumps`: some are. */
  readonly kind: 'backwards' | 'jumps';
  /** Number of rows that are earlier than the row before them. */
  readonly count: number;
  /** Line of the first of them. */
  readonly line: number;
}

/** Names of columns whose numbers are times. */
const timeNames = /^(?:date|time|datetime|timestamp|year)$/i;

/** Milliseconds that a date may go back: at the end of daylight saving time, local time does. */
const clockChange = 2 * 60 * 60 * 1000;

/** Watches the first column that looks like dates, or has a name of times, and whether its rows are in order. */
export class TimeOrder {
  #column: { readonly index: number; readonly name: string; readonly isDate: boolean } | undefined;
  #isFirst = true;
  #lastCell = '';
  readonly #dayFirst = new OrderOfValues();
  readonly #monthFirst = new OrderOfValues();

  constructor(
    readonly names: readonly string[],
    readonly cells: CellParser,
  ) {}

  add(line: number, cellAt: (index: number) => string): void {
    if (this.#isFirst) {
      this.#isFirst = false;
      this.#column = this.#find(cellAt);
    }
    if (this.#column === undefined) return;
    const cell = cellAt(this.#column.index);
    if (cell === this.#lastCell) return;
    this.#lastCell = cell;
    if (this.#column.isDate) {
      const time = parseTime(cell);
      if (time === undefined) return;
      this.#dayFirst.add(line, time.dayFirst, clockChange);
      this.#monthFirst.add(line, time.monthFirst, clockChange);
    } else {
      this.#dayFirst.add(line, this.cells.parse(cell) ?? NaN, 0);
    }
  }

  /** Undefined if the rows are in order, or if there is no such column. */
  get wrong(): WrongTimeOrder | undefined {
    if (this.#column === undefined) return undefined;
    const { name, isDate } = this.#column;
    // In the wrong reading of day and month the dates jump back and forth.
    const readings = isDate ? [this.#dayFirst, this.#monthFirst].filter(({ isValid }) => isValid) : [this.#dayFirst];
    const [order] = readings.toSorted((one, other) => one.contrary - other.contrary);
    if (order === undefined || order.back === 0) return undefined;
    return {
      column: name,
      kind: order.back > order.forth ? 'backwards' : 'jumps',
      count: order.back,
      line: order.line,
    };
  }

  #find(cellAt: (index: number) => string): { index: number; name: string; isDate: boolean } | undefined {
    const columns = this.names.map((name, index) => ({ index, name }));
    const date = columns.find(({ index }) => parseTime(cellAt(index)) !== undefined);
    if (date !== undefined) return { ...date, isDate: true };
    const numbers = columns.find(({ index, name }) => timeNames.test(name) && this.#isNumber(cellAt(index)));
    return numbers && { ...numbers, isDate: false };
  }

  #isNumber(cell: string): boolean {
    return !Number.isNaN(this.cells.parse(cell) ?? NaN);
  }
}

class OrderOfValues {
  /** Whether every date can be read so. */
  isValid = true;
  forth = 0;
  back = 0;
  /** Line of the first step back. */
  line = 0;
  #last = NaN;

  /** Number of steps against the more frequent direction. */
  get contrary(): number {
    return Math.min(this.forth, this.back);
  }

  /** @param tolerance how far back is no step back */
  add(line: number, value: number, tolerance: number): void {
    if (Number.isNaN(value)) {
      this.isValid = false;
      return;
    }
    if (value > this.#last) this.forth += 1;
    if (value < this.#last - tolerance) {
      if (this.back === 0) this.line = line;
      this.back += 1;
    }
    this.#last = value;
  }
}
