import type { ResolvedExperiment } from '../experiment/schema/schema';
import { formatCount, formatExact, formatNumber } from '../text/numbers';
import { onsetFactor, type Onset } from './onset';
import { lowerRate, setKey, type Remedy } from './remedy';
import { english } from '../text/translate';

/** Where the first value that is not finite appeared. */
export interface FirstNonFinite {
  readonly update: number;
  readonly pass: string;
  readonly tensor: string;
}

/** The key that most likely caused a divergence, and what to do. */
export interface DivergenceCause {
  readonly keyPath: readonly string[];
  readonly advice: string;
  /** See RuleResult. */
  readonly remedies?: readonly Remedy[];
}

/** Limits the norm of the gradient to 1, the usual threshold. */
export const clipByNorm: Remedy = [setKey(['clip'], { norm: 1 })];

/** Whether a clip is missing that could have helped: it limits updates, not what the first forward pass computes. */
export function lacksClip(
  { update, pass, tensor }: FirstNonFinite,
  { clip }: Pick<ResolvedExperiment, 'clip'>,
): boolean {
  return clip === null && tensor !== 'inputs' && (pass === 'update' || update > 0);
}

/**
 * The most likely cause of a divergence, by where the first value that is not finite appeared: in an input, with the initial
 * weights, or after an update, whose size depends on the learning rate.
 */
export function divergenceCause(place: FirstNonFinite, experiment: ResolvedExperiment): DivergenceCause {
  const { update, pass, tensor } = place;
  const {
    model: { weights },
    optimizer: { learningRate },
  } = experiment;
  if (tensor === 'inputs') {
    return {
      keyPath: ['data'],
      advice: english`An input is not finite in single precision (about ±3.4e38): check the data.`,
    };
  }
  if (pass === 'update' || update > 0) {
    return {
      keyPath: ['optimizer', 'learningRate'],
      advice: english`A smaller optimizer.learningRate or a clip usually helps.`,
      remedies: [
        [setKey(['optimizer', 'learningRate'], lowerRate(learningRate))],
        ...(lacksClip(place, experiment) ? [clipByNorm] : []),
      ],
    };
  }
  return weights === undefined
    ? {
        keyPath: ['model', 'init'],
        advice: english`It is the first update: check the scale of the data, and model.init.`,
      }
    : {
        keyPath: ['model', 'weights'],
        advice: english`It is the first update: check the scale of the data, and model.weights.`,
      };
}

/** What is known of a run that has diverged. */
export interface DivergedRun {
  readonly onset: Onset['state'];
  /** The number of updates with finite numbers. */
  readonly updates: number;
  /** Largest ‖∂L/∂h_t‖ at the first update, relative to that of the last step; undefined if it wasn't recorded. */
  readonly growth: number | undefined;
  /** T */
  readonly steps: number;
  /** See lacksClip. */
  readonly lacksClip: boolean;
}

/** Factor per step back from which a gradient counts as growing: over 60 steps 1.05 is nineteenfold. */
const growing = 1.05;

/** When a divergence began, what had grown and what was missing, as sentences for people; '' where nothing is known. */
export function divergenceStory({ onset, updates, growth, steps, lacksClip: isUnclipped }: DivergedRun): string {
  const sentences: string[] = [];
  if (onset !== undefined && updates > 1) {
    const { began, first } = onset;
    const size = formatNumber(first);
    sentences.push(
      began === null
        ? english`It came suddenly: up to update ${formatExact(updates - 1)} the loss was below ${onsetFactor} times its first value, ${size}.`
        : english`It began at update ${formatExact(began)}: from there on the loss was more than ${onsetFactor} times its first value, ${size}.`,
    );
  }
  const perStep = growth === undefined || steps < 2 ? 1 : growth ** (1 / (steps - 1));
  const grew = perStep >= growing;
  if (grew) {
    sentences.push(
      english`At the first update the gradient grew ${formatNumber(perStep)}-fold, on average, at each of ${formatCount(steps - 1, 'step')} back.`,
    );
  }
  if (isUnclipped) sentences.push(english`Nothing clips the gradient: try "clip": { "norm": 1 }.`);
  return sentences.join(' ');
}
