import type { Rule } from '../rule';
import { worseThanPersistence } from './baselines';
import { stoppedEarly } from './causes';
import { clipNever, gradExplodes } from './clipping';
import { forgetBiasZero, gateStuck, saturated } from './gates';
import { fellBack, initLoss, lossExploded, overfit } from './loss';
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
  fellBack,
  stoppedEarly,
  worseThanPersistence,
  overfit,
  initLoss,
  gateStuck,
  forgetBiasZero,
  clipNever,
];

/** Codes of findings that are symptoms of a run that does not learn. They are withdrawn when it has learned, or when its cause is known. */
export const symptoms: ReadonlySet<string> = new Set([
  'gradExplodes',
  'truncationBias',
  'saturated',
  'unchanged',
  'updateRatio',
  'overfit',
]);
