import { formatNumber } from '../../text/numbers';
import { hasLearned } from '../progress';
import type { Rule } from '../rule';
import { faultOf, stillFallingLoss } from './causes';

/** The question asked most about forecasts: is the net better than repeating the last row, on rows that it was not trained on? */
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
    return {
      keyPath: fault?.keyPath ?? ['data', 'inputs'],
      message:
        `The net is no better than repeating the last row: on the held-out rows its loss is ${formatNumber(last.validation)} ` +
        `(at best ${formatNumber(bestValidation)}), and that of persistence ${formatNumber(baseline.value)}. ` +
        (fault?.message ?? 'Add inputs that tell more about the next row, predict further ahead, or train longer.'),
    };
  },
};
