import { isLikely, nearestName } from '../../experiment/problems/nearestName';
import type { KeyPath, KeyProblem } from '../../experiment/problems/problem';
import type { CsvData } from '../../experiment/schema/schema';
import { firstRowOfTable, lineOfHeader } from './header/displacedHeader';
import { findDelimiter, looksNumeric, type Delimiter } from './csvDelimiter';
import { rowsOf, type CsvFormat } from './csvRows';
import { unicodeAdvice } from '../files/nearestFile';
import { renameColumn, settingFix, withoutHeader } from './tableFixes';
import { namesOf } from './tableFormat';
import type { FileText } from '../files/textFile';
import { formatCount, formatExact } from '../../text/numbers';
import { quote, quoteAll, truncate } from '../../text/quoting';

/** Rows in which a number with a decimal point is looked for; those that the delimiter is found in. */
const searchedRows = 50;

/** A column that an experiment names, and the key that names it. */
export interface NamedColumn {
  readonly name: string;
  readonly keyPath: KeyPath;
}

/** A name as it is seen: without characters that are not, and composed. */
function visibleName(name: string): string {
  return name
    .normalize()
    .replace(/\p{Cf}/gu, '')
    .replace(/\p{Zs}/gu, ' ')
    .trim();
}

/** The columns of a table, by name. */
export class TableNames {
  readonly #places = new Map<string, { readonly index: number; count: number }>();

  constructor(
    readonly names: readonly string[],
    readonly data: CsvData,
    readonly text: FileText,
    readonly format: CsvFormat,
  ) {
    for (const [index, name] of names.entries()) {
      const place = this.#places.get(name);
      if (place === undefined) this.#places.set(name, { index, count: 1 });
      else place.count += 1;
    }
  }

  /** Index of the first column of a name; -1 if there is none. */
  indexOf(name: string): number {
    return this.#places.get(name)?.index ?? -1;
  }

