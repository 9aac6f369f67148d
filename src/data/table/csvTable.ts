import type { KeyProblem } from '../../experiment/problems/problem';
import type { CsvData } from '../../experiment/schema/schema';
import { CellParser } from './csvCell';
import { MalformedRow, rowsOf, type CellPlace, type CsvRow } from './csvRows';
import { dataTooLarge } from '../files/dataSize';
import type { Gaps } from './gaps';
import { RowLines } from './rowLines';
import type { CellError } from './cellReader';
import { repeatedHeader, secondHeader } from './header/furtherHeaders';
import { columnReader, type ColumnKind } from './tableColumns';
import { findFormat, namesOf } from './tableFormat';
import { TableNames, type NamedColumn } from './tableNames';
import { malformedRowError, RowReader, rowProblem } from './tableRows';
import type { FileText } from '../files/textFile';
import { TimeOrder, type WrongTimeOrder } from './time/timeOrder';
import { formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';

/** A column that an experiment names, what its cells are, and the key that names it. */
export interface RequestedColumn extends NamedColumn {
  readonly kind: ColumnKind;
}

/** A column of a table. */
export interface TableColumn {
  /** (rows): NaN for a missing value. */
  readonly values: Float64Array;
  /** The names of sequences or classes, by their value, in the order of their first rows; undefined for other columns. */
  readonly names: readonly string[] | undefined;
}

/** The requested columns, in their order; a column that is requested twice for the same is the same array twice. */
export type ReadTable =
  | {
      readonly kind: 'table';
      readonly rows: number;
      readonly columns: readonly TableColumn[];
      readonly gaps: Gaps;
      readonly lines: RowLines;
      /** The order in time of a table without a column of times or sequences; undefined if it is not wrong. */
      readonly wrongOrder: WrongTimeOrder | undefined;
    }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };

/** Missing columns that are reported: a list of a thousand wrong names is one mistake. */
const maxMissingColumns = 10;

/**
 * Reads numeric columns of a CSV text. Rows are numbered by their line in the file, from 1. The first row with another
 * number of cells than the first one, or with a requested cell that is neither a number nor a missing value, is a problem.
 */
export function readTable(
  text: FileText,
  requested: readonly RequestedColumn[],
  written: CsvData,
  maxBytes = Infinity,
): ReadTable {
  const path = written.csv;
  const refuse = (...problems: readonly KeyProblem[]): ReadTable => ({ kind: 'refused', problems });
  try {
    const found = findFormat(text, written);
    if (found.kind === 'refused') return refuse(found.problem);
    const { format } = found;
    const names = namesOf(text, format, written.header);
    const places = new TableNames(names, written, text, format);
    // A wrong column that is both input and target is reported once, at the input.
    const different = differentBy(({ name }) => name, requested);
    const missing: KeyProblem[] = [];
    for (const column of different) {
      const problem = missing.length < maxMissingColumns ? places.problemWith(column) : undefined;
      if (problem !== undefined) missing.push(problem);
    }
    if (missing.length > 0) return refuse(...missing);
    // A row has a character and a delimiter for each requested column, so that the capacity is bounded by the file's size.
    const capacity = Math.min(text.maxLines, Math.ceil((text.length + 1) / (2 * different.length - 1)));
    const columnBytes = Float64Array.BYTES_PER_ELEMENT * capacity * different.length;
    const tooLarge = dataTooLarge(path, columnBytes, maxBytes, ['data', 'csv']);
    if (tooLarge !== undefined) return refuse(tooLarge);
    const readers = differentBy(columnKey, requested).map((request) => {
      const { name, kind } = request;
      return { request, reader: columnReader(kind, name, places.indexOf(name), capacity, written) };
    });
    const isOrdered = requested.some(({ kind }) => kind === 'time' || kind === 'sequence');
    const rows = new RowReader(
      names.length,
      readers.map(({ reader }) => reader),
      written,
      new RowLines(capacity),
      isOrdered ? undefined : new TimeOrder(names, new CellParser(written.decimal, written.missing)),
      format.delimiter,
    );
    for (const row of rowsOf(text.pieces(), format)) {
      const error = rows.add(row);
      if (error === undefined) continue;
      const request = readers.find(({ reader }) => reader === error.column)?.request;
      const explanation =
        repeatedHeader(error, names, written, rowsOf(text.pieces(), format)) ??
        secondHeader(error, written, rowsOf(text.pieces(), format));
      const explained = { ...error, ...explanation };
      return refuse(rowProblem(explained, written, format.delimiter, request));
    }
    const columns = new Map<string, TableColumn>();
    for (const { request, reader } of readers) {
      const error = reader.finish(rows.rows);
      if (error !== undefined) {
        const lines = error.rows?.map((row) => rows.lines.lineOf(row)) ?? [];
        const cells = cellsAt(rowsOf(text.pieces(), format), lines, reader.index);
        return refuse(columnProblem(error, path, request, cells));
      }
      columns.set(columnKey(request), { values: reader.values.subarray(0, rows.rows), names: reader.names });
    }
    return {
      kind: 'table',
      rows: rows.rows,
      columns: requested.flatMap((request) => columns.get(columnKey(request)) ?? []),
      gaps: rows.gaps,
      lines: rows.lines,
      wrongOrder: rows.timeOrder?.wrong,
    };
  } catch (error) {
    if (error instanceof MalformedRow) return refuse(rowProblem(malformedRowError(error), written));
    throw error;
  }
}

const columnKey = ({ name, kind }: RequestedColumn): string => `${kind} ${name}`;

/** The first one of the columns with each key. */
function differentBy(
  key: (column: RequestedColumn) => string,
  columns: readonly RequestedColumn[],
): readonly RequestedColumn[] {
  return [...new Map(columns.toReversed().map((column) => [key(column), column])).values()].toReversed();
}

/** A cell of a column: its text, and where it is. */
interface PlacedCell extends CellPlace {
  readonly text: string;
}

/** The cells of a column in the rows that begin on some lines, by reading the table again up to them. */
function cellsAt(rows: Iterable<CsvRow>, lines: readonly number[], index: number): readonly PlacedCell[] {
  const last = Math.max(...lines);
  const found: PlacedCell[] = [];
  for (const row of rows) {
    if (row.line > last) break;
    if (lines.includes(row.line)) found.push({ ...row.placeOf(index), text: (row.cell(index) ?? '').trim() });
  }
  return found;
}

function columnProblem(
  { found, advice }: CellError,
  path: string,
  { name, keyPath }: RequestedColumn,
  cells: readonly PlacedCell[],
): KeyProblem {
  const shown = cells.map(({ text, line }) => `${quote(text)} in row ${formatExact(line)}`).join(', ');
  const message = `${quote(path)} ${found}${shown === '' ? '' : ` (${shown})`}. ${advice}`;
  const dataPlaces = cells.map(({ text, ...place }) => ({
    ...place,
    path,
    label: `${quote(text)} in column ${quote(name)}`,
  }));
  return { code: 'csv.badRow', message, keyPath, dataPlaces };
}
