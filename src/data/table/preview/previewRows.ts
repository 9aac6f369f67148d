import { rowsOf, MalformedRow, type CsvFormat } from '../csvRows';
import { isEmptyRow } from '../tableRows';
import type { FileText } from '../../files/textFile';

/** A row as it is written in a file. */
export interface WrittenRow {
  /** Its line in the file, from 1. */
  readonly line: number;
  /** Its cells, without leading and trailing white space. */
  readonly cells: readonly string[];
}

/**
 * Some rows of a table, by their index from 0, without the header; those after a malformed row are absent.
 *
 * @param width number of cells that are read of each row
 */
export function rowsAt(
  text: FileText,
  format: CsvFormat,
  hasHeader: boolean,
  indices: ReadonlySet<number>,
  width: number,
): ReadonlyMap<number, WrittenRow> {
  const last = Math.max(-1, ...indices);
  const found = new Map<number, WrittenRow>();
  let index = hasHeader ? -1 : 0;
  try {
    for (const row of rowsOf(text.pieces(), format)) {
      if (index > last) break;
      if (indices.has(index) && !(row.width === 1 && isEmptyRow(row))) {
        const cells = Array.from({ length: Math.min(width, row.width) }, (_, at) => (row.cell(at) ?? '').trim());
        found.set(index, { line: row.line, cells });
      }
      index += 1;
    }
  } catch (error) {
    // The check of the experiment reports it.
    if (!(error instanceof MalformedRow)) throw error;
  }
  return found;
}
