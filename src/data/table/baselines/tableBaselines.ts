import type { CsvData, ResolvedExperiment } from '../../../experiment/schema/schema';
import { entropy, reportedLoss, type LossPattern } from '../../lossPattern';
import { formatPercentage } from '../../../text/numbers';
import { LastKnown } from './lastKnown';
import { evidentPeriods } from './seasonality';
import type { Baseline } from '../../sourceContract';
import type { TableRows, TableWindows } from '../tableWindows';

/** The losses of a table that are known without training; see the source of each. */
export function tableBaselines(
  experiment: ResolvedExperiment,
  data: CsvData,
  windows: TableWindows,
  classes: number | undefined,
): readonly Baseline[] {
  const pattern = targetPattern(windows);
  const outputs = classes ?? data.targets.length;
  /** @param loss mean loss of a target, summed over the outputs */
  const baseline: MakeBaseline = (answer, name, source, loss, heldOut = false) => ({
    answer,
    name,
    source,
    heldOut,
    value: reportedLoss({ ...pattern, loss: pattern.targets.map((share) => share * loss) }, experiment, outputs),
  });
  return classes === undefined
    ? numberBaselines(data, windows, baseline)
    : classBaselines(data, windows, classes, baseline);
}

type MakeBaseline = (
  answer: NonNullable<Baseline['answer']>,
  name: string,
  source: string,
  loss: number,
  heldOut?: boolean,
) => Baseline;

/** How often each step has a target, over some of the windows: most tables have one at every step of each. */
function targetPattern(windows: TableWindows): LossPattern {
  const targets = new Float64Array(windows.steps);
  const counted = Math.min(windows.count, 1000);
  for (let index = 0; index < counted; index++) {
    const { steps, firstTarget } = windows.training(Math.floor((index * windows.count) / counted));
    for (let t = firstTarget; t < steps; t++) targets[t] = (targets[t] ?? 0) + 1 / counted;
  }
  return { sequences: 1, loss: targets, targets };
}

function numberBaselines(data: CsvData, windows: TableWindows, baseline: MakeBaseline): readonly Baseline[] {
  const parts = { training: windows.trainingTargets(), heldOut: windows.heldOutTargets() };
  return [...meanBaselines(windows, parts, baseline), ...persistenceBaselines(data, windows, parts, baseline)];
}

/** The rows that are targets, in ascending order. */
interface TargetRows {
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
}

const heldOutRows = 'measured on the held-out rows';
const trainingPart = 'measured on the training part';

function meanBaselines(
  windows: TableWindows,
  { training, heldOut }: TargetRows,
  baseline: MakeBaseline,
): readonly Baseline[] {
  const means = constantAnswers(windows, undefined, training);
  const lossOn = (rows: Int32Array): number =>
    windows.table.targets.reduce((total, column, index) => total + varianceOf(column, rows, means[index]), 0);
  const baselines = [baseline('constant', 'mean', 'the mean of the training part, measured on it', lossOn(training))];
  if (heldOut.length > 0) {
    const source = `the mean of the training part, ${heldOutRows}`;
    baselines.push(baseline('constant', 'mean, held out', source, lossOn(heldOut), true));
  }
  return baselines;
}

/** The mean over some rows of the squared difference from a mean, by default their own. */
function varianceOf(
  column: Float64Array,
  rows: Int32Array,
  mean = meanOver(rows, (row) => column[row] ?? NaN),
): number {
  return meanOver(rows, (row) => ((column[row] ?? NaN) - mean) ** 2);
}

/** Persistence, and seasonal persistence where the training part has an evident period. */
function persistenceBaselines(
  { horizon }: CsvData,
  windows: TableWindows,
  { training, heldOut }: TargetRows,
  baseline: MakeBaseline,
): readonly Baseline[] {
  if (horizon === 0) return [];
  const { table } = windows;
  const means = constantAnswers(windows, undefined, training);
  const baselines: Baseline[] = [];
  const add = (answer: 'persistence' | 'seasonal', name: string, definition: string, lags: Lags): void => {
    const loss = persistenceLoss(table, lags, training);
    baselines.push(baseline(answer, name, `${definition}, ${trainingPart}`, loss));
    if (heldOut.length === 0) return;
    const heldOutLoss = persistenceLoss(table, { ...lags, answersAll: { horizon, means } }, heldOut);
    const rest = answer === 'seasonal' && table.starts.length > 2 ? ', or persistence at the start of a sequence' : '';
    baselines.push(baseline(answer, `${name}, held out`, `${definition}${rest}, ${heldOutRows}`, heldOutLoss, true));
  };
  const hasGaps = table.targets.some((column) => column.some(Number.isNaN));
  const gaps = hasGaps ? '; for a missing value the last known one before it' : '';
  add('persistence', 'persistence', `row t+${horizon} is row t${gaps}`, { lag: horizon });
  const season = seasonOf(windows, training);
  if (season !== undefined) {
    const { period, lag } = season;
    const back = lag > horizon ? `t−${lag - horizon}` : 't';
    const definition =
      `row t+${horizon} is row ${back}, the last known one of the same phase (seasonal naive method); the period of ` +
      `${period} rows is the highest autocorrelation of the training part`;
    add('seasonal', `seasonal persistence (${period})`, definition, season);
  }
  return baselines;
}

