import * as z from 'zod/mini';
import type { CellName } from '../experiment/schema/cellNames';
import type { ActivationName } from '../experiment/schema/modelSchema';
import type { RunInfo } from '../run/runInfo';
import { probe, type Probe, type ProbeKinds } from './probe';
import { index } from './requestSchemas';

/** Which update, and which sequence of its batch; with a probe that sequence instead. */
export const inspectionRequest = z.object({ update: index, sequence: index, probe: z.optional(probe) });

/** One update of a run, step by step for one sequence of its batch; every number as the engine computed it. */
export interface Inspection {
  /** The index of the update, from 0. */
  readonly update: number;
  /** Which sequence of the batch, from 0. */
  readonly sequence: number;
  /** What is walked through instead: a batch of this sequence alone, with the weights before the update. Null for none. */
  readonly probe: Probe | null;
  /** What else can be walked through. */
  readonly probeKinds: ProbeKinds;
  /** Why its numbers differ from the run's in the last bits; undefined if they are bit-identical. */
  readonly caveat: string | undefined;
  /** B */
  readonly batch: number;
  /** T: the steps of the window, and those before it that the gradient covers. */
  readonly steps: number;
  /** The first step of the window; the states of the steps before it were computed with earlier weights. */
  readonly windowStart: number;
  /** First step that the gradient covers: 0 unless truncation cuts it short. */
  readonly gradientFrom: number;
  /** The most steps that the gradient of a what-if can cover: those of the window, and all that are stored before it. */
  readonly coverableSteps: number;
  /** L of the batch, as reduced, before the update. */
  readonly loss: number;
  readonly gradNorm: number;
  /** 1 unless clipped by norm. */
  readonly clipCoefficient: number;
  readonly learningRate: number;
  readonly lossKind: 'mse' | 'crossEntropy';
  /** What ŷ_t is for mse: W_hy h_t + b_y, or its sigmoid. */
  readonly outputKind: 'linear' | 'sigmoid';
  /** The factor of a squared error or a −ln p of this sequence in L. */
  readonly lossWeight: number;
  /** That factor in the loss that the gradient is of: with truncation a mean divides by the targets that it covers. */
  readonly gradientWeight: number;
  readonly cell: CellName;
  /** φ of the vanilla RNN. */
  readonly activation: ActivationName;
  /** `oneHot`: x_t is one symbol. */
  readonly inputKind: 'dense' | 'oneHot';
  /** Names of the inputs: columns, or symbols for one-hot inputs. */
  readonly inputNames: readonly string[];
  readonly outputNames: readonly string[];
  /** How the columns of a table were rescaled: inputs, outputs and targets are in the scaled unit. Null for other data. */
  readonly scaling: RunInfo['scaling'];
  /** The step after the last one of this sequence: later steps are padding, without input, prediction or target. */
  readonly end: number;
  /** (T) 1 at steps where the sequence starts after those of an earlier window: no gradient passes back from there. */
  readonly starts: Uint8Array;
  /** The threshold to which every element of ∂L/∂h_t is clipped inside the recurrence; null for none. */
  readonly hiddenClip: number | null;
  /** (T,I) x_t of this sequence. */
  readonly inputs: Float64Array;
  /** (T,I) ∂L/∂x_t = W_xhᵀ ∂L/∂(W_xh x_t + b_xh), over all gates; empty where it would take too long. */
  readonly dInputs: Float64Array;
  /** (T,O) ŷ_t: values, after the sigmoid if there is one, or probabilities after the softmax for crossEntropy. */
  readonly outputs: Float64Array;
  /** (T,O) ∂L/∂ŷ_t; for crossEntropy of the logits. 0 at steps that the gradient does not cover. */
  readonly dOutputs: Float64Array;
  /** (T,O) the targets; one-hot rows for crossEntropy. 0 where a step has no target. */
  readonly targets: Float64Array;
  /** (T) 1 where the step has a loss. */
  readonly mask: Uint8Array;
  /** (T) L_t of the whole batch, as it enters L. */
  readonly lossPerStep: Float64Array;
  /** (T) the share of this sequence in L_t. */
  readonly sequenceLoss: Float64Array;
  /** From the lowest layer up. */
  readonly layers: readonly InspectedLayer[];
  readonly parameters: readonly InspectedParameter[];
}

/** One layer of an inspected sequence. */
export interface InspectedLayer {
  /** H */
  readonly hidden: number;
  /** (H) the state at the start of the window. */
  readonly h0: Float64Array;
  /** (T,H) */
  readonly h: Float64Array;
  /** (T,H) for lstm, empty otherwise. */
  readonly c: Float64Array;
  /** (H) for lstm, empty otherwise. */
  readonly c0: Float64Array;
  /** i, f, g, o or r, z, n after their nonlinearity; none for the vanilla RNN. */
  readonly gates: readonly InspectedGate[];
  /** (T,H) ∂L/∂h_t, total. */
  readonly dh: Float64Array;
  /** (T,H) the part of ∂L/∂h_t that does not flow through step t+1 of the same layer. */
  readonly dhLocal: Float64Array;
  /** (T,H) ∂L/∂c_t, total, for lstm; empty otherwise. */
  readonly dc: Float64Array;
  /** δ_t of every block of rows: ∂L/∂ of W_xh x_t + b_ih, what the block's nonlinearity is applied to. */
  readonly dInput: readonly InspectedGate[];
  /** ∂L/∂ of W_hh h_{t−1} + b_hh; that of `dInput` but where a gate acts on the product. */
  readonly dRecurrent: readonly InspectedGate[];
}

/** One block of rows of a layer, by the letter of the equations. */
export interface InspectedGate {
  readonly name: string;
  /** (T,H) */
  readonly values: Float64Array;
}

/** One parameter at the update: its weights and norms; `ParameterUpdate` has the change of each element. */
export interface InspectedParameter {
  /** PyTorch's name. */
  readonly name: string;
  /** Rows and columns; a bias is one row. */
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns) before the update; empty if the parameter is too large to draw. */
  readonly before: Float64Array;
  readonly gradNorm: number;
  readonly clippedNorm: number;
  readonly weightNorm: number;
  readonly updateNorm: number;
  /** Cosine between the step and −(clipped gradient); NaN if either is 0. */
  readonly descent: number;
}

/** Which parameter of which update, by PyTorch's name. */
export const parameterRequest = z.object({ update: index, parameter: z.string() });

/** See parameterRequest. */
export type ParameterRequest = Readonly<z.infer<typeof parameterRequest>>;

/** What one update changed in every element of a parameter; the arrays are empty if it is too large to draw. */
export interface ParameterUpdate extends ParameterRequest {
  readonly rows: number;
  readonly columns: number;
  /** (rows, columns), as all arrays below. */
  readonly before: Float64Array;
  readonly gradient: Float64Array;
  readonly clipped: Float64Array;
  readonly after: Float64Array;
  readonly optimizer: 'sgd' | 'adagrad' | 'rmsprop' | 'adam' | 'adamw';
  /** The optimizer's state of it after the update, by slot: momentum, mean, squares. */
  readonly slots: readonly { readonly name: string; readonly values: Float64Array }[];
}
