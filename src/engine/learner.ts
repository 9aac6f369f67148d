import type { KernelSet, Tensor } from './kernels/kernelSet';
import type { Evaluation, StepOutcome } from './outcome';
import type { Parameter } from './parameter';
import type { RandomSource } from './random';
import type { Snapshot } from './snapshot';
import type { BpttSpec, ClipSpec, InitSpec, LossSpec, NetworkSpec, OptimizerSpec } from './spec';
import type { Window } from './window';

/** What a learner is built from. */
export interface LearnerOptions {
  readonly kernels: KernelSet;
  readonly network: NetworkSpec;
  readonly loss: LossSpec;
  readonly bptt: BpttSpec;
  readonly clip: ClipSpec;
  readonly optimizer: OptimizerSpec;
  /** T of the longest window. */
  readonly steps: number;
  /** B of every training window. */
  readonly batch: number;
}

/** What to keep of an update besides its norms. */
export interface StepRequest {
  /** Record losses and gradient norms per step. */
  readonly record: boolean;
  /** Copy out everything of this update. */
  readonly capture?: boolean;
}

/** Sees the outputs of an evaluation step by step: outputs (B,O) from 0, before softmax, valid during the call only. */
export type OutputObserver = (window: Window, t: number, outputs: Tensor) => void;

/** A recurrent net that learns: forward, loss, backpropagation through time, clipping and update of one window a call. */
export declare class Learner {
  constructor(options: LearnerOptions);
  readonly parameters: ReadonlyMap<string, Parameter>;
  learningRate: number;
  readonly updates: number;
  initialize(init: InitSpec, forgetBias: number | undefined, random: RandomSource): void;
  load(name: string, values: ArrayLike<number>): void;
  step(window: Window, request: StepRequest): StepOutcome;
  evaluate(windows: Iterable<Window>, observe?: OutputObserver): Evaluation | undefined;
  snapshot(): Snapshot;
  restore(snapshot: Snapshot): void;
}
