import type { Capture } from './capture';
import type { NonFinitePlace } from './nonFinite';
import type { StepRecord } from './record';

/** Norms of one parameter at one update. */
export interface ParameterNorms {
  readonly name: string;
  /** ‖g‖ as back-propagated. */
  readonly gradNorm: number;
  /** ‖g‖ after clipping. */
  readonly clippedNorm: number;
  /** ‖w_after − w_before‖ */
  readonly updateNorm: number;
  /** ‖w_before‖ */
  readonly weightNorm: number;
}

/** A completed update of the parameters. */
export interface Updated {
  readonly kind: 'updated';
  /** The index of this update, from 0. */
  readonly update: number;
  /** The reported loss of the window, before the update. */
  readonly loss: number;
  /** The rate this update used: the base rate times the schedule. */
  readonly learningRate: number;
  /** Euclidean norm over all parameters, before clipping. */
  readonly gradNorm: number;
  readonly clippedNorm: number;
  /** The factor of the gradient; 1 unless clipped by norm. */
  readonly clipCoefficient: number;
  /** Whether the clipping changed anything. */
  readonly clipped: boolean;
  readonly parameterNorms: readonly ParameterNorms[];
  readonly record?: StepRecord;
  readonly capture?: Capture;
}

/** Where the first value that is not finite appeared, in the order of computation. The parameters are unchanged. */
export interface NonFinite extends NonFinitePlace {
  readonly kind: 'nonFinite';
  readonly update: number;
  /** The reported loss, if it was computed. */
  readonly loss?: number;
}

/**
 * The outcome of one window. `forwardOnly`: no target is in the part that the gradient covers, so the state was
 * carried on and nothing was updated or counted.
 */
export type StepOutcome = Updated | { readonly kind: 'forwardOnly' } | NonFinite;

/** Losses of windows that were only run forward. */
export interface Evaluation {
  /** Reduced as the training loss is, over all windows together. */
  readonly loss: number;
  /** The loss per target as `mean` defines it, whatever the reduction: for crossEntropy in nats. */
  readonly lossPerTarget: number;
  /** Steps that had a target, over all sequences. */
  readonly targets: number;
  /** Share of targets whose class has the largest output; for crossEntropy. */
  readonly accuracy?: number;
}
