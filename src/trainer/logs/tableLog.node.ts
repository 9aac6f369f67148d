import { stat } from 'node:fs/promises';
import { streamedFile } from '../../data/files/streamedFile.node';
import { decodeText, type FileText } from '../../data/files/textFile';
import { CellParser } from '../../data/table/csvCell';
import { MalformedRow, maxRowLength, rowsOf } from '../../data/table/csvRows';
import { findFormat } from '../../data/table/tableFormat';
import { malformedRowError } from '../../data/table/tableRows';
import { formatCount, formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';
import { CurveCollector, type LogCurve, type TrainingLog } from './logCurves';

/** A table of a log: its columns of numbers, whose steps are the rows. */
export interface LogTable {
  readonly columns: readonly LogCurve[];
  readonly rows: number;
  readonly notices: readonly string[];
}

/** Largest file that is read, in bytes. */
const maxTableBytes = 4096 * 1024 * 1024;

/** Largest file that holds one JSON value, in bytes: it is read whole. */
const maxJsonBytes = 64 * 1024 * 1024;

/**
 * Reads a table of numbers: CSV with a header, a line of JSON for each row, or a JSON file with a list of rows, alone or as
 * `log_history` of Hugging Face's `trainer_state.json`.
 *
 * @throws with a readable reason where the file is no such table
 */
export async function readLogTable(path: string, format: 'csv' | 'jsonl'): Promise<LogTable> {
  const { size } = await stat(path);
  if (size > maxTableBytes) throw new Error(`${quote(path)} is larger than ${formatExact(maxTableBytes)} bytes.`);
  const decoded = decodeText(streamedFile(path, size), path, []);
  if (decoded.kind === 'refused') throw new Error(decoded.problems[0]?.message ?? `${quote(path)} can't be read.`);
  const rows = new RowCollector();
  if (format === 'csv') readCsv(decoded.text, path, rows);
  else readJson(decoded.text, path, rows);
  return rows.finish();
}

/** Collects numbers by column and row. */
class RowCollector {
  readonly #columns = new CurveCollector('The log');
  #rows = 0;
  #texts = 0;
  #isCut = false;

  /** The last line of the file is incomplete. */
  cut(): void {
    this.#isCut = true;
  }

  /** Begins the next row. */
  next(): void {
    this.#rows += 1;
  }

  add(column: string, value: number): void {
    this.#columns.add(column, this.#rows - 1, value, NaN);
  }

  /** Counts a value that is no number. */
  addText(): void {
    this.#texts += 1;
  }

  finish(): LogTable {
    const notices = [
      ...this.#columns.notices(),
      ...(this.#isCut ? ['The last line is incomplete and left out.'] : []),
      ...(this.#texts === 0
        ? []
        : [
            `${formatCount(this.#texts, 'value')} that ${this.#texts === 1 ? 'is' : 'are'} no number ${this.#texts === 1 ? 'is' : 'are'} left out.`,
          ]),
    ];
    return { columns: this.#columns.finish(), rows: this.#rows, notices };
  }
}

/** How numbers that JSON does not have are written. */
const special: Readonly<Record<string, number>> = {
  nan: NaN,
  inf: Infinity,
  '+inf': Infinity,
  '-inf': -Infinity,
  infinity: Infinity,
  '-infinity': -Infinity,
};

function readCsv(text: FileText, path: string, rows: RowCollector): void {
  const found = findFormat(text, { csv: path, delimiter: 'auto', decimal: '.' });
  if (found.kind === 'refused') throw new Error(found.problem.message);
  const { format, delimiter } = found;
  const point = new CellParser('.', []);
  // Where a comma is no delimiter, it may be before the decimals.
  const comma = delimiter === ',' ? point : new CellParser(',', []);
  let names: readonly string[] | undefined;
  try {
    for (const row of rowsOf(text.pieces(), format)) {
      const cells = Array.from({ length: row.width }, (_, index) => row.cell(index)?.trim() ?? '');
      if (cells.every((cell) => cell === '')) continue;
      if (names === undefined) {
        names = distinctNames(cells);
        if (cells.every((name) => point.parse(name) !== undefined)) {
          throw new Error(
            `${quote(path)} has no header: its first row is numbers. Write the names of the columns there.`,
          );
        }
        continue;
      }
      rows.next();
      for (const [index, cell] of cells.entries()) {
        const name = names[index];
        if (name === undefined || cell === '') continue;
        const value = special[cell.toLowerCase()] ?? point.parse(cell) ?? comma.parse(cell);
        if (value === undefined) rows.addText();
        // An empty cell or a word for nothing is no value; one that is not a number was computed.
        else if (!Number.isNaN(value) || cell.toLowerCase() === 'nan') rows.add(name, value);
      }
    }
  } catch (error) {
    if (!(error instanceof MalformedRow)) throw error;
    const { line, found: fault, advice } = malformedRowError(error);
    throw new Error(`${quote(path)}, row ${formatExact(line)} ${fault}. ${advice}`, { cause: error });
  }
}

/** The names of columns: one without a name, or with that of an earlier one, is named by its place. */
function distinctNames(header: readonly string[]): readonly string[] {
  const taken = new Set(header);
  return header.map((name, index) => {
    if (name !== '' && header.indexOf(name) === index) return name;
    let own = name === '' ? `column ${index + 1}` : `${name} (column ${index + 1})`;
    while (taken.has(own)) own += '′';
    taken.add(own);
    return own;
  });
}

function readJson(text: FileText, path: string, rows: RowCollector): void {
  let line = 0;
  for (const { written, isComplete } of linesOf(text, path)) {
    line += 1;
    if (written.trim() === '') continue;
    const row = parsed(written);
    if (isRow(row) && !(line === 1 && 'log_history' in row)) {
      addRow(row, rows);
      continue;
    }
    // The first line of a whole JSON file is no row.
    if (line === 1 && text.length <= maxJsonBytes) {
      const list = listIn(parsed([...text.pieces()].join('')));
      if (list === undefined) break;
      for (const entry of list) if (isRow(entry)) addRow(entry, rows);
      return;
    }
    // A program that still writes, or was killed, leaves the beginning of a line.
    if (line > 1 && !isComplete) {
      rows.cut();
      return;
    }
    throw new Error(`Line ${formatExact(line)} of ${quote(path)} is no JSON object. Each line has to be one.`);
  }
  if (line === 1)
    throw new Error(`${quote(path)} has no rows: it is neither lines of JSON objects nor a list of them.`);
}

function listIn(json: unknown): readonly unknown[] | undefined {
  if (Array.isArray(json)) return json as readonly unknown[];
  const { log_history: history } = (isRow(json) ? json : {}) as { readonly log_history?: unknown };
  return Array.isArray(history) ? (history as readonly unknown[]) : undefined;
}

function isRow(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** JSON as Python writes it, with NaN and Infinity; undefined for other texts. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    try {
      const named = text.replace(/([:[,]\s*)(NaN|-?Infinity)(?=\s*[,}\]])/g, '$1"$2"');
      return JSON.parse(named);
    } catch {
      return undefined;
    }
  }
}

/** How deep objects in objects are read, as "train": { "loss": 0.5 }. */
const maxDepth = 4;

function addRow(row: Readonly<Record<string, unknown>>, rows: RowCollector): void {
  rows.next();
  const add = (object: Readonly<Record<string, unknown>>, prefix: string, depth: number): void => {
    for (const [key, value] of Object.entries(object)) {
      const name = `${prefix}${key}`;
      if (typeof value === 'number') rows.add(name, value);
      else if (typeof value === 'string' && value.toLowerCase() in special)
        rows.add(name, special[value.toLowerCase()] ?? NaN);
      else if (isRow(value) && depth < maxDepth) add(value, `${name}/`, depth + 1);
      else if (typeof value === 'string') rows.addText();
    }
  };
  add(row, '', 0);
}

/** The lines of a text; the last one may have no end. */
function* linesOf(text: FileText, path: string): Generator<{ readonly written: string; readonly isComplete: boolean }> {
  let rest = '';
  for (const piece of text.pieces()) {
    rest += piece;
    const lines = rest.split('\n');
    rest = lines.pop() ?? '';
    for (const written of lines) yield { written, isComplete: true };
    if (rest.length > maxRowLength && text.length > maxJsonBytes) {
      throw new Error(`${quote(path)} has a line of more than ${formatExact(maxRowLength)} characters.`);
    }
  }
  if (rest !== '') yield { written: rest, isComplete: false };
}

/** The names of columns that number the rows, the most telling first. */
const stepNames = [
  /^(?:trainer\/)?_?(?:global_?)?steps?$/,
  /step/,
  /^(?:n_)?(?:iter|iteration|update|batch)(?:s|_?num|_?idx)?$/,
  /iter/,
  /^epochs?$/,
];

/** The columns that can number the rows of a table: whole numbers, not all the same, in every row or nearly. */
export function stepColumnsOf({ columns, rows }: LogTable): readonly string[] {
  const rank = (name: string): number => {
    const at = stepNames.findIndex((pattern) => pattern.test(name.toLowerCase()));
    return at < 0 ? stepNames.length : at;
  };
  return columns
    .filter(
      ({ values }) =>
        values.length >= 0.9 * rows &&
        values.every((value) => Number.isSafeInteger(value) && value >= 0) &&
        (rows < 2 || values.some((value) => value !== values[0])),
    )
    .map(({ name }) => name)
    .toSorted((one, other) => rank(one) - rank(other));
}

/** The column that probably numbers the rows, by its name; undefined where none does. */
export function guessStepColumn(table: LogTable): string | undefined {
  const [first] = stepColumnsOf(table);
  return first !== undefined && stepNames.some((pattern) => pattern.test(first.toLowerCase())) ? first : undefined;
}

/**
 * The curves of a table. Where the steps go back, a training was begun again: what follows replaces what was there from
 * that step on.
 *
 * @param stepColumn undefined where the rows number themselves
 * @throws where there is no such column
 */
export function curvesOfTable({ columns, notices }: LogTable, stepColumn: string | undefined): TrainingLog {
  if (stepColumn === undefined) return { curves: columns, norms: [], notices };
  const numbering = columns.find(({ name }) => name === stepColumn);
  if (numbering === undefined) throw new Error(`The log has no column ${quote(stepColumn)}.`);
  const steps = new Map<number, number>();
  numbering.steps.forEach((row, n) => steps.set(row, numbering.values[n] ?? NaN));
  const restarts = restartsIn(numbering);
  const collector = new CurveCollector('The log');
  let unnumbered = 0;
  for (const { name, steps: rows, values } of columns) {
    if (name === stepColumn) continue;
    let restart = 0;
    rows.forEach((row, n) => {
      for (let next = restarts[restart]; next !== undefined && next.row <= row; next = restarts[restart]) {
        collector.purge((one) => one === name, next.step);
        restart += 1;
      }
      const step = steps.get(row);
      if (step === undefined) unnumbered += 1;
      else collector.add(name, step, values[n] ?? NaN, NaN);
    });
  }
  return {
    curves: collector.finish(),
    norms: [],
    notices: [
      ...notices,
      ...collector.notices(),
      ...(unnumbered === 0
        ? []
        : [`${formatCount(unnumbered, 'value')} of rows without ${quote(stepColumn)} left out.`]),
    ],
  };
}

/** The rows at which the steps go back, and the steps with which they begin again. */
function restartsIn({ steps: rows, values }: LogCurve): readonly { readonly row: number; readonly step: number }[] {
  return Array.from(rows).flatMap((row, n) => {
    const [before = 0, step = 0] = [values[n - 1], values[n]];
    return n > 0 && step < before ? [{ row, step }] : [];
  });
}
