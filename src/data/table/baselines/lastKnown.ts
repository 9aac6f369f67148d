/**
 * The last known values of a column with gaps (NaN), as a forecast may use them: row after row, from the start of each
 * sequence.
 */
export class LastKnown {
  /** (period): the last known value of each phase in the sequence so far. */
  readonly #known: Float64Array;
  #sequence = 0;
  /** The next row that has not been read. */
  #next = 0;

  /**
   * @param starts (sequences + 1): the first row of each sequence, and the number of rows
   * @param period rows after which a phase comes again; 1 where all rows have the same
   */
  constructor(
    readonly values: Float64Array,
    readonly starts: Int32Array,
    period = 1,
  ) {
    this.#known = new Float64Array(period).fill(NaN);
    this.#next = starts[0] ?? 0;
  }

  /**
   * The value `lag` rows before a row or, where it is missing, the last known one of the same phase before that; NaN where
   * the sequence has none. Rows are asked for in ascending order, with the same lag.
   */
  before(row: number, lag: number): number {
    while (row >= (this.starts[this.#sequence + 1] ?? Infinity)) {
      this.#sequence += 1;
      this.#next = this.starts[this.#sequence] ?? 0;
      this.#known.fill(NaN);
    }
    const start = this.starts[this.#sequence] ?? 0;
    if (row - lag < start) return NaN;
    const period = this.#known.length;
    for (; this.#next <= row - lag; this.#next++) {
      const value = this.values[this.#next] ?? NaN;
      if (!Number.isNaN(value)) this.#known[(this.#next - start) % period] = value;
    }
    return this.#known[(row - lag - start) % period] ?? NaN;
  }
}
