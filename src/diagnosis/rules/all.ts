import type { Rule } from '../rule';
import { clipAlways, clipNever, gradExplodes } from './clipping';
import { forgetBiasZero, gateStuck, saturated } from './gates';
import { initLoss, lossExploded, notLearning, overfit, worseThanBaseline } from './loss';
import { truncationBias, vanishOverTime } from './time';
import { unchanged, updateRatio } from './weights';

/** All rules, the most severe first. */
export const rules: readonly Rule[] = [
  lossExploded,
  gradExplodes,
  vanishOverTime,
  truncationBias,
  notLearning,
  worseThanBaseline,
  saturated,
  unchanged,
  updateRatio,
  clipAlways,
  overfit,
  initLoss,
  gateStuck,
  forgetBiasZero,
  clipNever,
];
