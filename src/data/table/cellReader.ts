import type { CellParser } from './csvCell';
import type { Remedy } from './tableFixes';

/** What is wrong with a cell, and advice. */
export interface CellError {
  readonly found: string;
  readonly advice: string;
  /** The column as a whole is of another kind: its key in the experiment is the place to correct. */
  readonly isColumn?: boolean;
  /** Changes of the experiment with which it can be read, the most likely first. */
  readonly remedies?: readonly Remedy[];
  /** The rows that show what is wrong with a whole column, from 0. */
  readonly rows?: readonly number[];
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

/** What all readers of columns have in common. */
export abstract class CellReader implements ColumnReader {
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
