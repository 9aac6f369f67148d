import type { CsvData } from '../../experiment/schema/schema';
import { CellParser } from './csvCell';
import { rowsOf, MalformedRow } from './csvRows';
import { findFormat, namesOf, type TableFormat } from './tableFormat';
import { isEmptyRow } from './tableRows';
import { parseTime } from './time/timestamps';
import type { FileText } from '../files/textFile';
import { formatCount, formatExact, formatShortNumber } from '../../text/numbers';
import { quoteAll, truncate } from '../../text/quoting';

/** A column of a table and what its first rows hold. */
export interface ColumnSummary {
  readonly name: string;
  /** `empty`: no row has a value. */
  readonly kind: 'number' | 'date' | 'text' | 'empty';
  /** Type, range and count of missing values, such as "number, 0.4 to 35.6, 12 missing". */
  readonly detail: string;
  /** Number of rows without a value. */
  readonly missing: number;
  /** Whether its numbers are written with the other decimal separator. */
  readonly isInOtherNotation: boolean;
  /** Whether it only numbers the rows: each value is one more than that before. */
  readonly isCounter: boolean;
  /** Whether it can be the time of the rows: dates of which hardly any is that of the row before. */
  readonly isTimeOfRows: boolean;
  /** Whether its values are at most 20 different whole numbers, as of numbered classes. */
  readonly isFewWholeNumbers: boolean;
  /** What it marks if equal values stand in consecutive rows and no value comes again later; undefined otherwise. */
  readonly sequences: MarkedSequences | undefined;
}

/** The sequences that a column marks by equal values. */
export interface MarkedSequences {
  /** Their number in the rows that are read. */
  readonly count: number;
  /** Names of the other columns that have one value in each of these sequences. */
  readonly constants: readonly string[];
}

/** Maximum numbers of columns that are summarized, and of rows that are read for it. */
const [maxColumns, maxRows] = [1000, 20_000];

/** Distinct texts of a column that are counted. */
const maxTexts = 100;

/** Stretches of equal cells beyond half of the rows so far, after which a column is taken to mark no sequences. */
const maxEarlyStarts = 100;

/** The largest share of the dates of a column of times that are equal to the one before. */
const maxRepeatedDates = 0.01;

/** Different whole numbers of a column that may be classes. */
const maxClassNumbers = 20;

/** Columns that are looked at as marks of sequences, from the left. */
const maxMarking = 8;

/** Names of columns whose equal values are parts of one time line, not sequences of their own. */
const partOfTime = /^(?:year|month|week|day|date|hour)s?$/i;

/**
 * Summarizes the columns of a table by its first rows; an empty list for a text that is no table.
 *
 * @param isCut whether the text is the beginning of a file only
 */
export function summarizeColumns(
  text: FileText,
  written: TableFormat & Pick<CsvData, 'csv'>,
  isCut = false,
): readonly ColumnSummary[] {
  const found = findFormat(text, written);
  if (found.kind === 'refused') return [];
  const names = namesOf(text, found.format, written.header).slice(0, maxColumns);
  const columns = names.map(() => new ColumnStatistics(new CellParser(written.decimal, written.missing)));
  let rows = 0;
  let isWhole = !isCut;
  try {
    for (const row of rowsOf(text.pieces(), found.format)) {
      if ((rows === 0 && written.header) || isEmptyRow(row)) {
        rows = Math.max(rows, 1);
        continue;
      }
      rows += 1;
      if (rows > maxRows) {
        isWhole = false;
        break;
      }
      for (const [index, column] of columns.entries()) column.add((row.cell(index) ?? '').trim());
    }
  } catch (error) {
    // The rows before the malformed one are summarized; the check of the experiment reports it.
    if (!(error instanceof MalformedRow)) throw error;
    isWhole = false;
  }
  const part = isWhole ? '' : `, in the first ${formatCount(Math.min(rows, maxRows), 'row')}`;
  const marked = markedSequences(names, columns);
  return columns.map((column, index) => {
    const { kind, detail, missing, isInOtherNotation, isCounter, isTimeOfRows, isFewWholeNumbers } = column;
    return {
      ...{ name: names[index] ?? '', kind, detail: `${detail}${part}`, missing },
      ...{ isInOtherNotation, isCounter, isTimeOfRows, isFewWholeNumbers, sequences: marked.get(index) },
    };
  });
}

/** The columns that mark sequences, at least two of two rows on average, by their index. */
function markedSequences(
  names: readonly string[],
  columns: readonly ColumnStatistics[],
): ReadonlyMap<number, MarkedSequences> {
  const marked = new Map<number, MarkedSequences>();
  for (const [index, { kind, runs }] of columns.entries()) {
    if (marked.size === maxMarking) break;
    if (runs === undefined || runs.isRepeated || runs.starts.length < 2 || runs.rows < 2 * runs.starts.length) continue;
    if ((kind !== 'number' && kind !== 'text') || partOfTime.test(names[index] ?? '')) continue;
    const starts = new Set(runs.starts);
    const constants = names.filter(
      (_, other) => other !== index && columns[other]?.runs?.starts.every((row) => starts.has(row)) === true,
    );
    marked.set(index, { count: runs.starts.length, constants });
  }
  return marked;
}

/** The stretches of equal cells of a column. */
interface Runs {
  /** Rows that were read. */
  readonly rows: number;
  /** The rows where they begin, from 0. */
  readonly starts: readonly number[];
  /** Whether a value comes again after another one. */
  readonly isRepeated: boolean;
}

