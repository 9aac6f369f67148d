import type { TargetLoss } from '../../diagnosis/observations';
import { predictionOf } from '../../engine/losses/output';
import type { TrainingSetup } from './trainingSetup';

/**
 * The held-out loss of each target of a table with the present parameters, and that of persistence over the same rows: mean
 * squared errors of the rescaled columns. Undefined for a single target, for classes, and where nothing is held out.
 */
export function heldOutByTarget({
  source,
  learner,
  experiment,
}: Pick<TrainingSetup, 'source' | 'learner' | 'experiment'>): readonly TargetLoss[] | undefined {
  if (source.outputs < 2) return undefined;
  const persistence = source.heldOutPersistence?.();
  if (persistence === undefined) return undefined;
  const { outputs: width, outputNames } = source;
  const squares = new Float64Array(width);
  let count = 0;
  learner.evaluate(source.validation(), ({ batch, mask, targets }, t, outputs) => {
    if (targets.kind !== 'values') return;
    for (let sequence = 0; sequence < batch; sequence++) {
      const cell = t * batch + sequence;
      if (mask[cell] !== 1) continue;
      count += 1;
      for (let k = 0; k < width; k++) {
        const predicted = predictionOf(outputs[sequence * width + k] ?? NaN, experiment.loss);
        squares[k] = (squares[k] ?? 0) + (predicted - (targets.values[cell * width + k] ?? NaN)) ** 2;
      }
    }
  });
  if (count === 0) return undefined;
  return outputNames.map((name, k) => ({
    name,
    loss: (squares[k] ?? NaN) / count,
    persistence: persistence[k] ?? NaN,
  }));
}
