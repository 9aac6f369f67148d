import * as z from 'zod';
import { index } from './requestSchemas';

/** Which update, sequence of its batch and layer. */
export const gradientFlowRequest = z.object({ update: index, sequence: index, layer: index });

/** See gradientFlowRequest. */
export type GradientFlowRequest = Readonly<z.infer<typeof gradientFlowRequest>>;

/** Gradient flow at one update: N[t,k] = ‖∂L_t/∂h_k‖ of the raw gradient, not truncated within the window. */
export interface GradientFlow {
  /** T */
  readonly steps: number;
  /** (T,T) of the selected sequence; row t is a loss, column k a step; NaN above the diagonal and where t has no loss. */
  readonly matrix: Float64Array;
  /** (T,T): the median over `medianOf` sequences of the batch. */
  readonly median: Float64Array;
  readonly medianOf: number;
  /** Largest ℓ with median_t N[t,t−ℓ]/N[t,t] ≥ 1e-3, of the median matrix; null if every gradient is 0. */
  readonly horizon: number | null;
  /** The largest lag that a loss of this window has; a horizon equal to it is a lower bound. null without a loss. */
  readonly longestLag: number | null;
  /** (T): ‖∂L_T/∂h_{k−1}‖ / ‖∂L_T/∂h_k‖ of the selected sequence's last loss; NaN if it has none. */
  readonly gain: Float64Array;
  /** The blocks of W_hh, one per gate. */
  readonly recurrent: readonly RecurrentBlock[];
  /** Pascanu's bound on the gain of a vanilla RNN, σ_max·γ; null for other cells. */
  readonly bound: number | null;
}

/** The spectrum of one gate's block of W_hh. */
export interface RecurrentBlock {
  readonly gate: string;
  /** Largest magnitude of an eigenvalue; null if the block is too large to compute it interactively. */
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
