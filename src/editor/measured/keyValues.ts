import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { formatExact, formatNumber, formatPercentage, formatShortNumber, roundToDigits } from '../../text/numbers';
import type { RunInfo } from '../../run/runInfo';
import type { MeasuredValues } from './measuredRuns';
import { translate } from '../../text/translate';

/** A value that was measured in a run, beside the key that it says something about. */
export interface MeasuredKey {
  readonly keyPath: readonly string[];
  /** A few words, such as `clipped 12 %, median ‖g‖ 0.8`: an editor cuts a hint after 43 characters. */
  readonly text: string;
  /** How it was measured, and what is usual, as Markdown. */
  readonly explanation: string;
}

/**
 * What a run says about the keys of an experiment, which may have been changed since.
 *
 * @param run the lag of its task, and its clipping
 */
export function measuredKeys(
  values: Pick<MeasuredValues, 'measured' | 'truncationBias'>,
  { lag, clip }: Pick<RunInfo, 'lag' | 'clip'>,
  experiment: ResolvedExperiment,
): readonly MeasuredKey[] {
  return [
    ...clipping(values, experiment, clip !== null),
    ...learningRate(values),
    ...truncation(values),
    ...memory(values, lag, experiment),
  ];
}

function clipping(
  { measured }: Pick<MeasuredValues, 'measured'>,
  { clip }: ResolvedExperiment,
  hasClipped: boolean,
): readonly MeasuredKey[] {
  const { clipped, updates, medianGradNorm } = measured;
  const norm = translate`median ‖g‖ ${formatNumber(medianGradNorm)}`;
  const usual = translate`Useful thresholds of the norm are 0.5 to 10 times its mean (Pascanu et al. 2013).`;
  const keyPath = clip === null ? ['clip'] : ['clip', 'norm' in clip ? 'norm' : 'value' in clip ? 'value' : 'hidden'];
  if (clip === null || !hasClipped) {
    return [
      { keyPath, text: norm, explanation: translate`The median norm of the gradient over the updates. ${usual}` },
    ];
  }
  const explanation = translate`Clipping changed the gradient of ${formatExact(clipped)} of ${formatExact(updates)} updates; ‖g‖ is its norm before clipping. ${usual}`;
  return [{ keyPath, text: translate`clipped ${formatPercentage(clipped / updates)}, ${norm}`, explanation }];
}

function learningRate({ measured: { medianUpdateRatio } }: Pick<MeasuredValues, 'measured'>): readonly MeasuredKey[] {
  if (Number.isNaN(medianUpdateRatio)) return [];
  const ratio = formatShortNumber(roundToDigits(medianUpdateRatio, 2));
  return [
    {
      keyPath: ['optimizer', 'learningRate'],
      text: translate`median ‖Δw‖/‖w‖ ${ratio}`,
      explanation: translate`The median, over the updates, of the norm of the update relative to that of the weights, over all weight matrices. About 1e-3 is usual (CS231n).`,
    },
  ];
}

function truncation({ truncationBias: bias }: Pick<MeasuredValues, 'truncationBias'>): readonly MeasuredKey[] {
  if (bias === undefined) return [];
  return [
    {
      keyPath: ['bptt', 'backward'],
      text: translate`gradient ${formatPercentage(bias)} off the full one`,
      explanation: translate`‖g − g_full‖ / ‖g_full‖ at the last update, where g_full is the gradient of the same window, from the same state, without truncation. Up to 10 % is little (Aicher, Foti & Fox 2019).`,
    },
  ];
}

/** The keys that set how far back the task reaches. */
const lagKeys = ['lag', 'delay', 'length'];

function memory(
  { measured: { decay } }: Pick<MeasuredValues, 'measured'>,
  lag: number | null,
  { data }: ResolvedExperiment,
): readonly MeasuredKey[] {
  if (decay === undefined) return [];
  const { update, steps, horizon, perStep } = decay;
  const at = translate`at update ${formatExact(update)}, from the first step with a loss back to the start (${formatExact(steps)} steps)`;
  const lengthKey = lagKeys.find((key) => key in data);
  const reach = translate`horizon ${horizon === steps ? '≥ ' : ''}${formatExact(horizon)}`;
  return [
    {
      keyPath: ['model', 'cell'],
      text: translate`gradient ×${formatShortNumber(roundToDigits(perStep, 2))} per step back`,
      explanation: translate`The mean factor by which ‖∂L/∂h_t‖ (of an LSTM ‖∂L/∂c_t‖ where it is larger) changes from step to step, ${at}.`,
    },
    ...(lengthKey === undefined
      ? []
      : [
          {
            keyPath: ['data', lengthKey],
            text: lag === null ? reach : translate`${reach} of lag ${formatExact(lag)}`,
            explanation:
              translate`How many steps back at least a thousandth of the gradient is left, ${at}.` +
              (lag === null ? '' : translate` The task requires remembering for ${formatExact(lag)} steps.`),
          },
        ]),
  ];
}
