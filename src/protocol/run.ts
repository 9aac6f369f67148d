import type { Finding } from '../diagnosis/finding';
import type { NonFiniteLocation } from '../run/manifest';

export type { RunInfo } from '../run/runInfo';

/**
 * Where a run stands. `waiting`: for others to end, so that not too many train at once; `elsewhere`: another window or a
 * terminal trains it now; `interrupted`: its window closed before it ended, and its records are kept.
 */
export type RunState =
  | 'waiting'
  | 'preparing'
  | 'running'
  | 'paused'
  | 'elsewhere'
  | 'finished'
  | 'stopped'
  | 'diverged'
  | 'failed'
  | 'interrupted';

/** Whether a run in this state holds a trainer of this window, or will. */
export function isLive(state: RunState): boolean {
  return state === 'waiting' || state === 'preparing' || state === 'running' || state === 'paused';
}

/** Whether a run in this state, of which its folder holds so much, can be gone on with from its newest checkpoint. */
export function isResumable(state: RunState, kept: SaveState = 'whole'): boolean {
  if (isLive(state) || kept === 'gone') return false;
  return kept === 'cut' || state === 'stopped' || state === 'interrupted' || state === 'failed';
}

/** What each state is called, everywhere it is named. */
export const stateLabels: Readonly<Record<RunState, string>> = {
  waiting: 'waiting',
  preparing: 'preparing',
  running: 'training',
  paused: 'paused',
  elsewhere: 'training elsewhere',
  finished: 'finished',
  stopped: 'stopped',
  diverged: 'diverged',
  failed: 'failed',
  interrupted: 'interrupted',
};

/**
 * How much of a run its folder holds. `whole`: everything up to the last second; `waiting`: what cannot be written waits
 * in memory; `gap`: it is written again, and the records of some updates are missing; `cut`: the run is over, and its end
 * could not be written; `gone`: it is over, and its folder is not there any more.
 */
export type SaveState = 'whole' | 'waiting' | 'gap' | 'cut' | 'gone';

/** How it stands with what is kept of a run, and what the person must know of it. */
export interface SaveStatus {
  readonly state: SaveState;
  readonly message: string;
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
  /** Seconds of training, without pauses. */
  readonly seconds: number;
  /** Place among those that wait to train, from 1; undefined when it does not wait. */
  readonly queuePosition: number | undefined;
  /** Updates that were clipped. */
  readonly clipped: number;
  /** Number of the last clipped update. */
  readonly lastClip: number | undefined;
  /** Where the first value appeared that was not finite; undefined unless it has diverged. */
  readonly nonFinite: NonFiniteLocation | undefined;
  /** What stands out in it, in the order it was found. */
  readonly findings: readonly Finding[];
  /** How much of it its folder holds; `whole` where nothing is to be kept. */
  readonly saved: SaveState;
  /** Why it stands where it stands, where that needs words. */
  readonly message: string | undefined;
}