/** How far back the answer of a kind of persistence lies. */
interface Lags {
  /** Rows from the answer to the row that it predicts. */
  readonly lag: number;
  /** Rows after which a phase comes again. */
  readonly period?: number;
  /**
   * Answers also where the sequence has no such row: the last known row at the horizon and, before the first value, the
   * mean. The loss is then one over the same rows as that of a net.
   */
  readonly answersAll?: { readonly horizon: number; readonly means: readonly number[] };
}

/** Most target columns whose period is looked for. */
const maxSeasonalColumns = 8;

/**
 * The period of the targets, and the lag of the last known row of the same phase: of the evident periods the one with the
 * lowest loss on the training part. Undefined without one that is better there than the mean of the targets, and where it
 * gives the same as persistence.
 */
function seasonOf(
  { table, rules: { horizon } }: TableWindows,
  training: Int32Array,
): { readonly period: number; readonly lag: number } | undefined {
  const [from, to] = longestTrainingSequence(table);
  const meanLoss = table.targets.reduce((total, column) => total + varianceOf(column, training), 0);
  const periods = table.targets
    .slice(0, maxSeasonalColumns)
    .flatMap((column) => evidentPeriods(column.subarray(from, to)).map(({ rows }) => rows));
  const candidates = [...new Set(periods)].map((period) => {
    const lag = period * Math.ceil(horizon / period);
    return { period, lag, loss: persistenceLoss(table, { period, lag }, training) };
  });
  const isUseful = ({ lag, loss }: (typeof candidates)[number]): boolean => lag !== horizon && loss < meanLoss;
  return candidates.filter(isUseful).toSorted((one, other) => one.loss - other.loss)[0];
}

/** The first row of the longest sequence of the training part, and the row after its last one. */
function longestTrainingSequence({ starts, training, trainingSequences }: TableRows): readonly [number, number] {
  let longest: readonly [number, number] = [0, 0];
  for (let sequence = 0; sequence < trainingSequences; sequence++) {
    const [from = 0, to = 0] = starts.subarray(sequence, sequence + 2);
    const end = Math.min(to, training);
    if (end - from > longest[1] - longest[0]) longest = [from, end];
  }
  return longest;
}

/** The held-out loss of persistence for each target of numbers: the mean squared difference of the rescaled columns. */
export function heldOutPersistence(windows: TableWindows): readonly number[] {
  const { table, rules } = windows;
  const means = constantAnswers(windows, undefined, windows.trainingTargets());
  const lags = { lag: rules.horizon, answersAll: { horizon: rules.horizon, means } };
  return persistenceLosses(table, lags, windows.heldOutTargets());
}

function persistenceLoss(table: TableRows, lags: Lags, rows: Int32Array): number {
  return persistenceLosses(table, lags, rows).reduce((total, loss) => total + loss, 0);
}

/** The mean squared difference between rows and the answers of a kind of persistence, for each target. */
function persistenceLosses(
  { targets, starts }: TableRows,
  { lag, period, answersAll }: Lags,
  rows: Int32Array,
): readonly number[] {
  return targets.map((column, target) => {
    const known = new LastKnown(column, starts, period);
    const latest = answersAll && new LastKnown(column, starts);
    const answer = (row: number): number => {
      const own = known.before(row, lag);
      if (answersAll === undefined || latest === undefined || !Number.isNaN(own)) return own;
      const last = latest.before(row, answersAll.horizon);
      return Number.isNaN(last) ? (answersAll.means[target] ?? NaN) : last;
    };
    return meanOver(rows, (row) => ((column[row] ?? NaN) - answer(row)) ** 2);
  });
}

