import { formatExact } from '../../text/numbers';
import type { Batch } from '../batch';
import type { TableRowWindows } from '../sourceContract';
import type { RowLines } from './rowLines';

/**
 * The windows of a table by the line at which their first row begins.
 *
 * @param rows number of rows of the table
 * @param batchFrom the window that begins at a row of the file, from 0; undefined where none does
 */
export function rowWindows(
  lines: Pick<RowLines, 'lineOf'>,
  rows: number,
  batchFrom: (row: number) => Batch | undefined,
): TableRowWindows {
  const [first, last] = [lines.lineOf(0), lines.lineOf(rows - 1)];
  return {
    first,
    last,
    lineOf: (row) => lines.lineOf(row),
    batchAt(line) {
      const row = rowAt(line, rows, lines);
      if (row === undefined) {
        throw new RangeError(
          `No row of the table begins at line ${formatExact(line)}: its rows are at the lines ${formatExact(first)} to ${formatExact(last)}.`,
        );
      }
      const batch = batchFrom(row);
      if (batch !== undefined) return batch;
      throw new RangeError(
        `From the row at line ${formatExact(line)} on there is no value to predict: its sequence ends there. Choose an earlier row.`,
      );
    },
  };
}

/** The row that begins at a line; lines ascend. */
function rowAt(line: number, rows: number, lines: Pick<RowLines, 'lineOf'>): number | undefined {
  let [low, high] = [0, rows - 1];
  while (low < high) {
    const middle = (low + high) >> 1;
    if (lines.lineOf(middle) < line) low = middle + 1;
    else high = middle;
  }
  return lines.lineOf(low) === line ? low : undefined;
}
