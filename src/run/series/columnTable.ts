/**
 * A table over training time in bounded memory: each column covers `stride` consecutive updates, and when the table is
 * full, neighbouring columns are merged and the stride doubles. Merging keeps extremes, so that a spike of one update is
 * never lost. Host and webview have the same table; slices synchronize them.
 */

/** How two neighbouring columns are merged. NaN means "no value" and is replaced by any number. */
export type Merge = 'max' | 'min' | 'sum' | 'last';

/** One quantity of a table: `width` numbers in each column. */
export interface Field {
  readonly width: number;
  readonly merge: Merge;
}

/** The changed columns at the end of a table, for a message. */
export interface TableSlice {
  /** Updates per column. */
  readonly stride: number;
  /** First column of this slice. */
  readonly from: number;
  /** Columns in use in the whole table. */
  readonly count: number;
  /** Per field (columns of the slice, width). */
  readonly columns: Readonly<Record<string, Float64Array>>;
}

/** See the module's comment. `Name` are the table's fields. */
export class ColumnTable<Name extends string> {
  readonly #columns: Map<Name, Float64Array>;
  #stride: number;
  #count = 0;

  /**
   * @param capacity columns at most; a power of two
   * @param initialStride updates per column at the start
   * @param origin the update with which the first column begins
   */
  constructor(
    readonly fields: Readonly<Record<Name, Field>>,
    readonly capacity: number,
    readonly initialStride: number,
    readonly origin = 0,
  ) {
    this.#stride = initialStride;
    // Memory is allocated as columns are added: the widths may come from an untrusted file.
    this.#columns = new Map(Object.keys(fields).map((name) => [name as Name, new Float64Array(0)]));
  }

  /** Updates per column. */
  get stride(): number {
    return this.#stride;
  }

  /** Columns in use. */
  get count(): number {
    return this.#count;
  }

  /** The numbers of one field, (count, width): a live view. */
  values(name: Name): Float64Array {
    return this.#column(name).subarray(0, this.#count * this.fields[name].width);
  }

  /** One column of one field, (width): a live view. */
  column(name: Name, column: number): Float64Array {
    const { width } = this.fields[name];
    return this.#column(name).subarray(column * width, (column + 1) * width);
  }

  /** The first update of a column. */
  updateOf(column: number): number {
    return this.origin + column * this.#stride;
  }

  /** The column in use that is nearest to an update; -1 where there is none. */
  columnAt(update: number): number {
    return Math.min(this.#count - 1, Math.max(0, Math.floor((update - this.origin) / this.#stride)));
  }

  /** The stride of a table after `updates` updates. */
  strideFor(updates: number): number {
    let stride = this.initialStride;
    while (Math.ceil(updates / stride) > this.capacity) stride *= 2;
    return stride;
  }

  /** The column of an update; merges columns until it fits. */
  columnOf(update: number): number {
    const from = update - this.origin;
    while (Math.floor(from / this.#stride) >= this.capacity) this.#halve();
    const column = Math.floor(from / this.#stride);
    this.#reserve(column + 1);
    this.#count = Math.max(this.#count, column + 1);
    return column;
  }

  /** Merges `values` into a column of a field. */
  add(name: Name, column: number, values: ArrayLike<number>): void {
    const { merge } = this.fields[name];
    const target = this.column(name, column);
    for (let i = 0; i < target.length; i++) target[i] = mergeValues(merge, target[i] ?? NaN, values[i] ?? NaN);
  }

  /** All columns from `from` on. */
  slice(from: number): TableSlice {
    const columns: Record<string, Float64Array> = {};
    for (const [name, column] of this.#columns) {
      const { width } = this.fields[name];
      columns[name] = column.slice(from * width, this.#count * width);
    }
    return { stride: this.#stride, from, count: this.#count, columns };
  }

  /** Whether a slice is a complete table with these fields. */
  fits({ stride, from, count, columns }: TableSlice): boolean {
    const doublings = Math.log2(stride / this.#stride);
    return (
      Number.isInteger(doublings) &&
      doublings >= 0 &&
      from === 0 &&
      count <= this.capacity &&
      [...this.#columns.keys()].every((name) => (columns[name]?.length ?? 0) === count * this.fields[name].width)
    );
  }

  /** Applies a slice of another table. */
  write(slice: TableSlice): void {
    while (this.#stride < slice.stride) this.#halve();
    this.#reserve(slice.count);
    for (const [name, column] of this.#columns) {
      const values = slice.columns[name];
      if (values !== undefined) column.set(values, slice.from * this.fields[name].width);
    }
    this.#count = slice.count;
  }

  /** Reserves memory for columns; doubled each time, so that a growing table is seldom copied. */
  #reserve(columns: number): void {
    for (const [name, values] of this.#columns) {
      const { width } = this.fields[name];
      if (columns * width <= values.length) continue;
      const room = Math.min(this.capacity, Math.max(columns, (2 * values.length) / width));
      const larger = new Float64Array(room * width).fill(NaN, values.length);
      larger.set(values);
      this.#columns.set(name, larger);
    }
  }

  #column(name: Name): Float64Array {
    const column = this.#columns.get(name);
    if (column === undefined) throw new Error(`The table has no field "${name}".`);
    return column;
  }

  #halve(): void {
    const half = Math.ceil(this.#count / 2);
    for (const [name, column] of this.#columns) {
      const { width, merge } = this.fields[name];
      for (let to = 0; to < half; to++) {
        for (let i = 0; i < width; i++) {
          const first = column[2 * to * width + i] ?? NaN;
          const second = 2 * to + 1 < this.#count ? (column[(2 * to + 1) * width + i] ?? NaN) : NaN;
          column[to * width + i] = mergeValues(merge, first, second);
        }
      }
      column.fill(NaN, half * width);
    }
    this.#count = half;
    this.#stride *= 2;
  }
}

function mergeValues(merge: Merge, first: number, second: number): number {
  if (Number.isNaN(second)) return first;
  if (Number.isNaN(first)) return second;
  switch (merge) {
    case 'max':
      return Math.max(first, second);
    case 'min':
      return Math.min(first, second);
    case 'sum':
      return first + second;
    case 'last':
      return second;
    default:
      return merge satisfies never;
  }
}
