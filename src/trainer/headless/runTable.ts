import { formatNumber } from '../../text/numbers';
import { withoutControls } from '../../text/plainText';
import { formatTextTable } from '../../text/textTable';

/** Widest cell of the table, in characters: the name of a run's folder is whole. */
const maxWidth = 120;

/**
 * A table of runs for the terminal, the first row its header. Names and values come from files: none may control the
 * terminal, or begin a line of its own.
 *
 * @param right the columns that are aligned to the right, from 0
 */
export function runTable(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string {
  const plain = rows.map((row) => row.map((cell) => withoutControls(cell).replace(/\s/g, ' ')));
  return formatTextTable(plain, right, maxWidth);
}

/** A loss in such a table. */
export function formatLoss(loss: number | null | undefined): string {
  return loss === null || loss === undefined ? '–' : formatNumber(loss);
}
