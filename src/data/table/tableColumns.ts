import { CellReader, type CellError, type ColumnReader } from './cellReader';
import { CellParser } from './csvCell';
import type { CsvData } from '../../experiment/schema/schema';
import { isTruthValue } from './notation/numberNotation';
import type { Remedy } from './tableFixes';
import { ThousandsWatch } from './notation/thousandsWatch';
import { TimeReader } from './time/timeReader';
import { parseTime } from './time/timestamps';
import { quote } from '../../text/quoting';

/**
 * What the cells of a column are: numbers, classes by name, numbers or classes (the first value tells), the names of
 * sequences, or times.
 */
export type ColumnKind = 'number' | 'class' | 'numberOrClass' | 'sequence' | 'time';

/** A reader for up to `capacity` rows. */
export function columnReader(
  kind: ColumnKind,
  name: string,
  index: number,
  capacity: number,
  format: Pick<CsvData, 'decimal' | 'missing'>,
): ColumnReader {
  const cells = new CellParser(format.decimal, format.missing);
  const values = new Float64Array(capacity);
  switch (kind) {
    case 'number':
      return new NumberReader(name, index, values, cells);
    case 'class':
      return new NameReader(name, index, values, cells, 'anyName');
    case 'numberOrClass':
      return new NumberOrClassReader(name, index, values, cells);
    case 'sequence':
      return new NameReader(name, index, values, cells, 'required');
    case 'time':
      return new TimeReader(name, index, values, cells);
    default:
      return kind satisfies never;
  }
}

class NumberReader extends CellReader {
  readonly #thousands = new ThousandsWatch(this.cells.decimal);

  override finish(): CellError | undefined {
    const rows = this.#thousands.rows;
    if (rows === undefined) return undefined;
    const { decimal } = this.cells;
    return {
      found: `has whole numbers without "${decimal}" in column ${quote(this.name)}, and others with "${decimal}" before three digits, as if it separated thousands`,
      advice: `If it does, remove it from the numbers; if it stands before decimals, write decimals in every row.`,
      rows,
    };
  }

  override add(row: number, cell: string): 'value' | 'missing' | CellError {
    const value = this.cells.parse(cell);
    if (value === undefined) {
      const isDate = parseTime(cell) !== undefined;
      const found = `has ${quote(cell)} in column ${quote(this.name)}, which is ${isDate ? 'a date and ' : ''}not a number`;
      const isColumn = row === 0 && !this.cells.isNumberInOtherNotation(cell);
      if (!isColumn) return { found, advice: this.cells.advice(cell), remedies: this.cells.remedies(cell) };
      const advice = isDate
        ? 'Name a column of dates in "time" only.'
        : `${this.#adviceAboutWord(cell)}Inputs are columns of numbers. A column of classes is the only target, and its loss is "crossEntropy". Otherwise leave the column out, or replace it in the file by a column of 0 and 1 for each of its words, as pandas.get_dummies does. If the text stands for a missing value, list it in "missing".`;
      const remedies: readonly Remedy[] = isDate
        ? [{ kind: 'time' }, { kind: 'leaveOut' }]
        : [{ kind: 'leaveOut' }, { kind: 'classTarget' }, { kind: 'missing', value: cell }];
      return { found, advice, isColumn, remedies };
    }
    if (Math.abs(Math.fround(value)) === Infinity) {
      const found = `has ${quote(cell)} in column ${quote(this.name)}, which is beyond single precision (about ±3.4e38)`;
      const advice = 'If it stands for a missing value, list it in "missing"; otherwise rescale the column.';
      return {
        found,
        advice,
        remedies: [{ kind: 'missing', value: Number.isFinite(value) ? value : cell }],
      };
    }
    this.values[row] = value;
    if (Number.isNaN(value)) return 'missing';
    this.#thousands.add(row, cell);
    return 'value';
  }

  /** A sentence about a word that may stand for a number; empty for any other. */
  #adviceAboutWord(cell: string): string {
    if (isTruthValue(cell)) return 'Write 1 and 0 for the two answers. ';
    const notation = this.cells.notation(cell);
    return notation === undefined ? '' : `${notation.advice} `;
  }
}

/** Names of classes or sequences; a value is the index of the name. */
class NameReader extends CellReader {
  readonly #indices = new Map<string, number>();

  /** @param allowed `required`: a name in every row; `noNumber`: a number is an error; `anyName`: any text is a name */
  constructor(
    name: string,
    index: number,
    values: Float64Array,
    cells: CellParser,
    readonly allowed: 'required' | 'noNumber' | 'anyName',
  ) {
    super(name, index, values, cells);
  }

  override get names(): readonly string[] {
    return [...this.#indices.keys()];
  }

  override add(row: number, cell: string): 'value' | 'missing' | CellError {
    const number = this.cells.parse(cell);
    if (number !== undefined && Number.isNaN(number)) {
      this.values[row] = NaN;
      if (this.allowed !== 'required') return 'missing';
      const found = `has ${cell === '' ? 'an empty cell' : quote(cell)} in the column of sequences ${quote(this.name)}`;
      return { found, advice: 'Write which sequence the row belongs to.' };
    }
    if (number !== undefined && this.allowed === 'noNumber') {
      const found = `has ${quote(cell)} in column ${quote(this.name)}, whose first value is the text ${quote(this.names[0] ?? '')}`;
      const advice =
        'If both are names of classes, set "classes" to true; if the text stands for a missing value, list it in "missing".';
      return { found, advice, remedies: [{ kind: 'classes' }, { kind: 'missing', value: this.names[0] ?? '' }] };
    }
    let value = this.#indices.get(cell);
    if (value === undefined) {
      value = this.#indices.size;
      // A part of a piece of the file would keep the whole piece in memory.
      this.#indices.set(structuredClone(cell), value);
    }
    this.values[row] = value;
    return 'value';
  }
}

/** A column whose first value tells whether it has numbers or names of classes. */
class NumberOrClassReader extends CellReader {
  #reader: ColumnReader | undefined;

  override get names(): readonly string[] | undefined {
    return this.#reader?.names;
  }

  override finish(rows: number): CellError | undefined {
    return this.#reader?.finish(rows);
  }

  override add(row: number, cell: string): 'value' | 'missing' | CellError {
    if (this.#reader === undefined) {
      const value = this.cells.parse(cell);
      if (value !== undefined && Number.isNaN(value)) {
        this.values[row] = NaN;
        return 'missing';
      }
      // A number in another notation is a mistake in the notation, not a name.
      const isNumber = value !== undefined || this.cells.isNumberInOtherNotation(cell);
      const { name, index, values, cells } = this;
      this.#reader = isNumber
        ? new NumberReader(name, index, values, cells)
        : new NameReader(name, index, values, cells, 'noNumber');
    }
    const outcome = this.#reader.add(row, cell);
    if (typeof outcome === 'object' && this.cells.notation(cell)?.isWord === false) {
      const advice = `${outcome.advice} If the values are names of classes, set "classes" to true.`;
      return { ...outcome, advice, remedies: [...(outcome.remedies ?? []), { kind: 'classes' }] };
    }
    const isText = this.cells.parse(cell) === undefined && !this.cells.isNumberInOtherNotation(cell);
    if (typeof outcome === 'string' || !isText || this.#reader.names !== undefined) return outcome;
    // The first value is a number, and a later one a text: numbers may be names of classes, too.
    const advice =
      'If the values are names of classes, set "classes" to true; if the text stands for a missing value, list it in "missing"; otherwise write a number.';
    return { ...outcome, advice, remedies: [{ kind: 'classes' }, { kind: 'missing', value: cell }] };
  }
}
