import type { CsvData, ResolvedExperiment } from '../experiment/schema';
import { entropy, reportedLoss, type LossPattern } from './lossPattern';
import { meanOf } from './normalization';
import type { Baseline } from './sourceContract';
import type { TableRows, TableWindows } from './tableWindows';

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
  return classes === undefined ? numberBaselines(data, windows, baseline) : classBaselines(windows, classes, baseline);
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

function numberBaselines({ horizon }: CsvData, windows: TableWindows, baseline: MakeBaseline): readonly Baseline[] {
  const { targets } = windows.table;
  const training = trainingTargets(windows);
  const variance = targets.reduce((total, column) => {
    const values = Float64Array.from(training, (row) => column[row] ?? NaN);
    const mean = meanOf(values);
    return total + meanOf(values, (value) => (value - mean) ** 2);
  }, 0);
  const baselines = [baseline('constant', 'mean', 'the mean of the training part, measured on it', variance)];
  if (horizon === 0) return baselines;
  const definition = `row t+${horizon} is row t`;
  const ofTraining = persistenceLoss(targets, horizon, training.filter(hasEarlierRow(windows.table, horizon)));
  baselines.push(baseline('persistence', 'persistence', `${definition}, measured on the training part`, ofTraining));
  const heldOut = heldOutTargets(windows);
  if (heldOut.length > 0) {
    const loss = persistenceLoss(targets, horizon, heldOut);
    baselines.push(
      baseline('persistence', 'persistence, held out', `${definition}, measured on the held-out rows`, loss, true),
    );
  }
  return baselines;
}

/** The mean squared difference between rows and the row `horizon` before each, summed over the targets. */
function persistenceLoss(targets: readonly Float64Array[], horizon: number, rows: Int32Array): number {
  return targets.reduce((total, column) => {
    const late = Float64Array.from(rows, (row) => column[row] ?? NaN);
    return total + meanOf(late, (value, index) => (value - (column[(rows[index] ?? 0) - horizon] ?? NaN)) ** 2);
  }, 0);
}

function classBaselines(windows: TableWindows, classes: number, baseline: MakeBaseline): readonly Baseline[] {
  const [column = new Float64Array()] = windows.table.targets;
  const frequencies = new Float64Array(classes);
  const training = trainingTargets(windows).filter((row) => !Number.isNaN(column[row]));
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
  const heldOut = Float64Array.from(heldOutTargets(windows), (row) => column[row] ?? NaN);
  if (heldOut.length > 0) {
    const loss = meanOf(heldOut, (index) => (Number.isNaN(index) ? NaN : -Math.log(frequencies[index] ?? 0)));
    const source = 'the frequency of each class in the training part, measured on the held-out rows';
    baselines.push(baseline('constant', 'class frequencies, held out', source, loss, true));
  }
  return baselines;
}

/** The training rows that are targets: all of them, or the last one of each sequence that is used whole. */
function trainingTargets({ table, rules }: TableWindows): Int32Array {
  if (rules.length !== undefined) return Int32Array.from({ length: table.training }, (_, row) => row);
  return table.starts.subarray(1, table.trainingSequences + 1).map((end) => end - 1);
}

function hasEarlierRow({ starts }: TableRows, horizon: number): (row: number) => boolean {
  let sequence = 0;
  // Rows come in ascending order.
  return (row) => {
    while (row >= (starts[sequence + 1] ?? Infinity)) sequence += 1;
    return row - horizon >= (starts[sequence] ?? 0);
  };
}

function heldOutTargets(windows: TableWindows): Int32Array {
  const rows: number[] = [];
  for (const { start, steps, firstTarget } of windows.heldOut()) {
    for (let t = firstTarget; t < steps; t++) rows.push(start + t + windows.rules.horizon);
  }
  return Int32Array.from(rows);
}
