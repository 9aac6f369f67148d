import type { CsvData } from '../../experiment/schema/schema';
import { MalformedRow, rowsOf, type CsvFormat } from './csvRows';
import type { FileText } from '../files/textFile';

/** A delimiter of cells. */
export type Delimiter = Exclude<CsvData['delimiter'], 'auto'>;

/** The delimiters that a file is tested for, the most common first. */
export const delimiters: readonly Delimiter[] = [',', ';', '\t', '|', ' '];

/** The delimiter of a table; several if its first rows can be read with each of them. */
export type FoundDelimiter =
  | { readonly kind: 'delimiter'; readonly delimiter: Delimiter }
  | { readonly kind: 'ambiguous'; readonly delimiters: readonly Delimiter[] };

/** Maximum number of rows that are read, without blank ones. */
const sampleRows = 51;

/** A number with a decimal point or a decimal comma, as a cell has it. */
export const looksNumeric = /^\s*[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?\s*$/i;

/**
 * The delimiter that the first line names, as Excel reads and writes it: `sep=;`. Undefined if the first line is another
 * one.
 */
export function separatorLine({ pieces }: FileText): SeparatorLine | undefined {
  let start = '';
  for (const piece of pieces()) {
    start += piece;
    if (start.length > separatorLineLength) break;
  }
  const [, written] = /^"?sep=(\\t|.|)"?(?:[\r\n]|$)/i.exec(start.slice(0, separatorLineLength)) ?? [];
  if (written === undefined) return undefined;
  return { written, delimiter: delimiters.find((known) => known === written.replace('\\t', '\t')) };
}

/** Characters of the longest such line, with its quotes and its line end. */
const separatorLineLength = 9;

/** A first line that names a delimiter. */
export interface SeparatorLine {
  /** As it stands there. */
  readonly written: string;
  /** Undefined for one that is not read. */
  readonly delimiter: Delimiter | undefined;
}

/** The first rows of a table, read with one delimiter. */
interface Sample {
  readonly delimiter: Delimiter;
  /** Cells of the first row. */
  readonly width: number;
  /** Whether all rows have that number of cells. */
  readonly isRegular: boolean;
  /** Whether a cell beside a delimiter is in quotes: then a comma there is no decimal comma. */
  readonly hasQuotedCells: boolean;
  /** Number of rows that were read. */
  readonly rows: number;
  /** Share of the cells below the first row that look like numbers, from 0 to 1. */
  readonly numeric: number;
}

/**
 * Finds the delimiter that gives the first row and the 50 rows after it the same number of cells, at least two. Where
 * several do, it is the one with the largest share of numbers. Where none does, the first row decides: the one that
 * splits it into the most cells. With decimal commas, a comma is between cells only if a cell beside it is in quotes:
 * else 2,5 would be read as two cells.
 *
 * @param pieces makes the text from its start, in pieces
 * @param hasSeparatorLine whether the first line names a delimiter, and is no row
 */
export function findDelimiter(
  pieces: () => Iterable<string>,
  decimal: CsvData['decimal'] = '.',
  hasSeparatorLine = false,
): FoundDelimiter {
  const samples = delimiters
    .map((delimiter) => sampleOf(pieces(), { delimiter, hasSeparatorLine }))
    .filter(({ delimiter, hasQuotedCells }) => decimal === '.' || delimiter !== ',' || hasQuotedCells);
  const fitting = samples.filter(({ width, isRegular }) => isRegular && width > 1);
  const mostNumeric = Math.max(...fitting.map(({ numeric }) => numeric));
  const best = fitting.filter(({ numeric }) => numeric === mostNumeric);
  // Blanks inside cells, as in times of day, are more common than blanks between them; a single row shows neither.
  // Neither do decimal commas: beside a cell in quotes, a comma may be in a number of a table with blanks between its cells.
  const hasDecimalCommas = decimal === ',' && best.some(({ delimiter }) => delimiter === ',');
  const isTold = best.length > 1 && best.every(({ rows }) => rows > 1) && !hasDecimalCommas;
  const likely = isTold ? best.filter(isNotBlank) : best;
  if (likely.length > 1) return { kind: 'ambiguous', delimiters: likely.map(({ delimiter }) => delimiter) };
  // Of equally wide first rows the most common delimiter comes first; a single column has no delimiter.
  const byWidth = samples.filter(isNotBlank).toSorted((one, other) => other.width - one.width);
  return { kind: 'delimiter', delimiter: (likely[0] ?? byWidth[0])?.delimiter ?? ',' };
}

const isNotBlank = ({ delimiter }: Sample): boolean => delimiter !== ' ';

function sampleOf(pieces: Iterable<string>, format: CsvFormat & { readonly delimiter: Delimiter }): Sample {
  const { delimiter } = format;
  let [rows, width, isRegular, cells, numbers] = [0, 0, true, 0, 0];
  let hasQuotedCells = false;
  try {
    for (const row of rowsOf(pieces, format)) {
      if (row.width === 1 && row.cell(0)?.trim() === '') continue;
      rows += 1;
      if (rows === 1) {
        width = row.width;
        continue;
      }
      isRegular &&= row.width === width;
      for (let index = 0; isRegular && index < row.width; index++) {
        cells += 1;
        if (looksNumeric.test(row.cell(index) ?? '')) numbers += 1;
        hasQuotedCells ||= row.width > 1 && row.isQuoted(index);
      }
      if (rows >= sampleRows) break;
    }
  } catch (error) {
    // It is reported when all rows are read, with the chosen delimiter.
    if (!(error instanceof MalformedRow)) throw error;
    isRegular = false;
    // The first row has an error in its quotes: its line shows how many cells were meant.
    if (rows === 0) width = firstLine(pieces).split(delimiter).length;
  }
  const numeric = cells === 0 ? 0 : numbers / cells;
  return { delimiter, width, isRegular: isRegular && rows > 0, rows, hasQuotedCells, numeric };
}

/** Characters of a first line that are looked at. */
const maxFirstLine = 10_000;

/** The first line of a text with a header that cannot be parsed, or its beginning. */
function firstLine(pieces: Iterable<string>): string {
  let start = '';
  for (const piece of pieces) {
    start += piece.slice(0, maxFirstLine);
    if (start.length >= maxFirstLine || /[\r\n]/.test(start)) break;
  }
  return /^[^\r\n]*/.exec(start)?.[0] ?? '';
}