/** Collects what the cells of a column are. */
class ColumnStatistics {
  #numbers = 0;
  #missing = 0;
  #dates = 0;
  #texts = 0;
  #inOtherNotation = 0;
  #min = Infinity;
  #max = -Infinity;
  #firstDate = '';
  #lastDate = '';
  /** Dates equal to that of the row before. */
  #repeatedDates = 0;
  #last = NaN;
  #isCounting = true;
  /** Undefined once they are not whole or too many. */
  #wholeNumbers: Set<number> | undefined = new Set();
  #rows = 0;
  #lastCell: string | undefined;
  #isRepeated = false;
  /** The rows where a stretch of equal cells begins; undefined once there are too many for sequences. */
  #starts: number[] | undefined = [];
  readonly #cellsSeen = new Set<string>();
  readonly #different = new Set<string>();

  constructor(readonly cells: CellParser) {}

  add(cell: string): void {
    this.#addToRuns(cell);
    const value = this.cells.parse(cell);
    if (value === undefined) this.#addText(cell);
    else if (Number.isNaN(value)) this.#missing += 1;
    else {
      this.#numbers += 1;
      if (this.#numbers > 1 && value !== this.#last + 1) this.#isCounting = false;
      this.#last = value;
      this.#min = Math.min(this.#min, value);
      this.#max = Math.max(this.#max, value);
      if (Number.isInteger(value)) this.#wholeNumbers?.add(value);
      else this.#wholeNumbers = undefined;
      if ((this.#wholeNumbers?.size ?? 0) > maxClassNumbers) this.#wholeNumbers = undefined;
    }
  }

  get missing(): number {
    return this.#missing;
  }

  get isTimeOfRows(): boolean {
    return this.kind === 'date' && this.#repeatedDates <= maxRepeatedDates * this.#dates;
  }

  get isFewWholeNumbers(): boolean {
    return this.kind === 'number' && !this.isInOtherNotation && this.#wholeNumbers !== undefined;
  }

  /** Undefined if hardly any two consecutive cells are equal. */
  get runs(): Runs | undefined {
    const starts = this.#starts;
    return starts && { rows: this.#rows, starts, isRepeated: this.#isRepeated };
  }

  /** Whether its only texts are numbers with the other decimal separator. */
  get isInOtherNotation(): boolean {
    return this.#texts > 0 && this.#texts === this.#inOtherNotation && this.#dates === 0;
  }

  get isCounter(): boolean {
    return this.#isCounting && this.#numbers > 2 && this.kind === 'number';
  }

  get kind(): ColumnSummary['kind'] {
    if (this.isInOtherNotation) return 'number';
    if (this.#texts > 0 || (this.#dates > 0 && this.#numbers > 0)) return 'text';
    if (this.#dates > 0) return 'date';
    return this.#numbers > 0 ? 'number' : 'empty';
  }

  get detail(): string {
    const missing = this.#missing === 0 ? '' : `, ${formatExact(this.#missing)} missing`;
    switch (this.kind) {
      case 'empty':
        return 'no values';
      case 'number':
        if (this.isInOtherNotation)
          return `numbers with decimal ${this.cells.decimal === '.' ? 'commas' : 'points'}${missing}`;
        return `number, ${formatShortNumber(this.#min)} to ${formatShortNumber(this.#max)}${missing}`;
      case 'date':
        return `dates, ${this.#firstDate} to ${this.#lastDate}${missing}`;
      case 'text':
        return `${this.#textDetail}${missing}`;
      default:
        return this.kind satisfies never;
    }
  }

  get #textDetail(): string {
    const names = [...this.#different];
    const isMany = names.length >= maxTexts;
    const examples = quoteAll(names.slice(0, 3));
    const count = `${formatExact(names.length)}${isMany ? ' or more' : ''} different`;
    const numbers = this.#numbers === 0 ? '' : `, and ${formatCount(this.#numbers, 'number')}`;
    return `text, ${count}: ${examples}${names.length > 3 ? ', …' : ''}${numbers}`;
  }

  #addToRuns(cell: string): void {
    const row = this.#rows;
    this.#rows += 1;
    if (cell === this.#lastCell || this.#starts === undefined) return;
    const kept = structuredClone(cell);
    this.#lastCell = kept;
    this.#starts.push(row);
    if (!this.#isRepeated) {
      this.#isRepeated = this.#cellsSeen.has(kept);
      this.#cellsSeen.add(kept);
    }
    if (this.#isRepeated) this.#cellsSeen.clear();
    // A few rows more than half may still be followed by longer stretches.
    if (this.#starts.length <= row / 2 + maxEarlyStarts) return;
    this.#starts = undefined;
    this.#cellsSeen.clear();
  }

  #addText(cell: string): void {
    if (parseTime(cell) === undefined) {
      this.#texts += 1;
      if (this.cells.remedies(cell)[0]?.kind === 'decimal') this.#inOtherNotation += 1;
    } else {
      this.#dates += 1;
      if (this.#dates === 1) this.#firstDate = truncate(cell);
      const date = truncate(cell);
      if (date === this.#lastDate) this.#repeatedDates += 1;
      this.#lastDate = date;
    }
    if (this.#different.size < maxTexts) this.#different.add(structuredClone(truncate(cell)));
  }
}
