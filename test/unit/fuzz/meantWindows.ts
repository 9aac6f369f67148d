import { classOrder, type ArrangedTableCase } from './arrangedTables';

/** A row as the net gets it; the numbers of a row that is missing are NaN. */
interface UsedRow {
  /** Its place in the file, from 0. */
  readonly fileRow: number;
  readonly inputs: readonly number[];
  readonly targets: readonly number[];
}

/** A window as it was meant: inputs, and targets that are undefined where there is no loss. */
export interface MeantWindow {
  readonly inputs: readonly (readonly number[])[];
  readonly targets: readonly (readonly number[] | undefined)[];
}

/** What a generated table means, by the definitions of its keys. */
export interface MeantTable {
  /** Each training sequence; the first part of a table of one sequence. */
  readonly training: readonly (readonly UsedRow[])[];
  readonly windows: readonly MeantWindow[];
  /** Every row of the file as it is used. */
  readonly rows: ReadonlyMap<number, UsedRow>;
  /** The rows of the file that must be predicted, held out, each once. */
  readonly heldOut: readonly number[];
  /** Whether the table has to be refused. */
  readonly isRefused: boolean;
}

type Sequence = readonly UsedRow[];

/** Computes, row by row and without the code under test, what a generated table means. */
export function meantTable({ keys, rows }: ArrangedTableCase): MeantTable {
  const { gaps, horizon, length, targetAt, validation, hasSequence } = keys;
  const isClass = keys.target === 'words' || keys.target === 'integers';
  const classes = classOrder(
    keys.target,
    isClass ? rows.flatMap(({ target }) => (Number.isNaN(target) ? [] : target)) : [],
  );
  const used = rows.map(({ sequence, time, inputs, target }, fileRow) => {
    const own = isClass ? (Number.isNaN(target) ? NaN : classes.indexOf(target)) : target;
    return { fileRow, sequence, time, inputs, targets: keys.target === 'inputs' ? inputs : [own] };
  });
  const names = [...new Set(used.map(({ sequence }) => sequence))];
  const ordered = names.map((name) =>
    used.filter(({ sequence }) => sequence === name).toSorted((a, b) => (keys.hasTime ? a.time - b.time : 0)),
  );
  const isHeldOut = (index: number): boolean => Math.floor((index + 1) * validation) > Math.floor(index * validation);
  const end = hasSequence ? NaN : rows.length - Math.floor(rows.length * validation);
  const ofTraining = hasSequence
    ? ordered.filter((_, index) => !isHeldOut(index))
    : ordered.map((sequence) => sequence.slice(0, end));
  const raw = ofTraining.flat();
  const isEmpty = (values: (row: UsedRow) => readonly number[]): boolean =>
    (raw[0] === undefined ? [] : values(raw[0])).some((_, index) =>
      raw.every((row) => Number.isNaN(values(row)[index])),
    );
  const filled = ordered.map((sequence) => treated(sequence, keys, raw));
  const training = hasSequence
    ? filled.filter((_, index) => !isHeldOut(index))
    : filled.map((sequence) => sequence.slice(0, end));
  const skips = gaps === 'skip';
  const windows = training.flatMap((sequence) => windowsOf(sequence, length, horizon, targetAt, skips));
  const heldOutSequences = hasSequence ? filled.filter((_, index) => isHeldOut(index)) : filled;
  const allHeldOut = heldOutSequences.flatMap((sequence) => sequence.slice(hasSequence ? 0 : end));
  const missing = used.some(({ inputs, targets }) => [...inputs, ...targets].some(Number.isNaN));
  const unfilled = gaps === 'interpolate' && filled.flat().some(({ inputs }) => inputs.some(Number.isNaN));
  return {
    training,
    windows,
    rows: new Map(filled.flat().map((row) => [row.fileRow, row])),
    heldOut: heldOutSequences.flatMap((sequence) => predictedRows(sequence, hasSequence ? 0 : end, keys)),
    isRefused:
      (gaps === 'refuse' && missing) ||
      (!hasSequence && raw.length < (length ?? 1) + horizon) ||
      (validation > 0 && allHeldOut.length === 0) ||
      isEmpty(({ inputs }) => inputs) ||
      isEmpty(({ targets }) => targets) ||
      (isClass && classes.length < 2) ||
      unfilled ||
      windows.length === 0,
  };
}

