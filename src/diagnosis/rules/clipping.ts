import { formatNumber, formatShortNumber, roundToDigits } from '../../text/numbers';
import { recentWindow } from '../observations';
import { removeKey, setKey } from '../remedy';
import type { Rule } from '../rule';
import { english } from '../../text/translate';

/** Pascanu, Mikolov & Bengio 2013: useful thresholds are 0.5 to 10 times the mean norm. */
export const gradExplodes: Rule = {
  code: 'gradExplodes',
  level: 'warning',
  when: 'update',
  check({ spikes: { count, last }, largestGradNorm, gradNorm, info }) {
    if (info.clip !== null) return undefined;
    if (largestGradNorm > 1e10) {
      return {
        level: 'error',
        keyPath: ['clip'],
        message: english`The gradient explodes: ‖g‖ has reached ${formatNumber(largestGradNorm)} (above 1e10), without clipping. Add a "clip".`,
        remedies: [[setKey(['clip'], { norm: 1 })]],
      };
    }
    if (count < 3) return undefined;
    const threshold = roundToDigits(gradNorm.mean(), 1);
    return {
      keyPath: ['clip'],
      message: english`The gradient has spikes: at ${count} updates ‖g‖ was more than 10 times the mean of the ${recentWindow} before, last at update ${last.update} with ${formatNumber(last.norm)} against ${formatNumber(last.mean)}, without clipping. Try "clip": { "norm": ${formatShortNumber(threshold)} }, about the mean norm (Pascanu et al. 2013).`,
      ...(threshold > 0 ? { remedies: [[setKey(['clip'], { norm: threshold })]] } : {}),
    };
  },
};

/** A threshold that no gradient comes near has no effect, and hides that no clipping is needed. */
export const clipNever: Rule = {
  code: 'clipNever',
  level: 'hint',
  when: 'end',
  check({ info: { clip }, largestGradNorm, updates }) {
    if (clip?.kind !== 'norm' || updates < recentWindow || largestGradNorm >= clip.threshold / 10) return undefined;
    return {
      keyPath: ['clip'],
      message: english`The clip at ${formatShortNumber(clip.threshold)} was never reached: the largest ‖g‖ of the run was ${formatNumber(largestGradNorm)}, less than a tenth of it. You can remove it.`,
      remedies: [[removeKey(['clip'])]],
    };
  },
};
