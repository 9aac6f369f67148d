import type { CsvData } from '../../experiment/schema/schema';
import { csvNumber, csvText } from '../../text/csv';
import type { HeldOutPredictions } from './heldOutEvaluation';

/** What the header of the CSV file takes from the experiment and its table. */
export interface PredictionColumns {
  readonly data: Pick<CsvData, 'targets' | 'time' | 'sequence'>;
  /** The names of the classes; undefined for numbers. */
  readonly classNames: readonly string[] | undefined;
}

/**
 * The first line of the CSV file: the row, the time and sequence columns where the table has them, and for each target the
 * true value, the prediction and, where it is defined, persistence. A name that is there already gets a number.
 */
export function predictionHeader({ data }: PredictionColumns, { horizon }: HeldOutPredictions): string {
  const { targets, time, sequence } = data;
  const names = [
    'row',
    ...(time === undefined ? [] : [time]),
    ...(sequence === undefined ? [] : [sequence]),
    ...targets.flatMap((name) => [name, `${name} predicted`, ...(horizon === 0 ? [] : [`${name} persistence`])]),
  ];
  return `${uniqueNames(names).map(csvText).join(',')}\n`;
}

/** Names of columns, each once: readers go by the name, and a target may be called "row" or "y predicted". */
function uniqueNames(names: readonly string[]): readonly string[] {
  const used = new Set<string>();
  return names.map((name) => {
    let unique = name;
    for (let n = 2; used.has(unique); n++) unique = `${name} (${n})`;
    used.add(unique);
    return unique;
  });
}

/**
 * The lines of some held-out rows, without the lead-in.
 *
 * @param from first held-out row, from 0
 * @param to the row after the last one
 */
export function predictionLines(
  { data, classNames }: PredictionColumns,
  predictions: HeldOutPredictions,
  from: number,
  to: number,
): string {
  const { table, lead, predicted, persistence, horizon } = predictions;
  const write = (value: number): string =>
    classNames === undefined ? csvNumber(value) : csvText(classNames[value] ?? '');
  const lines: string[] = [];
  let sequence = table.sequences.findLastIndex(({ place }) => place <= lead + from);
  for (let row = lead + from; row < lead + to; row++) {
    while (row >= (table.sequences[sequence + 1]?.place ?? Infinity)) sequence += 1;
    const cells = [
      csvNumber(table.lines[row] ?? NaN),
      ...(data.time === undefined ? [] : [csvText(table.times?.[row] ?? '')]),
      ...(data.sequence === undefined ? [] : [csvText(table.sequences[sequence]?.name ?? '')]),
      ...table.targets.flatMap((truth, column) => [
        write(truth[row] ?? NaN),
        write(predicted[column]?.[row] ?? NaN),
        ...(horizon === 0 ? [] : [write(persistence[column]?.[row] ?? NaN)]),
      ]),
    ];
    lines.push(`${cells.join(',')}\n`);
  }
  return lines.join('');
}

/** Number of held-out rows. */
export function heldOutRows({ table, lead }: HeldOutPredictions): number {
  return table.lines.length - lead;
}
