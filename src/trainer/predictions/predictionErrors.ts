import type { TableScaling } from '../../data/table/normalization';
import type { PredictionErrors } from '../../text/predictionErrors';
import type { HeldOutPredictions } from './heldOutEvaluation';

/**
 * The errors of a target column over the held-out rows that have a value in the file and a prediction. Those of
 * persistence are over the ones of these rows that have an earlier value, too. NaN without such rows.
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
  const [truth = none, own = none, earlier = none] = [table.targets[column], predicted[column], persistence[column]];
  const net = tally(truth, own);
  // Persistence is known only for rows that the net predicts.
  const last = tally(truth, earlier);
  return kind === 'classes'
    ? {
        kind,
        count: net.count,
        notFinite,
        accuracy: net.equal / net.count,
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
        scaling: { kind: scaling?.kind ?? 'none', scale: scaling?.targets[column]?.scale ?? 1 },
      };
}

const none = new Float64Array(0);

/** Sums over the rows where both are known. */
function tally(truth: Float64Array, predicted: Float64Array) {
  let [count, squares, sizes, equal] = [0, 0, 0, 0];
  for (let row = 0; row < truth.length; row++) {
    const difference = (predicted[row] ?? NaN) - (truth[row] ?? NaN);
    if (Number.isNaN(difference)) continue;
    count += 1;
    squares += difference ** 2;
    sizes += Math.abs(difference);
    if (difference === 0) equal += 1;
  }
  return { count, squares, sizes, equal };
}
