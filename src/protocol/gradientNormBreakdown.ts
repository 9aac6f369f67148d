import * as z from 'zod/mini';
import { index } from './requestSchemas';

/** Which update. */
export const gradientNormRequest = z.object({ update: index });

/** The shares of parameters and steps in the gradient norm of one update, and what clipping changed. */
export interface GradientNormBreakdown {
  readonly update: number;
  /** ‖g‖ over all parameters, before and after clipping. */
  readonly gradNorm: number;
  readonly clippedNorm: number;
  /** The factor applied by norm clipping; 1 otherwise. */
  readonly coefficient: number;
  /** g · g′ / (‖g‖ ‖g′‖): 1 if clipping preserved the direction; NaN if either is 0. */
  readonly cosine: number;
  readonly parameters: readonly ParameterNormShare[];
  /** (T): ⟨term of step t, g⟩ / ‖g‖² over all parameters; the shares add up to 1. Empty if it would take too long. */
  readonly stepShare: Float64Array;
}

/** The share of one parameter in the gradient norm. */
export interface ParameterNormShare {
  /** PyTorch's name. */
  readonly name: string;
  /** ‖g_p‖² / ‖g‖²; the shares of all parameters add up to 1. */
  readonly share: number;
  readonly gradNorm: number;
  readonly clippedNorm: number;
  /** Cosine between the parameter's gradient before and after clipping. */
  readonly cosine: number;
  /** How many of the parameter's elements clipping changed. */
  readonly changed: number;
  /** All elements of the parameter. */
  readonly elements: number;
}
