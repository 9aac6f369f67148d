import fc from 'fast-check';

/** A cell of a generated table: its text in the file without quotes, and the value that was meant. */
interface GeneratedCell {
  readonly text: string;
  /** NaN for a missing value; undefined in a column of words. */
  readonly value: number | undefined;
}

/** How a generated table is written. */
export interface Dialect {
  readonly delimiter: ',' | ';' | '\t' | '|' | ' ';
  readonly decimal: '.' | ',';
  readonly header: boolean;
  readonly missing: readonly (string | number)[];
  /** Whether a first line names the delimiter. */
  readonly hasSeparatorLine: boolean;
  readonly hasByteOrderMark: boolean;
}

/** A table as it is written, and what reading it must give. */
export interface GeneratedTable {
  readonly dialect: Dialect;
  readonly text: string;
  /** The columns of numbers: their names, and their values in the order of the rows. */
  readonly columns: readonly { readonly name: string; readonly values: readonly number[] }[];
  /** Line of each row in the file, from 1. */
  readonly lines: readonly number[];
}

const knownMissing = ['NA', 'NaN', 'nan', 'null', '?'];
const lineEnds = ['\n', '\r\n', '\r', '\r\r\n'];

/** Numbers as people and programs write them. */
const numberText = fc.oneof(
  fc.integer({ min: -1_000_000, max: 1_000_000 }).map(String),
  fc.double({ min: -1e6, max: 1e6, noNaN: true }).map(String),
  fc.double({ min: -1e30, max: 1e30, noNaN: true }).map((value) => value.toExponential()),
  fc.tuple(fc.constantFrom('', '+', '-'), fc.nat(999), fc.nat(999)).map(([sign, a, b]) => `${sign}${a}.${b}`),
  fc.constantFrom('.5', '-.25', '+7', '5.', '1E+2', '2e-3', '0', '-0', '007', '1e5'),
);

const dialects: fc.Arbitrary<Dialect> = fc
  .record({
    delimiter: fc.constantFrom<Dialect['delimiter'][]>(',', ';', '\t', '|', ' '),
    decimal: fc.constantFrom<Dialect['decimal'][]>('.', ','),
    header: fc.boolean(),
    missing: fc.subarray<string | number>(['-', 'n/a', 'missing', -9999, -200, 99.5]),
    hasSeparatorLine: fc.boolean(),
    hasByteOrderMark: fc.boolean(),
  })
  .map((dialect) => ({ ...dialect, hasSeparatorLine: dialect.hasSeparatorLine && dialect.delimiter !== ' ' }));

/** Words with everything that a delimiter, a quote or a line end can break. */
const word = fc
  .array(fc.constantFrom('a', 'Z', 'é', '"', ',', ';', '|', '\t', ' ', '\n', '\r\n', "'", '0', '.', '\u{1F600}'), {
    minLength: 1,
    maxLength: 6,
  })
  .map((parts) => `w${parts.join('')}`);

/** A table of numbers, missing values and words in any dialect, with line ends and quotes mixed. */
export const tables: fc.Arbitrary<GeneratedTable> = dialects.chain((dialect) =>
  fc
    .record({
      kinds: fc.array(fc.constantFrom('number', 'word'), { minLength: 1, maxLength: 5 }),
      rows: fc.integer({ min: 1, max: 12 }),
      seed: fc.infiniteStream(fc.nat(1_000_000)),
      numbers: fc.infiniteStream(numberText),
      words: fc.infiniteStream(word),
      ending: fc.constantFrom('', 'lineEnd', 'blankLines', 'emptyRows'),
    })
    .map((parts) => write(dialect, parts)),
);

interface Parts {
  readonly kinds: readonly string[];
  readonly rows: number;
  readonly seed: Iterator<number>;
  readonly numbers: Iterator<string>;
  readonly words: Iterator<string>;
  readonly ending: string;
}

function write(dialect: Dialect, { kinds, rows, seed, numbers, words, ending }: Parts): GeneratedTable {
  const next = (count: number): number => Number(seed.next().value) % count;
  const types = kinds.includes('number') ? kinds : ['number', ...kinds];
  const names = types.map((type, index) => `${type === 'number' ? 'n' : String(words.next().value).trim()}${index}`);
  const cellOf = (type: string): GeneratedCell => {
    if (type === 'word') return { text: String(words.next().value), value: undefined };
    if (next(5) === 0) return missingCell(dialect, types.length, next);
    const written = String(numbers.next().value);
    const value = Number(written);
    const isMissing = dialect.missing.includes(value);
    return { text: written.replace('.', dialect.decimal), value: isMissing ? NaN : value };
  };
  const table = Array.from({ length: rows }, () => types.map(cellOf));
  const bodies = [...(dialect.header ? [names] : []), ...table.map((row) => row.map(({ text }) => text))];
  let text = dialect.hasSeparatorLine ? `sep=${dialect.delimiter}${lineEnds[next(4)] ?? ''}` : '';
  const lines: number[] = [];
  for (const [index, row] of bodies.entries()) {
    lines.push(linesIn(text));
    const isLast = index === bodies.length - 1;
    text += row.reduce((line, cell, column) => {
      const written = quoted(cell, dialect, next);
      return column === 0 ? written : line + separation(dialect, written, next) + written;
    }, '');
    text += isLast && ending === '' ? '' : (lineEnds[next(4)] ?? '\n');
  }
  if (ending === 'blankLines') text += '\n\r\n\n';
  if (ending === 'emptyRows' && types.length > 1 && dialect.delimiter !== ' ') {
    text += `${dialect.delimiter.repeat(types.length - 1)}\r\n`.repeat(1 + next(3));
  }
  // Rows of empty cells at the end are left out.
  const isEmpty = (row: readonly GeneratedCell[]): boolean => row.every((cell) => cell.text.trim() === '');
  const used = table.slice(0, table.findLastIndex((row) => !isEmpty(row)) + 1);
  return {
    dialect,
    text: (dialect.hasByteOrderMark ? '\uFEFF' : '') + text,
    lines: lines.slice(dialect.header ? 1 : 0, (dialect.header ? 1 : 0) + used.length),
    columns: types.flatMap((type, index) => {
      if (type !== 'number') return [];
      const values = used.map((row) => row[index]?.value ?? NaN);
      return [{ name: dialect.header ? (names[index] ?? '') : String(index + 1), values }];
    }),
  };
}

function missingCell({ missing, delimiter }: Dialect, width: number, next: (count: number) => number): GeneratedCell {
  // An empty cell is no cell between blanks, and a blank line in a table of one column.
  const texts = [...knownMissing, ...missing.filter((one) => typeof one === 'string')];
  const choices = delimiter === ' ' || width === 1 ? texts : ['', ...texts];
  return { text: choices[next(choices.length)] ?? 'NA', value: NaN };
}

/** The delimiter before a cell: blanks in any number, others with a blank after them at times, but not before a quote. */
function separation({ delimiter }: Dialect, cell: string, next: (count: number) => number): string {
  if (delimiter === ' ') return ' '.repeat(1 + next(3));
  return next(8) === 0 && !cell.startsWith('"') ? `${delimiter} ` : delimiter;
}

function quoted(cell: string, { delimiter }: Dialect, next: (count: number) => number): string {
  const isNeeded = cell.startsWith('"') || /[\r\n]/.test(cell) || cell.includes(delimiter);
  return isNeeded || next(6) === 0 ? `"${cell.replaceAll('"', '""')}"` : cell;
}

/** The line that a text which goes on there is on, as VS Code counts lines: CR CR LF ends two. */
function linesIn(text: string): number {
  return text.split(/\r\n|\r|\n/).length;
}
