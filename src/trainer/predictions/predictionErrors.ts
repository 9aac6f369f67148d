import type { TableScaling } from '../../data/table/normalization';
import type { ColumnScaling, PredictionErrors } from '../../text/predictionErrors';
import type { HeldOutPredictions } from './heldOutEvaluation';

/**
 * The errors of a target column over the rows that count in the held-out loss: those that the net predicts and that have a
 * value of every target in the file. Persistence has an answer for each of them, so that the errors of both compare. NaN
 * without such rows.
 *
 * Definitions: the root of the mean squared error and the mean absolute error in the unit of the column; for classes the
 * share of correct predictions.
 */
export function predictionErrors(
  predictions: HeldOutPredictions,
  column: number,
  scaling: TableScaling | undefined,
): PredictionErrors {
  const { table, predicted, persistence, kind, notFinite } = predictions;
  const [own = none, earlier = none] = [predicted[column], persistence[column]];
  const net = tally(table.targets, column, own);
  const last = tally(table.targets, column, earlier);
  return kind === 'classes'
    ? {
        kind,
        count: net.count,
        notFinite,
        accuracy: net.equal / net.count,
        mostFrequent: rowsOfClass(predictions, own, predictions.mostFrequent) / net.count,
        persistence: last.equal / last.count,
        persistenceCount: last.count,
      }
    : {
        kind,
        count: net.count,
        notFinite,
        rmse: Math.sqrt(net.squares / net.count),
        mae: net.sizes / net.count,
        persistence: Math.sqrt(last.squares / last.count),
        persistenceCount: last.count,
        scaling: scalingOf(scaling, column),
      };
}

/** A column that is constant in the training part is only shifted: it has no σ and no range. */
function scalingOf(scaling: TableScaling | undefined, column: number): ColumnScaling {
  const scale = scaling?.targets[column]?.scale ?? 1;
  return { kind: scale === 1 ? 'none' : (scaling?.kind ?? 'none'), scale };
}

const none = new Float64Array(0);

/** The number of predicted rows of a class. */
function rowsOfClass({ table }: HeldOutPredictions, predicted: Float64Array, index: number | undefined): number {
  const [truth = none] = table.targets;
  let count = 0;
  for (let row = 0; row < truth.length; row++) {
    if (truth[row] === index && !Number.isNaN(predicted[row] ?? NaN)) count += 1;
  }
  return count;
}

/** Sums over the rows with a prediction and a value of every target. */
function tally(targets: readonly Float64Array[], column: number, predicted: Float64Array) {
  const truth = targets[column] ?? none;
  let [count, squares, sizes, equal] = [0, 0, 0, 0];
  for (let row = 0; row < truth.length; row++) {
    const difference = (predicted[row] ?? NaN) - (truth[row] ?? NaN);
    if (Number.isNaN(difference) || targets.some((values) => Number.isNaN(values[row] ?? NaN))) continue;
    count += 1;
    squares += difference ** 2;
    sizes += Math.abs(difference);
    if (difference === 0) equal += 1;
  }
  return { count, squares, sizes, equal };
}
