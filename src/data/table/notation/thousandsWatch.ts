import type { CsvData } from '../../../experiment/schema/schema';

const groups = { '.': /^[+-]?[1-9]\d{0,2}\.\d{3}$/, ',': /^[+-]?[1-9]\d{0,2},\d{3}$/ } as const;
const whole = /^[+-]?(?:0|[1-9]\d{0,2})$/;

/** Fewest values of a column of which it is said that their points separate thousands. */
const leastValues = 10;

/**
 * Watches whether the decimal separators of a column separate thousands: 950 and 1.050 would be read as 950 and 1.05. All
 * values are whole numbers of at most three digits or have exactly three digits after the separator; one has a 0 at the
 * end, which programs that leave out decimals do not write, and a whole number has three digits.
 */
export class ThousandsWatch {
  #values = 0;
  #isPossible = true;
  #wholeRow: number | undefined;
  #groupRow: number | undefined;

  constructor(readonly decimal: CsvData['decimal']) {}

  /** Adds a number, as it is written. */
  add(row: number, cell: string): void {
    if (!this.#isPossible) return;
    this.#values += 1;
    if (whole.test(cell)) {
      if (Math.abs(Number(cell)) >= 100) this.#wholeRow ??= row;
    } else if (groups[this.decimal].test(cell)) {
      if (cell.endsWith('0')) this.#groupRow ??= row;
    } else {
      this.#isPossible = false;
    }
  }

  /** A row with a whole number and one with a separator, if it separates thousands; undefined if it does not. */
  get rows(): readonly [number, number] | undefined {
    if (!this.#isPossible || this.#values < leastValues) return undefined;
    return this.#wholeRow === undefined || this.#groupRow === undefined ? undefined : [this.#wholeRow, this.#groupRow];
  }
}
