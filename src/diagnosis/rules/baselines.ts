import { formatCount, formatExact, formatNumber } from '../../text/numbers';
import { quote } from '../../text/quoting';
import type { Observations } from '../observations';
import { hasLearned } from '../progress';
import type { Rule, RuleResult } from '../rule';
import { faultOf, stillFallingLoss } from './causes';
import { english } from '../../text/translate';

/**
 * The question asked most about forecasts: is the net better than repeating the last known row, on rows that it was not
 * trained on? It is also asked of the last row of the same phase, where the data have a period, and of each target.
 */
export const worseThanPersistence: Rule = {
  code: 'worseThanPersistence',
  level: 'warning',
  when: 'end',
  check(observations) {
    if (observations.validations.length === 0 || !hasLearned(observations)) return undefined;
    return noBetterThanPersistence(observations) ?? worseThanSeasonal(observations) ?? worseTargets(observations);
  },
};

function heldOutBaseline({ info }: Observations, kind: 'persistence' | 'seasonal') {
  const found = info.baselines.find(({ answer, heldOut }) => answer === kind && heldOut === true);
  // Persistence is exact where the held-out targets are constant: no net is better.
  return found?.value === 0 ? undefined : found;
}

/** The held-out loss as last measured and at its lowest, as text. */
function formatLosses({ validations, bestValidation }: Observations): string {
  const [now, lowest] = [formatNumber(validations.at(-1)?.validation ?? NaN), formatNumber(bestValidation)];
  return `${now}${now === lowest ? '' : english` (${lowest} at its lowest)`}`;
}

function noBetterThanPersistence(observations: Observations): RuleResult | undefined {
  const { info, validations, bestValidation } = observations;
  const baseline = heldOutBaseline(observations, 'persistence');
  if (baseline === undefined || bestValidation < 0.98 * baseline.value) return undefined;
  // A held-out loss that is still falling may get below the baseline with more updates.
  const isImproving = validations.at(-1)?.validation === bestValidation;
  const fault = faultOf(observations) ?? (isImproving ? stillFallingLoss(observations) : undefined);
  const { target, changes } = predictedRow(observations.experiment.data);
  // Where the held-out loss has been lower before, more updates are no help.
  const advice = isImproving ? english`${changes.join(', ')}, or train longer.` : `${changes.join(', or ')}.`;
  const lastKnown = info.loss.kind === 'crossEntropy' ? 'class' : 'row';
  return {
    keyPath: fault?.keyPath ?? ['data', 'inputs'],
    message: english`The net predicts ${target} no better than persistence, which repeats the last known ${lastKnown}: on the held-out rows its loss is ${formatLosses(observations)}, and that of persistence ${formatNumber(baseline.value)}. ${fault?.message ?? advice}`,
    ...(fault?.remedies === undefined ? {} : { remedies: fault.remedies }),
  };
}

/** A loss above this multiple of another one is worse beyond chance of a few rows. */
const worse = 1.1;

function worseThanSeasonal(observations: Observations): RuleResult | undefined {
  const { experiment, bestValidation } = observations;
  const baseline = heldOutBaseline(observations, 'seasonal');
  if (baseline === undefined || bestValidation <= worse * baseline.value) return undefined;
  const { data } = experiment;
  const period = Number(/\((\d+)\)/.exec(baseline.name)?.[1] ?? NaN);
  const isShort = 'csv' in data && data.length !== undefined && data.length < period;
  const advice = isShort
    ? english`Its windows of ${formatCount(data.length, 'row')} are shorter than that period: set "length" to ${formatExact(period)} or more.`
    : english`Add inputs that tell the phase, such as the hour or the month, or train longer.`;
  return {
    keyPath: isShort ? ['data', 'length'] : ['data', 'inputs'],
    message: english`The net predicts worse than seasonal persistence, which repeats the last known row of the same phase of ${formatExact(period)} rows: on the held-out rows its loss is ${formatLosses(observations)}, and that of seasonal persistence ${formatNumber(baseline.value)}. ${advice}`,
  };
}

/** Most targets that are named. */
const maxNamed = 3;

/** Of several targets, those that are predicted worse than by persistence, though the mean over all is better. */
function worseTargets({ heldOutByTarget }: Observations): RuleResult | undefined {
  const all = heldOutByTarget?.() ?? [];
  const found = all
    .filter(({ loss, persistence }) => persistence > 0 && loss > worse * persistence)
    .toSorted((one, other) => other.loss / other.persistence - one.loss / one.persistence);
  const [first] = found;
  if (first === undefined) return undefined;
  const named = found
    .slice(0, maxNamed)
    .map(
      ({ name, loss, persistence }) =>
        english`${quote(name)} (loss ${formatNumber(loss)}, persistence ${formatNumber(persistence)})`,
    );
  const more = found.length > maxNamed ? english` and ${formatExact(found.length - maxNamed)} more` : '';
  return {
    keyPath: ['data', 'targets'],
    message: english`On the held-out rows ${formatExact(found.length)} of the ${formatExact(all.length)} targets ${found.length === 1 ? 'is' : 'are'} predicted worse than by persistence, which repeats the last known row: ${named.join(', ')}${more}. The loss is the mean over all targets and does not show it. Predict ${quote(first.name)} in an experiment of its own, add inputs that tell more about it, or train longer.`,
  };
}

/** What the net predicts, and what may help it to; the next row is often so close to the last that no net does better. */
function predictedRow(data: Observations['experiment']['data']): {
  readonly target: string;
  readonly changes: readonly [string, string];
} {
  const horizon = 'csv' in data ? data.horizon : 1;
  return horizon === 1
    ? {
        target: english`the next row`,
        changes: [english`Add inputs that tell more about the next row`, english`predict further ahead`],
      }
    : {
        target: english`the row ${formatExact(horizon)} rows ahead`,
        changes: [english`Add inputs that tell more about that row`, english`use longer windows`],
      };
}
