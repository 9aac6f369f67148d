import { MalformedRow, rowsOf } from './csvRows';

/** The delimiters that a file is tested for, the most usual first. */
export const delimiters = [',', ';', '\t', '|', ' '] as const;
export type Delimiter = (typeof delimiters)[number];

/** The delimiter of a table; several where its first rows do not tell. */
export type FoundDelimiter =
  | { readonly kind: 'delimiter'; readonly delimiter: Delimiter }
  | { readonly kind: 'ambiguous'; readonly delimiters: readonly Delimiter[] };

/** Rows that are looked at, without blank ones. */
const sampleRows = 51;

/** A number with a decimal point or a decimal comma, as a cell has it. */
const looksNumeric = /^\s*[+-]?(?:\d+(?:[.,]\d*)?|[.,]\d+)(?:e[+-]?\d+)?\s*$/i;

/** The first rows of a table, read with one delimiter. */
interface Sample {
  readonly delimiter: Delimiter;
  /** Cells of the first row. */
  readonly width: number;
  /** Whether all rows have that number of cells. */
  readonly isRegular: boolean;
  /** Share of the cells below the first row that look like numbers, from 0 to 1. */
  readonly numeric: number;
}

/**
 * Finds the delimiter that gives the first row and the 50 rows after it the same number of cells, at least two. Where
 * several do, it is the one that leaves the largest share of numbers. Where none does, the first row decides: the one that
 * splits it into most cells.
 *
 * @param pieces makes the text from its start, in pieces
 */
export function findDelimiter(pieces: () => Iterable<string>): FoundDelimiter {
  const samples = delimiters.map((delimiter) => sampleOf(pieces(), delimiter));
  const fitting = samples.filter(({ width, isRegular }) => isRegular && width > 1);
  const mostNumeric = Math.max(...fitting.map(({ numeric }) => numeric));
  const best = fitting.filter(({ numeric }) => numeric === mostNumeric);
  // Blanks inside cells, as in times of day, are more usual than blanks between them.
  const [first, ...others] = best.length > 1 ? best.filter(({ delimiter }) => delimiter !== ' ') : best;
  if (first !== undefined && others.length === 0) return { kind: 'delimiter', delimiter: first.delimiter };
  if (first !== undefined)
    return { kind: 'ambiguous', delimiters: [first, ...others].map(({ delimiter }) => delimiter) };
  const isOneColumn = samples.some(({ delimiter, isRegular }) => delimiter !== ' ' && isRegular);
  const candidates = samples.filter(({ delimiter }) => delimiter !== ' ');
  const widest = candidates.reduce(
    (most, sample) => (sample.width > most.width ? sample : most),
    candidates[0] ?? none,
  );
  return { kind: 'delimiter', delimiter: isOneColumn && widest.width === 1 ? ',' : widest.delimiter };
}

const none: Sample = { delimiter: ',', width: 0, isRegular: false, numeric: 0 };

function sampleOf(pieces: Iterable<string>, delimiter: Delimiter): Sample {
  let [rows, width, isRegular, cells, numbers] = [0, 0, true, 0, 0];
  try {
    for (const row of rowsOf(pieces, { delimiter })) {
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
      }
      if (rows >= sampleRows) break;
    }
  } catch (error) {
    // It is reported when all rows are read, with the chosen delimiter.
    if (!(error instanceof MalformedRow)) throw error;
    isRegular = false;
  }
  return { delimiter, width, isRegular: isRegular && rows > 0, numeric: cells === 0 ? 0 : numbers / cells };
}
