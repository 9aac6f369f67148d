import fc from 'fast-check';

/** A row of a generated table: what was meant, not how it is written. */
interface MeantRow {
  /** Index of its sequence; 0 in a table of one sequence. */
  readonly sequence: number;
  readonly time: number;
  /** NaN for a missing value. */
  readonly inputs: readonly number[];
  /** A number, or the index of a class by its name; NaN for a missing value. */
  readonly target: number;
}

/** How the rows of a generated table are used. */
export interface ArrangedKeys {
  readonly gaps: 'refuse' | 'skip' | 'mask' | 'interpolate';
  readonly targetAt: 'every' | 'last';
  readonly horizon: number;
  /** Undefined where whole sequences are used. */
  readonly length: number | undefined;
  readonly validation: 0 | 0.25 | 0.5;
  readonly hasSequence: boolean;
  readonly hasTime: boolean;
  /** `inputs`: the inputs are predicted. */
  readonly target: 'inputs' | 'number' | 'words' | 'integers';
}

/** A table in a file, its experiment's data, and its rows as they were meant, in the order of the file. */
export interface ArrangedTableCase {
  readonly keys: ArrangedKeys;
  readonly rows: readonly MeantRow[];
  readonly text: string;
  /** The data of the experiment. */
  readonly data: Readonly<Record<string, unknown>>;
}

const words = ['oak', 'ash', 'elm'] as const;
const integers = ['10', '9', '2'] as const;
const day = 86_400_000;

const keys: fc.Arbitrary<ArrangedKeys> = fc
  .record({
    gaps: fc.constantFrom<ArrangedKeys['gaps'][]>('refuse', 'skip', 'mask', 'interpolate'),
    targetAt: fc.constantFrom<ArrangedKeys['targetAt'][]>('every', 'last'),
    horizon: fc.integer({ min: 0, max: 2 }),
    length: fc.integer({ min: 1, max: 5 }),
    validation: fc.constantFrom<ArrangedKeys['validation'][]>(0, 0.25, 0.5),
    hasSequence: fc.boolean(),
    hasTime: fc.boolean(),
    target: fc.constantFrom<ArrangedKeys['target'][]>('inputs', 'number', 'words', 'integers'),
  })
  .map((all) => ({
    ...all,
    // The inputs of the same row would be their own targets.
    horizon: all.target === 'inputs' ? Math.max(1, all.horizon) : all.horizon,
    length: all.hasSequence && all.targetAt === 'last' ? undefined : all.length,
  }));

/** How a table is written. */
const dialects = fc.record({
  delimiter: fc.constantFrom(',', ';', '\t', '|'),
  decimal: fc.constantFrom('.', ','),
  header: fc.boolean(),
  lineEnd: fc.constantFrom('\n', '\r\n', '\r', '\r\r\n'),
  missing: fc.constantFrom<(string | number)[]>('', 'NA', 'none', -9999),
  times: fc.constantFrom<TimeNotation[]>('iso', 'dotted', 'number'),
});
type TimeNotation = 'iso' | 'dotted' | 'number';
type WrittenAs = typeof dialects extends fc.Arbitrary<infer One> ? One : never;

/** Tables of several sequences, with times, gaps and classes, in any order of their rows. */
export const arrangedTables: fc.Arbitrary<ArrangedTableCase> = fc
  .record({
    keys,
    dialect: dialects,
    inputs: fc.integer({ min: 1, max: 2 }),
    gapsIn: fc.constantFrom(0, 0, 4, 8),
    draws: fc.array(fc.nat(999_999), { minLength: 200, maxLength: 200 }),
    rows: fc.integer({ min: 2, max: 24 }),
    sequences: fc.integer({ min: 1, max: 5 }),
  })
  .map(({ keys: chosen, dialect, inputs, gapsIn, draws, rows: count, sequences }) => {
    let drawn = 0;
    const next = (below: number): number => (draws[drawn++ % draws.length] ?? 0) % below;
    const isMissing = (): boolean => gapsIn > 0 && next(gapsIn) === 0;
    const rows = Array.from({ length: count }, (_, row): MeantRow => {
      const values = Array.from({ length: inputs }, () => (isMissing() ? NaN : next(2000) / 4 - 250));
      const ofTarget = chosen.target === 'words' || chosen.target === 'integers' ? next(3) : next(2000) / 4;
      return {
        sequence: chosen.hasSequence ? next(sequences) : 0,
        time: chosen.hasTime ? next(40) : row,
        inputs: values,
        target: isMissing() ? NaN : ofTarget,
      };
    });
    return { keys: chosen, rows, ...written(chosen, dialect, rows) };
  });

function written(chosen: ArrangedKeys, dialect: WrittenAs, rows: readonly MeantRow[]) {
  const { delimiter, decimal, header, lineEnd, missing } = dialect;
  const inputs = (rows[0]?.inputs ?? []).map((_, index) => `x${index}`);
  // A name in every row: a row of empty cells at the end would be left out.
  const names = ['row', 'id', 'when', ...inputs, 'y'];
  const cellOf = (value: number, text = String(value).replace('.', decimal)): string =>
    Number.isNaN(value) ? String(missing) : text;
  const quoted = (cell: string): string => (cell.includes(delimiter) ? `"${cell}"` : cell);
  const className = (chosen.target === 'words' ? words : integers) as readonly string[];
  const isClass = chosen.target === 'words' || chosen.target === 'integers';
  const lines = rows.map((row, index) =>
    [
      `r${index}`,
      `s${row.sequence}`,
      timeText(row.time, dialect.times, decimal),
      ...row.inputs.map((value) => cellOf(value)),
      cellOf(row.target, isClass ? className[row.target] : undefined),
    ]
      .map(quoted)
      .join(delimiter),
  );
  const nameOf = (name: string): string => (header ? name : String(names.indexOf(name) + 1));
  const known = missing === '' || missing === 'NA';
  const data = {
    csv: 'a.csv',
    inputs: inputs.map(nameOf),
    ...(chosen.target === 'inputs' ? {} : { targets: [nameOf('y')] }),
    ...(chosen.target === 'integers' ? { classes: true } : chosen.target === 'number' ? { classes: false } : {}),
    ...(chosen.length === undefined ? {} : { length: chosen.length }),
    ...(chosen.hasSequence ? { sequence: nameOf('id') } : {}),
    ...(chosen.hasTime ? { time: nameOf('when') } : {}),
    ...{ horizon: chosen.horizon, targetAt: chosen.targetAt, gaps: chosen.gaps, validation: chosen.validation },
    ...{ delimiter, decimal, header, missing: known ? [] : [missing], normalize: 'none' },
  };
  return { text: [...(header ? [names.join(delimiter)] : []), ...lines, ''].join(lineEnd), data };
}

function timeText(time: number, notation: TimeNotation, decimal: string): string {
  const iso = new Date(Date.UTC(2004, 0, 20) + time * day).toISOString().slice(0, 10);
  switch (notation) {
    case 'iso':
      return iso;
    case 'dotted':
      return iso.split('-').reverse().join('.');
    case 'number':
      return String(time + 0.5).replace('.', decimal);
    default:
      return notation satisfies never;
  }
}

/** The indices of the classes in the order in which a net's outputs stand for them: texts by letters, integers by size. */
export function classOrder(target: ArrangedKeys['target'], used: readonly number[]): readonly number[] {
  const distinct = [...new Set(used)];
  if (target === 'integers') return distinct.sort((a, b) => Number(integers[a]) - Number(integers[b]));
  return distinct.sort((a, b) => ((words[a] ?? '') < (words[b] ?? '') ? -1 : 1));
}
