import type { ResolvedExperiment } from '../experiment/schema/schema';
import { lowerRate, setKey, type Remedy } from './remedy';

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

/**
 * The most likely cause of a divergence, by where the first value that is not finite appeared: in an input, with the initial
 * weights, or after an update, whose size depends on the learning rate.
 */
export function divergenceCause(
  { update, pass, tensor }: FirstNonFinite,
  { model: { weights }, optimizer: { learningRate }, clip }: ResolvedExperiment,
): DivergenceCause {
  if (tensor === 'inputs') {
    return { keyPath: ['data'], advice: 'An input is not finite in single precision (about ±3.4e38): check the data.' };
  }
  if (pass === 'update' || update > 0) {
    return {
      keyPath: ['optimizer', 'learningRate'],
      advice: 'A smaller optimizer.learningRate or a clip usually helps.',
      remedies: [
        [setKey(['optimizer', 'learningRate'], lowerRate(learningRate))],
        ...(clip === null ? [[setKey(['clip'], { norm: 1 })]] : []),
      ],
    };
  }
  return weights === undefined
    ? { keyPath: ['model', 'init'], advice: 'It is the first update: check the scale of the data, and model.init.' }
    : {
        keyPath: ['model', 'weights'],
        advice: 'It is the first update: check the scale of the data, and model.weights.',
      };
}