/** The mean of a measure over some rows, without missing values: no copy of the rows is made. */
function meanOver(rows: Int32Array, measure: (row: number) => number): number {
  let [sum, count] = [0, 0];
  for (const row of rows) {
    const value = measure(row);
    if (Number.isNaN(value)) continue;
    sum += value;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}

function classBaselines(
  { horizon }: CsvData,
  windows: TableWindows,
  classes: number,
  baseline: MakeBaseline,
): readonly Baseline[] {
  const frequencies = frequencyBaselines(windows, classes, baseline);
  const persistence = horizon === 0 || classes === 1 ? [] : classPersistence(horizon, windows, classes, baseline);
  const isUseful = (persistence[0]?.value ?? Infinity) < (frequencies[0]?.value ?? 0);
  return isUseful ? [...frequencies, ...persistence] : frequencies;
}

/** Per target, the mean of the rows that are training targets or, of a class column, their most frequent class. */
export function constantAnswers(
  { table }: TableWindows,
  classes: number | undefined,
  rows: Int32Array,
): readonly number[] {
  return table.targets.map((column) => {
    if (classes === undefined) return meanOver(rows, (row) => column[row] ?? NaN);
    const counts = new Int32Array(classes);
    for (const row of rows) counts[column[row] ?? 0] = (counts[column[row] ?? 0] ?? 0) + 1;
    return counts.indexOf(Math.max(...counts));
  });
}

function frequencyBaselines(windows: TableWindows, classes: number, baseline: MakeBaseline): readonly Baseline[] {
  const [column = new Float64Array()] = windows.table.targets;
  const frequencies = new Float64Array(classes);
  const training = windows.trainingTargets();
  for (const row of training) {
    const index = column[row] ?? 0;
    frequencies[index] = (frequencies[index] ?? 0) + 1 / training.length;
  }
  const baselines = [
    baseline(
      'constant',
      'class frequencies',
      'the frequency of each class in the training part, measured on it',
      entropy(frequencies),
    ),
  ];
  const heldOut = windows.heldOutTargets();
  if (heldOut.length > 0) {
    // A class that the training part does not have counts as one row: its loss would be infinite.
    const least = 1 / training.length;
    const loss = meanOver(heldOut, (row) => -Math.log(Math.max(least, frequencies[column[row] ?? 0] ?? 0)));
    const source = `the frequency of each class in the training part, at least one row, ${heldOutRows}`;
    baselines.push(baseline('constant', 'class frequencies, held out', source, loss, true));
  }
  return baselines;
}

/**
 * Persistence of a class column as probabilities: the class of the last known row has the probability with which it comes
 * again in the training part, and the other classes share the rest equally.
 */
function classPersistence(
  horizon: number,
  windows: TableWindows,
  classes: number,
  baseline: MakeBaseline,
): readonly Baseline[] {
  const trainingRows = windows.trainingTargets();
  const training = repetitionsIn(windows.table, horizon, trainingRows);
  const share = training.repeated / training.count;
  // Other classes would be more likely than the last one; NaN without rows.
  if (!(share > 1 / classes)) return [];
  const definition =
    `row t+${horizon} has the class of row t with a probability of ${formatPercentage(share)}, as often as in the ` +
    'training part, and each other class is equally likely';
  const others = Math.log(classes - 1);
  const lossOnTraining = entropy([share, 1 - share]) + (1 - share) * others;
  const baselines = [baseline('persistence', 'persistence', `${definition}, ${trainingPart}`, lossOnTraining)];
  const [first] = constantAnswers(windows, classes, trainingRows);
  const heldOut = repetitionsIn(windows.table, horizon, windows.heldOutTargets(), first);
  if (heldOut.count === 0) return baselines;
  // What the training part does not have counts as one row: its loss would be infinite.
  const least = 1 / training.count;
  const again = heldOut.repeated / heldOut.count;
  const loss =
    -again * Math.log(Math.max(least, share)) - (1 - again) * (Math.log(Math.max(least, 1 - share)) - others);
  return [...baselines, baseline('persistence', 'persistence, held out', `${definition}, ${heldOutRows}`, loss, true)];
}

/**
 * Of some rows in ascending order, how many have the last known class before them in their sequence, `lag` rows before or
 * earlier.
 *
 * @param first class before the first known one; without it, such rows do not count
 */
function repetitionsIn(
  { targets: [column = new Float64Array()], starts }: TableRows,
  lag: number,
  rows: Int32Array,
  first = NaN,
): { readonly count: number; readonly repeated: number } {
  const known = new LastKnown(column, starts);
  let [count, repeated] = [0, 0];
  for (const row of rows) {
    const last = known.before(row, lag);
    const difference = (column[row] ?? NaN) - (Number.isNaN(last) ? first : last);
    if (Number.isNaN(difference)) continue;
    count += 1;
    if (difference === 0) repeated += 1;
  }
  return { count, repeated };
}
