/** The line in the file at which each row of a table begins. */
export class RowLines {
  #first = 0;
  /** (capacity): undefined as long as every row has one line. */
  #lines: Int32Array | undefined;

  /** @param capacity largest number of rows */
  constructor(readonly capacity: number) {}

  /** Bytes of the lines that do not follow from the row. */
  get bytes(): number {
    return this.#lines?.byteLength ?? 0;
  }

  /** Adds the line of the next row, from 1. */
  add(row: number, line: number): void {
    if (row === 0) this.#first = line;
    if (this.#lines === undefined && line !== this.#first + row) {
      this.#lines = Int32Array.from({ length: this.capacity }, (_, index) => this.#first + index);
    }
    if (this.#lines !== undefined) this.#lines[row] = line;
  }

  /** The line of a row that was added. */
  lineOf(row: number): number {
    return this.#lines?.[row] ?? this.#first + row;
  }
}
