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

/** Lines in ascending order, of which long runs are equally spaced, as those of the rows of a table are. */
export class LineRuns {
  #runs: { readonly first: number; count: number; step: number }[] = [];

  /** Adds a line after the last one. */
  add(line: number): void {
    const run = this.#runs.at(-1);
    if (run?.count === 1) run.step = line - run.first;
    if (run !== undefined && line === run.first + run.count * run.step) run.count += 1;
    else this.#runs.push({ first: line, count: 1, step: 1 });
  }

  /** The lines that were added; none is left. */
  *takeAll(): Generator<number, void, undefined> {
    const runs = this.#runs;
    this.#runs = [];
    for (const { first, count, step } of runs) {
      for (let index = 0; index < count; index++) yield first + index * step;
    }
  }
}
