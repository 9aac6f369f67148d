import { formatExact, formatNumber } from '../../text/numbers';
import type { Observations } from '../observations';
import { hasLearned } from '../progress';
import type { Rule } from '../rule';
import { faultOf, stillFallingLoss } from './causes';

/** The question asked most about forecasts: is the net better than repeating the last known row, on rows that it was not trained on? */
export const worseThanPersistence: Rule = {
  code: 'worseThanPersistence',
  level: 'warning',
  when: 'end',
  check(observations) {
    const { info, validations, bestValidation } = observations;
    const baseline = info.baselines.find(({ answer, heldOut }) => answer === 'persistence' && heldOut === true);
    const last = validations.at(-1);
    if (baseline === undefined || last === undefined || !hasLearned(observations)) return undefined;
    // Persistence is exact where the held-out targets are constant: no net is better.
    if (baseline.value === 0 || bestValidation < 0.98 * baseline.value) return undefined;
    // A held-out loss that is still falling may get below the baseline with more updates.
    const isImproving = last.validation === bestValidation;
    const fault = faultOf(observations) ?? (isImproving ? stillFallingLoss(observations) : undefined);
    const { target, changes } = predictedRow(observations.experiment.data);
    // Where the held-out loss has been lower before, more updates are no help.
    const advice = isImproving ? `${changes.join(', ')}, or train longer.` : `${changes.join(', or ')}.`;
    const lastKnown = info.loss.kind === 'crossEntropy' ? 'class' : 'row';
    const [now, lowest] = [formatNumber(last.validation), formatNumber(bestValidation)];
    return {
      keyPath: fault?.keyPath ?? ['data', 'inputs'],
      message:
        `The net predicts ${target} no better than persistence, which repeats the last known ${lastKnown}: on the held-out rows its ` +
        `loss is ${now}${now === lowest ? '' : ` (${lowest} at its lowest)`}, and that of persistence ` +
        `${formatNumber(baseline.value)}. ${fault?.message ?? advice}`,
      ...(fault?.remedies === undefined ? {} : { remedies: fault.remedies }),
    };
  },
};

/** What the net predicts, and what may help it to; the next row is often so close to the last that no net does better. */
function predictedRow(data: Observations['experiment']['data']): {
  readonly target: string;
  readonly changes: readonly [string, string];
} {
  const horizon = 'csv' in data ? data.horizon : 1;
  return horizon === 1
    ? { target: 'the next row', changes: ['Add inputs that tell more about the next row', 'predict further ahead'] }
    : {
        target: `the row ${formatExact(horizon)} rows ahead`,
        changes: ['Add inputs that tell more about that row', 'use longer windows'],
      };
}
