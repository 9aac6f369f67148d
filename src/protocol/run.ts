import type { RecordLayout } from '../run/recordBatch';

/** Where a run stands. `interrupted`: its window closed before it ended; its records are kept. */
export type RunState =
  'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'diverged' | 'failed' | 'interrupted';

/** Whether a run in this state still holds a trainer. */
export function isLive(state: RunState): boolean {
  return state === 'preparing' || state === 'running' || state === 'paused';
}

/** A value that stands beside the loss: what a predictor without memory, or the best one, reaches. */
export interface BaselineFact {
  readonly name: string;
  /** In the unit of the reported loss. */
  readonly value: number;
  readonly source: string;
}

/** What is known of a run before its first update and does not change. */
export interface RunFacts {
  /** The experiment's name. */
  readonly name: string;
  readonly variant: string | undefined;
  readonly notes: string;
  readonly seed: number;
  readonly cell: string;
  readonly activation: string | undefined;
  readonly inputs: number;
  readonly hidden: number;
  readonly layerCount: number;
  readonly outputs: number;
  /** Number of trained parameters. */
  readonly parameterCount: number;
  /** T of the longest window. */
  readonly steps: number;
  readonly batch: number;
  /** What the net is trained on, in a few words. */
  readonly data: string;
  readonly loss: { readonly kind: 'mse' | 'crossEntropy'; readonly reduction: 'mean' | 'sum' };
  readonly bptt: 'full' | { readonly forward: number; readonly backward: number };
  readonly clip: { readonly kind: 'norm' | 'value' | 'hidden'; readonly threshold: number } | undefined;
  /** Optimizer, rate and schedule in a few words. */
  readonly optimizer: string;
  readonly plannedUpdates: number;
  readonly recordEvery: number;
  readonly validateEvery: number;
  readonly baselines: readonly BaselineFact[];
  /** Steps the task must remember, where that is known. */
  readonly lag: number | undefined;
  /** Kernel set that computes this run. */
  readonly kernels: string;
  /** Estimated bytes of the trainer. */
  readonly memoryBytes: number;
  /** Folder of the run's records; undefined where they cannot be kept. */
  readonly folder: string | undefined;
  readonly layout: RecordLayout;
}

/** A run at this moment. */
export interface RunStatus {
  readonly state: RunState;
  /** Updates done. */
  readonly updates: number;
  /** Updates per second over the last seconds; undefined before there is a measurement and when not running. */
  readonly updatesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly learningRate: number | undefined;
  /** Of the last update. */
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
  /** Updates that were clipped. */
  readonly clipped: number;
  /** Number of the last clipped update. */
  readonly lastClip: number | undefined;
  /** Why it stands where it stands, where that needs words. */
  readonly message: string | undefined;
}
