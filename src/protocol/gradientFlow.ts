import * as z from 'zod/mini';
import { probe } from './probe';
import { index } from './requestSchemas';

/** Which update, sequence of its batch and layer; with a probe that sequence instead. */
export const gradientFlowRequest = z.object({
  update: index,
  sequence: index,
  layer: index,
  probe: z.optional(probe),
});

/** See gradientFlowRequest. */
export type GradientFlowRequest = Readonly<z.infer<typeof gradientFlowRequest>>;

/** Gradient flow at one update, of the raw gradient, not truncated within the window. */
export interface GradientFlow {
  /** T */
  readonly steps: number;
  /** N[t,k] = ‖∂L_t/∂h_k‖ */
  readonly h: StateGradientFlow;
  /** N[t,k] = ‖∂L_t/∂c_k‖, with the path through h_k; null for a cell without a cell state. */
  readonly c: StateGradientFlow | null;
  /** Number of sequences of the batch that the medians are over. */
  readonly medianOf: number;
  /** The largest lag that a loss of this window has; a horizon equal to it is a lower bound. null without a loss. */
  readonly longestLag: number | null;
  /** The blocks of W_hh, one per gate. */
  readonly recurrent: readonly RecurrentBlock[];
  /** Pascanu's bound on the gain of a vanilla RNN's top layer, σ_max·γ; null for other cells and lower layers. */
  readonly bound: number | null;
}

/** How much gradient each loss L_t sends to a state s_k: N[t,k] = ‖∂L_t/∂s_k‖. */
export interface StateGradientFlow {
  /** (T,T) of the selected sequence; row t is a loss, column k a step; NaN above the diagonal and where t has no loss. */
  readonly matrix: Float64Array;
  /** (T,T): the median over `medianOf` sequences of the batch. */
  readonly median: Float64Array;
  /** Largest ℓ with median_t N[t,t−ℓ]/N[t,t] ≥ 1e-3, of the median matrix; null if every gradient is 0. */
  readonly horizon: number | null;
  /** (T): ‖∂L_T/∂s_{k−1}‖ / ‖∂L_T/∂s_k‖ of the selected sequence's last loss; NaN if it has none. */
  readonly gain: Float64Array;
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

/** The memory horizon at one update; see `StateGradientFlow.horizon`. */
export interface Horizon {
  readonly update: number;
  /** Of h_t. */
  readonly horizon: number | null;
  /** Of c_t; absent for a cell without a cell state, and in views that earlier versions saved. */
  readonly cellStateHorizon?: number | null;
  readonly longestLag: number | null;
}
