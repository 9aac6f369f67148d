import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { RangeTest, RangeTestProgress } from '../../protocol/rangeTest';
import { smoothLosses, suggestRate } from './rateSuggestion';
import type { Training } from './training';

/** The smallest and the largest learning rate of a test: what any optimizer here can use lies between them. */
const range = { from: 1e-6, to: 10 } as const;
const updatesPerDecade = 50;
/** Updates of a test that is not ended by its losses. */
export const rangeTestUpdates = Math.round(updatesPerDecade * Math.log10(range.to / range.from)) + 1;

/** The test ends when the smoothed loss is so many times the lowest one: fastai's `lr_find`. */
const risenFactor = 4;
/** Updates before which it does not end: the average of a few losses is noise. */
const leastUpdates = 20;

/** An experiment as it is tested: the test sets the learning rate of every update, so no schedule may change it. */
export function experimentOfTest(experiment: ResolvedExperiment): ResolvedExperiment {
  return { ...experiment, optimizer: { ...experiment.optimizer, schedule: 'constant' } };
}

/**
 * Trains a few hundred updates with a learning rate that grows exponentially, and suggests a rate. The training is used up.
 *
 * @param training of an experiment of `experimentOfTest`, before its first update
 * @param pass called after every update; the test waits for it, so that it can yield to messages
 * @throws when the data have no target within the steps of the gradient
 */
export async function findLearningRate(
  training: Training,
  pass: (progress: RangeTestProgress) => Promise<void>,
): Promise<RangeTest> {
  const rates: number[] = [];
  const losses: number[] = [];
  let end: RangeTest['end'] = 'all';
  let lowest = Infinity;
  for (let update = 0; update < rangeTestUpdates; update++) {
    const rate = range.from * 10 ** (update / updatesPerDecade);
    training.setup.learner.learningRate = rate;
    const advance = training.advance(() => false, false);
    if (advance.kind === 'nonFinite') {
      end = 'nonFinite';
      break;
    }
    rates.push(rate);
    losses.push(advance.record.loss);
    const smoothed = smoothLosses(losses).at(-1) ?? NaN;
    if (update >= leastUpdates) {
      lowest = Math.min(lowest, smoothed);
      if (smoothed > risenFactor * lowest) {
        end = 'risen';
        break;
      }
    }
    await pass({ done: update + 1, total: rangeTestUpdates });
  }
  const curve = { rates, losses, smoothed: smoothLosses(losses), end };
  return { ...curve, ...suggestRate(curve) };
}
