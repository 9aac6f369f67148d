import type { TableScaling } from '../../data/table/normalization';
import type { CsvData } from '../../experiment/schema/schema';
import {
  maxPredictionPoints,
  type PointRange,
  type Predictions,
  type PredictionsRequest,
} from '../../protocol/predictions';
import type { HeldOutPredictions } from './heldOutEvaluation';
import { predictionErrors } from './predictionErrors';

/**
 * A range of the held-out rows as points of a picture; consecutive rows are merged where there are too many.
 *
 * @param data names the target columns and the time column
 * @param scaling of the table
 * @throws RangeError when there is no such column
 */
export function predictionPoints(
  predictions: HeldOutPredictions,
  { update, column, from: requestedFrom, to: requestedTo }: PredictionsRequest,
  data: Pick<CsvData, 'targets' | 'time'>,
  scaling: TableScaling | undefined,
): Predictions {
  const { table, predicted, persistence, isEarly, lead, horizon, warmUp, kind } = predictions;
  const [truth, own, earlier] = [table.targets[column], predicted[column], persistence[column]];
  if (truth === undefined || own === undefined || earlier === undefined) {
    throw new RangeError(`Target ${column} doesn't exist; the last one is ${table.targets.length - 1}.`);
  }
  const rows = table.lines.length;
  const from = Math.min(requestedFrom, rows - 1);
  const to = Math.max(from + 1, Math.min(rows, requestedTo ?? rows));
  const rowsPerPoint = Math.ceil((to - from) / maxPredictionPoints);
  const points = Math.ceil((to - from) / rowsPerPoint);
  const spans = Array.from({ length: points }, (_, point): Span => {
    const first = from + point * rowsPerPoint;
    return [first, Math.min(to, first + rowsPerPoint)];
  });
  const merge = kind === 'classes' ? mostFrequent : lowestAndHighest;
  const range = (values: Float64Array): PointRange => {
    const merged = spans.map((span) => merge(values, span));
    return { least: Float64Array.from(merged, ([low]) => low), most: Float64Array.from(merged, ([, high]) => high) };
  };
  const count = (isCounted: (row: number) => boolean): Int32Array =>
    Int32Array.from(spans, ([first, end]) => {
      let counted = 0;
      for (let row = first; row < end; row++) if (isCounted(row)) counted += 1;
      return counted;
    });
  const early = count((row) => isEarly[row] === 1);
  return {
    kind: 'predictions',
    ...{
      update,
      column,
      names: data.targets,
      timeName: data.time,
      rows,
      lead,
      horizon,
      warmUp,
      from,
      to,
      rowsPerPoint,
    },
    errors: predictionErrors(predictions, column, scaling),
    lines: Int32Array.from(spans, ([first]) => table.lines[first] ?? 0),
    times: table.times && spans.map(([first]) => table.times?.[first] ?? ''),
    truth: range(truth),
    predicted: range(own),
    persistence: range(earlier),
    counts: count((row) => !Number.isNaN((truth[row] ?? NaN) - (own[row] ?? NaN))),
    correct: count((row) => truth[row] === own[row]),
    isEarly: Uint8Array.from(spans, ([first, end], point) => (early[point] === end - first ? 1 : 0)),
    sequenceCount: table.sequences.length,
    sequences: sequencesIn(table.sequences, from, to),
  };
}

/** The first row of a point, and the row after its last one. */
type Span = readonly [number, number];

function lowestAndHighest(values: Float64Array, [from, to]: Span): readonly [number, number] {
  let [least, most] = [Infinity, -Infinity];
  for (let row = from; row < to; row++) {
    const value = values[row] ?? NaN;
    // Comparisons with NaN, a missing value, are false.
    if (value < least) least = value;
    if (value > most) most = value;
  }
  return least <= most ? [least, most] : [NaN, NaN];
}

/** The most frequent class of some rows, the first one where several are. */
function mostFrequent(values: Float64Array, [from, to]: Span): readonly [number, number] {
  const counts = new Map<number, number>();
  for (const value of values.subarray(from, to)) {
    if (!Number.isNaN(value)) counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  let [found, most] = [NaN, 0];
  for (const [value, count] of counts) if (count > most) [found, most] = [value, count];
  return [found, found];
}

/** The sequences of some rows: the one that the first row belongs to, and those that begin after it. */
function sequencesIn(
  all: HeldOutPredictions['table']['sequences'],
  from: number,
  to: number,
): Predictions['sequences'] {
  const before = all.findLastIndex(({ place }) => place <= from);
  return all
    .slice(Math.max(0, before))
    .filter(({ place }) => place < to)
    .slice(0, maxPredictionPoints)
    .map(({ place, name }) => ({ row: place, name }));
}
