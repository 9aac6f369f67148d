import { formatCount, formatExact, formatNumber } from '../text/numbers';
import type { Verdict } from './judgement';
import { english } from '../text/translate';

/**
 * Largest relative error of a gradient that is right. In double precision a central difference with h = 1e-5 of a smooth
 * net is off by about h² = 1e-10 and by the rounding of the loss, 1e-16/h = 1e-11, each relative to the size of the loss;
 * the largest error measured over all cells, losses and truncations is below 1e-7, and a wrong term gives 1e-2 and more
 * (CS231n, "Gradient checks"). 1e-5 lies between them.
 */
export const maxRelativeError = 1e-5;

/** The comparison of the gradient of one parameter with central differences. */
export interface ParameterCheck {
  /** PyTorch's name. */
  readonly name: string;
  /** ‖g − ĝ‖ / ‖g‖ over the checked elements, ĝ being the central differences. */
  readonly relativeError: number;
  /** ‖g‖ over the checked elements. */
  readonly norm: number;
  /** ‖g − ĝ‖ over the checked elements. */
  readonly error: number;
  /** The size of ‖g − ĝ‖ that the rounding of the loss alone explains. */
  readonly rounding: number;
  readonly elements: number;
  /** Elements of the parameter. */
  readonly size: number;
}

/** What was checked besides the parameters, for people. */
export interface GradientCheckSubject {
  /** Sequences, and steps that the gradient covers. */
  readonly sequences: number;
  readonly steps: number;
  /** Whether the sequences continue from a carried state, which is held constant. */
  readonly isCarried: boolean;
  /** Targets that count. */
  readonly targets: number;
}

/** Whether a gradient is right; `unjudged`: it is too small for a difference of losses to resolve. */
export function gradientVerdict({ relativeError, error, rounding }: ParameterCheck): Verdict {
  if (relativeError <= maxRelativeError) return 'met';
  return error <= rounding ? 'unjudged' : 'unmet';
}

/** The check of a parameter as a sentence. */
export function formatGradientCheck(check: ParameterCheck): string {
  const { name, relativeError, norm, rounding, elements, size } = check;
  const checked =
    size === 1
      ? english`its only element`
      : elements === size
        ? english`all ${formatCount(size, 'element')}`
        : english`${formatExact(elements)} of ${formatCount(size, 'element')}`;
  const error = english`The gradient of ${name} differs from central differences by a relative error of ${formatNumber(relativeError)} (${checked}, ‖g‖ = ${formatNumber(norm)})`;
  const verdict = gradientVerdict(check);
  switch (verdict) {
    case 'met':
      return english`${error}, at most ${formatNumber(maxRelativeError)} as expected.`;
    case 'unmet':
      return english`${error}; it should be at most ${formatNumber(maxRelativeError)}.`;
    case 'unjudged':
      return english`${error}. That says nothing: the gradient is too small for a difference of two losses, whose rounding alone is ${formatNumber(rounding)}.`;
    default:
      return verdict satisfies never;
  }
}
