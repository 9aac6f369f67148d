import * as z from 'zod';
import { index } from './requestSchemas';

/** Which update, sequence of its batch and layer. */
export const gradientFlowRequest = z.object({ update: index, sequence: index, layer: index });

/** See gradientFlowRequest. */
export type GradientFlowRequest = Readonly<z.infer<typeof gradientFlowRequest>>;

/** Gradient flow at one update: N[t,k] = ‖∂L_t/∂h_k‖ of the raw gradient, untruncated within the window. */
export interface GradientFlow {
  /** T */
  readonly steps: number;
  /** (T,T) of the chosen sequence; row t is a loss, column k a step; NaN above the diagonal and where t has no loss. */
  readonly matrix: Float64Array;
  /** (T,T): the median over `medianOf` sequences of the batch. */
  readonly median: Float64Array;
  readonly medianOf: number;
  /** Largest ℓ with median_t N[t,t−ℓ]/N[t,t] ≥ 1e-3, of the median matrix; null where every gradient is 0. */
  readonly horizon: number | null;
  /** The largest lag that a loss of this window has: a horizon as long may in truth be longer; null without a loss. */
  readonly longestLag: number | null;
  /** (T): ‖∂L_T/∂h_{k−1}‖ / ‖∂L_T/∂h_k‖ of the chosen sequence's last loss; NaN where there is none. */
  readonly gain: Float64Array;
  /** The blocks of W_hh, one per gate. */
  readonly recurrent: readonly RecurrentBlock[];
  /** Pascanu's bound on the gain of a vanilla RNN, σ_max·γ; null for other cells. */
  readonly bound: number | null;
}

/** What one gate's block of W_hh does to a vector. */
export interface RecurrentBlock {
  readonly gate: string;
  /** Largest magnitude of an eigenvalue; null where the block is too large to compute it while a person waits. */
  readonly spectralRadius: number | null;
  /** σ_max */
  readonly largestSingularValue: number;
}

/** Which update and layer. */
export const horizonRequest = z.object({ update: index, layer: index });

/** The memory horizon at one update; see `GradientFlow.horizon`. */
export interface Horizon {
  readonly update: number;
  readonly horizon: number | null;
  readonly longestLag: number | null;
}
