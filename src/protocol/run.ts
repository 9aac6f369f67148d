export type { RunFacts } from '../run/facts';

/** Where a run stands. `interrupted`: its window closed before it ended; its records are kept. */
export type RunState =
  'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'diverged' | 'failed' | 'interrupted';

/** Whether a run in this state still holds a trainer. */
export function isLive(state: RunState): boolean {
  return state === 'preparing' || state === 'running' || state === 'paused';
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
