import * as z from 'zod';
import { index } from './requestSchemas';

/** Which update. */
export const gradientNormRequest = z.object({ update: index });

/** What the gradient norm of one update consists of, by parameter and by step, and what clipping changed. */
export interface GradientNormBreakdown {
  readonly update: number;
  /** ‖g‖ over all parameters, before and after clipping. */
  readonly gradNorm: number;
  readonly clippedNorm: number;
  /** Factor of clipping by norm; 1 unless by norm. */
  readonly coefficient: number;
  /** g · g′ / (‖g‖ ‖g′‖): 1 where the direction was kept; NaN where one of the two is 0. */
  readonly cosine: number;
  readonly parameters: readonly ParameterNormShare[];
  /** (T): ⟨term of step t, g⟩ / ‖g‖² over all parameters; the shares add up to 1. Empty where it would take too long. */
  readonly stepShare: Float64Array;
}

/** A parameter's part in the norm. */
export interface ParameterNormShare {
  /** PyTorch's name. */
  readonly name: string;
  /** ‖g_p‖² / ‖g‖²; the shares of all parameters add up to 1. */
  readonly share: number;
  readonly gradNorm: number;
  readonly clippedNorm: number;
  /** Between the parameter's own gradient before and after. */
  readonly cosine: number;
  /** Elements that clipping changed, and all. */
  readonly changed: number;
  readonly elements: number;
}
