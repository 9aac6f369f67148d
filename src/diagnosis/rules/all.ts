import type { Rule } from '../rule';
import { worseThanPersistence } from './baselines';
import { stoppedEarly } from './causes';
import { clipNever, gradExplodes } from './clipping';
import { forgetBiasZero, gateStuck, saturated } from './gates';
import { initLoss, lossExploded, overfit } from './loss';
import { truncationBias } from './time';
import { unchanged, updateRatio } from './weights';

/** All rules but the causes of a run that has not learned, the most severe first. */
export const rules: readonly Rule[] = [
  lossExploded,
  gradExplodes,
  truncationBias,
  saturated,
  unchanged,
  updateRatio,
  stoppedEarly,
  worseThanPersistence,
  overfit,
  initLoss,
  gateStuck,
  forgetBiasZero,
  clipNever,
];

/** Codes of findings that are signs of a run that does not learn: withdrawn when it has learned, folded under the cause when it has not. */
export const signs: ReadonlySet<string> = new Set([
  'gradExplodes',
  'truncationBias',
  'saturated',
  'unchanged',
  'updateRatio',
  'overfit',
]);
