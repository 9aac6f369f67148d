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
  /** Whether its numbers are written with the other decimal separator. */
  readonly isInOtherNotation: boolean;
  /** Whether it only numbers the rows: each value is one more than that before. */
  readonly isCounter: boolean;
}

/** Maximum numbers of columns that are summarized, and of rows that are read for it. */
const [maxColumns, maxRows] = [1000, 20_000];

/** Distinct texts of a column that are counted. */
const maxTexts = 100;

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
  return names.map((name, index) => {
    const { kind = 'empty', detail = '', isInOtherNotation = false, isCounter = false } = columns[index] ?? {};
    return { name, kind, detail: `${detail}${part}`, isInOtherNotation, isCounter };
  });
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
  #last = NaN;
  #isCounting = true;
  readonly #different = new Set<string>();

  constructor(readonly cells: CellParser) {}

  add(cell: string): void {
    const value = this.cells.parse(cell);
    if (value === undefined) this.#addText(cell);
    else if (Number.isNaN(value)) this.#missing += 1;
    else {
      this.#numbers += 1;
      if (this.#numbers > 1 && value !== this.#last + 1) this.#isCounting = false;
      this.#last = value;
      this.#min = Math.min(this.#min, value);
      this.#max = Math.max(this.#max, value);
    }
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

  #addText(cell: string): void {
    if (parseTime(cell) === undefined) {
      this.#texts += 1;
      if (this.cells.remedies(cell)[0]?.kind === 'decimal') this.#inOtherNotation += 1;
    } else {
      this.#dates += 1;
      if (this.#dates === 1) this.#firstDate = truncate(cell);
      this.#lastDate = truncate(cell);
    }
    if (this.#different.size < maxTexts) this.#different.add(structuredClone(truncate(cell)));
  }
}
