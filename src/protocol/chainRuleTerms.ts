import * as z from 'zod/mini';
import { probe } from './probe';
import { index } from './requestSchemas';

/** Which step's term of which parameter's gradient. */
export const chainRuleTermsRequest = z.object({
  update: index,
  /** The sequence of the batch whose δ_t and s_t are returned with the terms of the whole batch; of a probe 0. */
  sequence: index,
  /** PyTorch's name. */
  parameter: z.string(),
  t: index,
  probe: z.optional(probe),
});

/** See chainRuleTermsRequest. */
export type ChainRuleTermsRequest = Readonly<z.infer<typeof chainRuleTermsRequest>>;

/** ∂L/∂W = Σ_t δ_t s_tᵀ of one parameter at one update, and its term at one step. */
export interface ChainRuleTerms {
  readonly parameter: string;
  /** N */
  readonly rows: number;
  /** K; 1 for a bias. */
  readonly columns: number;
  /** (T): the norm of each step's term, over the whole batch. */
  readonly norm: Float64Array;
  /** (T): the norm of the terms T−1 … t added up. */
  readonly sumNorm: Float64Array;
  /** (T): ⟨term, g⟩ / ‖g‖²; the shares of all steps add up to 1. */
  readonly share: Float64Array;
  /** ‖g‖ of this parameter as the trainer used it, before clipping. */
  readonly gradientNorm: number;
  /** ‖Σ_t terms − g‖ / ‖g‖ */
  readonly relativeError: number;
  readonly t: number;
  /** (N): δ_t of the sequence. */
  readonly delta: Float64Array;
  /** (K): s_t of the sequence, what W is multiplied by: x_t, h_{t−1} or h_t; 1 for a bias. */
  readonly source: Float64Array;
  /** (N,K): the whole batch's term at t; empty if the parameter is too large to draw. */
  readonly term: Float64Array;
  /** (N,K): the terms T−1 … t added up; empty as `term`. */
  readonly sum: Float64Array;
}
