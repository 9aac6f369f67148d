import type { RunsTableRow } from '../../src/protocol/runsTable';
import type { Column } from './columns';

/** Whether a row fits a filter. */
export type Filter = (row: RunsTableRow) => boolean;

/**
 * Reads a filter: words that all have to be somewhere in the row, whatever their case. `column:word` looks in one column
 * only, `column<number`, also with `>`, `<=`, `>=` and `=`, compares its value. A column is named without spaces, a key
 * also by its last part: `validationloss<0.1 cell:lstm`. Words in double quotes may have spaces.
 */
export function readFilter(text: string, columns: readonly Column[]): Filter {
  const terms = text.match(/[^\s"]*"[^"]*"?|\S+/g) ?? [];
  const filters = terms.map((term) => termFilter(term.replaceAll('"', ''), columns));
  return (row) => filters.every((fits) => fits(row));
}

function termFilter(term: string, columns: readonly Column[]): Filter {
  const [, name = '', sign = '', rest = ''] = /^([^:<>=]+)(:|<=|>=|<|>|=)(.*)$/.exec(term) ?? [];
  const column = sign === '' ? undefined : columnNamed(name, columns);
  const isIn = (text: string, word: string): boolean => text.toLowerCase().includes(word.toLowerCase());
  if (column === undefined) return (row) => columns.some(({ text }) => isIn(text(row), term));
  if (sign === ':') return (row) => isIn(column.text(row), rest);
  const wanted = Number(rest);
  // While a number is being typed, the table does not become empty.
  if (rest === '') return () => true;
  if (Number.isNaN(wanted)) return (row) => sign === '=' && column.text(row).toLowerCase() === rest.toLowerCase();
  return (row) => {
    const value = column.value(row);
    return typeof value === 'number' && compares(value, sign, wanted);
  };
}

function columnNamed(name: string, columns: readonly Column[]): Column | undefined {
  const plain = (text: string): string => text.replaceAll(' ', '').toLowerCase();
  const wanted = plain(name);
  return (
    columns.find(({ id, label }) => plain(label) === wanted || plain(id) === wanted) ??
    columns.find(({ label }) => plain(label.slice(label.lastIndexOf('.') + 1)) === wanted)
  );
}

function compares(value: number, sign: string, wanted: number): boolean {
  switch (sign) {
    case '<':
      return value < wanted;
    case '>':
      return value > wanted;
    case '<=':
      return value <= wanted;
    case '>=':
      return value >= wanted;
    default:
      return value === wanted;
  }
}
