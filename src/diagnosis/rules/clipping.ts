import { formatNumber, formatShortNumber, roundToDigits } from '../../text/numbers';
import { recentWindow } from '../observations';
import type { Rule } from '../rule';
import { hasLearned } from './loss';

/** Pascanu, Mikolov & Bengio 2013: useful thresholds are 0.5 to 10 times the mean norm. */
export const gradExplodes: Rule = {
  code: 'gradExplodes',
  level: 'warning',
  when: 'update',
  look({ spikes: { count, last }, largestGradNorm, gradNorm, facts }) {
    if (facts.clip !== null) return undefined;
    if (largestGradNorm > 1e10) {
      return {
        level: 'error',
        keyPath: ['clip'],
        message: `The gradient explodes: ‖g‖ has reached ${formatNumber(largestGradNorm)} (above 1e10), and nothing clips it. Write a clip.`,
      };
    }
    if (count < 3) return undefined;
    return {
      keyPath: ['clip'],
      message:
        `The gradient explodes at times: at ${count} updates ‖g‖ was more than 10 times the mean of the ${recentWindow} before, ` +
        `the last time at update ${last.update} with ${formatNumber(last.norm)} to ${formatNumber(last.mean)}, and nothing clips ` +
        `it. Try "clip": { "norm": ${formatShortNumber(roundToDigits(gradNorm.mean(), 1))} }, about the mean norm (Pascanu et al. 2013).`,
    };
  },
};

/** The other side of the same range: a threshold far below the norms scales every update down. Many a net learns so. */
export const clipAlways: Rule = {
  code: 'clipAlways',
  level: 'warning',
  when: 'end',
  look(observations) {
    const { clipped, gradNorm, facts } = observations;
    const { clip } = facts;
    if (clip?.kind !== 'norm' || !clipped.isFull || hasLearned(observations)) return undefined;
    const [share, mean] = [clipped.mean(), gradNorm.mean()];
    if (share <= 0.5 || clip.threshold >= 0.5 * mean) return undefined;
    return {
      keyPath: ['clip', 'norm'],
      message:
        `${Math.round(100 * share)} % of the last ${recentWindow} updates were clipped, to ${formatShortNumber(clip.threshold)}, less ` +
        `than half the mean norm ${formatNumber(mean)} (useful thresholds are 0.5 to 10 times it, Pascanu et al. 2013): the ` +
        'clip sets the length of every step. Raise it, or lower the learning rate.',
    };
  },
};

/** A clip that is never near is no help, and hides that none is needed. */
export const clipNever: Rule = {
  code: 'clipNever',
  level: 'hint',
  when: 'end',
  look({ facts: { clip }, largestGradNorm, updates }) {
    if (clip?.kind !== 'norm' || updates < recentWindow || largestGradNorm >= clip.threshold / 10) return undefined;
    return {
      keyPath: ['clip'],
      message:
        `The clip at ${formatShortNumber(clip.threshold)} was never near: the largest ‖g‖ of the run was ` +
        `${formatNumber(largestGradNorm)}, less than a tenth of it. It can go.`,
    };
  },
};