  /**
   * The problem of a requested column that is missing or ambiguous.
   *
   * @throws MalformedRow where the first row cannot be parsed
   */
  problemWith({ name, keyPath }: NamedColumn): KeyProblem | undefined {
    const path = this.data.csv;
    const found = this.#places.get(name)?.count ?? 0;
    if (found === 1) return undefined;
    if (found > 1) {
      const message = `${quote(path)} has ${found} columns named ${quote(name)}: rename all but one.`;
      return { code: 'csv.ambiguousColumn', message, keyPath };
    }
    const point = this.#decimalPoint(name);
    if (point !== undefined) {
      const message = `${quote(path)} has commas between its cells and decimal points in them (${point}), but "decimal" is ",": its commas are read as decimal commas, and there is no column ${quote(name)}. Set "decimal" to ".".`;
      return { code: 'csv.missingColumn', message, keyPath, fixes: [settingFix({ decimal: '.' })] };
    }
    const other = this.#otherDelimiter(name);
    if (other !== undefined) {
      const isByLine = this.data.delimiter === 'auto' && this.format.hasSeparatorLine === true;
      const reason = isByLine ? `, as its first line says` : '';
      const message = `${quote(path)} has no column ${quote(name)} with ${quote(this.format.delimiter)} between its cells${reason}, but it has one with ${quote(other)}. Set "delimiter" to ${quote(other)}.`;
      return { code: 'csv.missingColumn', message, keyPath, fixes: [settingFix({ delimiter: other })] };
    }
    // Where the first row cannot be parsed, this says why.
    if (this.names.length === 0) rowsOf(this.text.pieces(), this.format).next();
    if (this.names.every((cell) => cell === '')) {
      const message = `${quote(path)} has no column ${quote(name)}: its first row is empty. Write the names of the columns there.`;
      return { code: 'csv.missingColumn', message, keyPath };
    }
    if (!this.data.header) {
      const start = firstRowOfTable(this.text, this.format);
      if (start !== undefined) {
        const message = `${quote(path)} has no column ${quote(name)}: its first row has other cells than the rows from row ${formatExact(start.line)} on, which have ${formatCount(start.width, 'cell')} each. Delete what stands above them.`;
        return { code: 'csv.missingColumn', message, keyPath };
      }
      const isInFirstRow = namesOf(this.text, this.format, true).includes(name);
      const advice = isInFirstRow ? ` Its first row has that name: set "header" to true.` : '';
      const message = `${quote(path)} has no column ${quote(name)}: without a header its columns are "1" to "${formatExact(this.names.length)}".${advice}`;
      return { code: 'csv.missingColumn', message, keyPath, fixes: isInFirstRow ? [settingFix({ header: true })] : [] };
    }
    if (this.names.every((cell) => looksNumeric.test(cell))) {
      const message = `${quote(path)} has no column ${quote(name)}: its first row has only numbers. Set "header" to false to use the columns "1" to "${formatExact(this.names.length)}", or add a first row with the names of the columns.`;
      const fix = withoutHeader(keyPath, name, this.names.length);
      return { code: 'csv.missingColumn', message, keyPath, fixes: fix === undefined ? [] : [fix] };
    }
    const [only = ''] = this.names;
    const split = only.split(',');
    // A comma before a blank is more likely a part of a name: "Temp, C".
    const isList = split.includes(name) && split.every((cell) => cell === cell.trim());
    if (this.names.length === 1 && this.data.decimal === ',' && isList) {
      const message = `${quote(path)} has no column ${quote(name)}: "decimal" is ",", and commas between its cells, too, cannot be told from decimal commas. Save the table with ";" between its cells, or with decimal points.`;
      return { code: 'csv.missingColumn', message, keyPath };
    }
    const same = this.names.find((known) => visibleName(known) === visibleName(name));
    if (same !== undefined) {
      const message = `${quote(path)} has no column ${quote(name)}: did you mean ${quote(same)}? ${unicodeAdvice}`;
      return { code: 'csv.missingColumn', message, keyPath, fixes: [renameColumn(this.data, keyPath, same)] };
    }
    const line = lineOfHeader(name, this.text, this.format);
    if (line !== undefined) {
      const message = `${quote(path)} has no column ${quote(name)} in its first row, which begins with ${quote(only)}, but its row ${formatExact(line)} has that name. Delete the rows above it.`;
      return { code: 'csv.missingColumn', message, keyPath };
    }
    const nearest = nearestName(name, this.names);
    const isMeant = isLikely(name, nearest);
    const meant = isMeant ? `did you mean ${quote(nearest)}? The` : 'the';
    const message = `${quote(path)} has no column ${quote(name)}: ${meant} columns are ${quoteAll(this.names)}.`;
    const fixes = isMeant ? [renameColumn(this.data, keyPath, nearest)] : [];
    return { code: 'csv.missingColumn', message, keyPath, fixes };
  }

  /**
   * A number with a decimal point and its row, in a table that has a column if commas are between its cells, and not
   * decimal commas as the experiment says; undefined in other tables.
   */
  #decimalPoint(name: string): string | undefined {
    const { decimal, delimiter, header } = this.data;
    if (decimal !== ',' || delimiter !== 'auto' || this.format.delimiter === ',') return undefined;
    const format = { ...this.format, delimiter: ',' };
    const found = findDelimiter(this.text.pieces, '.', this.format.hasSeparatorLine);
    const hasColumn =
      found.kind === 'delimiter' && found.delimiter === ',' && namesOf(this.text, format, header).includes(name);
    if (!hasColumn) return undefined;
    let rows = 0;
    // The rows can be parsed: the delimiter was found in them.
    for (const row of rowsOf(this.text.pieces(), format)) {
      for (let index = 0; index < row.width; index++) {
        const cell = (row.cell(index) ?? '').trim();
        if (/^[+-]?\d*\.\d+$/.test(cell)) return `${truncate(cell)} in row ${formatExact(row.line)}`;
      }
      if (++rows >= searchedRows) break;
    }
    return undefined;
  }

  /** Another delimiter with which the table has a column; undefined if there is none. */
  #otherDelimiter(name: string): Delimiter | undefined {
    if (this.names.length > 1) return undefined;
    const found = findDelimiter(this.text.pieces, this.data.decimal, this.format.hasSeparatorLine);
    if (found.kind !== 'delimiter' || found.delimiter === this.format.delimiter) return undefined;
    const names = namesOf(this.text, { ...this.format, delimiter: found.delimiter }, this.data.header);
    return names.includes(name) ? found.delimiter : undefined;
  }
}