/** The rows of a sequence after its gaps have been treated; an indicator of each input follows the inputs if they are masked. */
function treated(sequence: Sequence, { gaps }: ArrangedTableCase['keys'], training: Sequence): readonly UsedRow[] {
  if (gaps === 'refuse' || gaps === 'skip') return sequence;
  const column = (values: (row: UsedRow) => readonly number[], index: number): readonly number[] =>
    sequence.map((row) => values(row)[index] ?? NaN);
  const columns = (values: (row: UsedRow) => readonly number[]): readonly (readonly number[])[] =>
    (sequence[0] === undefined ? [] : values(sequence[0])).map((_, index) => column(values, index));
  const inputs = columns((row) => row.inputs);
  if (gaps === 'interpolate') {
    const straight = inputs.map(interpolated);
    return sequence.map(({ fileRow, targets }, at) => ({
      fileRow,
      inputs: straight.map((values) => values[at] ?? NaN),
      targets,
    }));
  }
  const kept = inputs.map((values, index) => {
    const known = training.map((row) => row.inputs[index] ?? NaN).filter((value) => !Number.isNaN(value));
    const mean = known.reduce((sum, value) => sum + value, 0) / known.length;
    return values.map((_, at) => values.slice(0, at + 1).findLast((value) => !Number.isNaN(value)) ?? mean);
  });
  return sequence.map(({ fileRow, targets: own }, at) => ({
    fileRow,
    inputs: [...kept.map((values) => values[at] ?? NaN), ...inputs.map((values) => (Number.isNaN(values[at]) ? 1 : 0))],
    targets: own,
  }));
}

/** A straight line over each gap, at the ends the nearest value; as `interpolate(limit_direction='both')` of pandas. */
function interpolated(values: readonly number[]): readonly number[] {
  const known = values.flatMap((value, at) => (Number.isNaN(value) ? [] : [at]));
  return values.map((value, at) => {
    if (!Number.isNaN(value)) return value;
    const before = known.findLast((one) => one < at) ?? known[0];
    const after = known.find((one) => one > at) ?? known.at(-1);
    if (before === undefined || after === undefined) return NaN;
    const [from, to] = [values[before] ?? NaN, values[after] ?? NaN];
    return before === after ? from : from + ((to - from) * (at - before)) / (after - before);
  });
}

const hasNumbers = (values: readonly number[]): boolean => !values.some(Number.isNaN);

function windowsOf(
  sequence: Sequence,
  length: number | undefined,
  horizon: number,
  targetAt: 'every' | 'last',
  skipsGaps: boolean,
): readonly MeantWindow[] {
  const most = sequence.length - horizon;
  if (most <= 0) return [];
  const steps = Math.min(length ?? most, most);
  const windows: MeantWindow[] = [];
  for (let start = 0; start + steps <= most; start++) {
    const isTarget = (t: number): boolean => targetAt === 'every' || t === steps - 1;
    const inputs = sequence.slice(start, start + steps).map((row) => row.inputs);
    const wanted = Array.from({ length: steps }, (_, t) =>
      isTarget(t) ? (sequence[start + t + horizon]?.targets ?? []) : undefined,
    );
    const targets = wanted.map((one) => (one !== undefined && hasNumbers(one) ? one : undefined));
    const hasGap = !inputs.every(hasNumbers) || wanted.some((one) => one !== undefined && !hasNumbers(one));
    if (targets.every((one) => one === undefined) || (skipsGaps && hasGap)) continue;
    windows.push({ inputs, targets });
  }
  return windows;
}

/** The rows of a held-out part that are predicted, where no window is skipped. */
function predictedRows(
  sequence: Sequence,
  first: number,
  { horizon, length, hasSequence }: ArrangedTableCase['keys'],
): readonly number[] {
  const start = hasSequence ? horizon : first;
  const rows = length === undefined ? sequence.slice(Math.max(horizon, sequence.length - 1)) : sequence.slice(start);
  return rows.filter(({ targets }) => hasNumbers(targets)).map(({ fileRow }) => fileRow);
}
