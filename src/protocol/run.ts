import type { Finding } from '../diagnosis/finding';
import type { BestValidation, EndReason } from '../run/endReason';
import type { NonFiniteLocation } from '../run/manifest';
import type { RateChange } from '../run/rateChanges';
import type { Pace } from './pace';
import { translate } from '../text/translate';

export type { RunInfo } from '../run/runInfo';

/**
 * The state of a run. `waiting`: in the queue, because the limit of concurrent runs is reached; `elsewhere`: another
 * window or a terminal is training it now; `refused`: its experiment or data has a problem, and nothing was started or
 * written; `interrupted`: its window closed before it ended; its records are saved.
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
  | 'refused'
  | 'interrupted';

/** Whether a run in this state has a trainer of this window, or will have one. */
export function isLive(state: RunState): boolean {
  return state === 'waiting' || state === 'preparing' || state === 'running' || state === 'paused';
}

/**
 * Whether a run in this state can be resumed from its latest checkpoint.
 *
 * @param reason why it finished: one that was stopped early has updates left
 * @param info a run that another program recorded has no checkpoints
 */
export function isResumable(
  state: RunState,
  saved: SaveState = 'whole',
  reason?: EndReason | null,
  info?: { readonly recordedBy?: string | undefined },
): boolean {
  if (isLive(state) || saved === 'gone' || info?.recordedBy !== undefined) return false;
  if (state === 'finished' && reason === 'patience') return true;
  return saved === 'cut' || state === 'stopped' || state === 'interrupted' || state === 'failed';
}

/** The displayed name of each state. */
export const stateLabels: Readonly<Record<RunState, string>> = {
  waiting: translate`waiting`,
  preparing: translate`preparing`,
  running: translate`training`,
  paused: translate`paused`,
  elsewhere: translate`training elsewhere`,
  finished: translate`finished`,
  stopped: translate`stopped`,
  diverged: translate`diverged`,
  failed: translate`failed`,
  refused: translate`not started`,
  interrupted: translate`interrupted`,
};

/**
 * How much of a run is saved. `whole`: everything up to the last second; `waiting`: writing fails, and records are
 * buffered in memory; `gap`: writing works again, but the records of some updates are missing; `cut`: the run is over,
 * and its end could not be written; `gone`: the run is over, and its folder no longer exists.
 */
export type SaveState = 'whole' | 'waiting' | 'gap' | 'cut' | 'gone';

/** Whether a run is being saved, and the message that the user sees. */
export interface SaveStatus {
  readonly state: SaveState;
  readonly message: string;
}

/** A command that a run has been given and that has not taken effect: the update in progress is done first. */
export type PendingCommand = 'pause' | 'step' | 'stop';

/** The displayed name of the state between a command and its effect. */
export const pendingLabels: Readonly<Record<PendingCommand, string>> = {
  pause: translate`pausing…`,
  step: translate`training one update…`,
  stop: translate`stopping…`,
};

/** What a run came to, and how its experiment was changed before it was trained again. */
export interface RunBeforeFix {
  /** What was changed, in the imperative: Set clip.norm to 1. */
  readonly fix: string;
  readonly state: RunState;
  /** Of the last update. */
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
  readonly findings: readonly Finding[];
  /** Absolute path; undefined if the run is not saved. */
  readonly folder: string | undefined;
  /** Whether its loss is of the same data and loss function, so that the two can be compared. */
  readonly isSameMeasure: boolean;
}

/** The current state and numbers of a run. */
export interface RunStatus {
  readonly state: RunState;
  /** The command that takes effect after the update in progress; undefined without one. */
  readonly pending?: PendingCommand | undefined;
  /** The most updates that it trains in a second; undefined for a stored run. */
  readonly pace?: Pace | undefined;
  /** Updates done. */
  readonly updates: number;
  /** Updates per second over the last seconds; undefined before the first measurement and when not running. */
  readonly updatesPerSecond: number | undefined;
  readonly secondsLeft: number | undefined;
  readonly learningRate: number | undefined;
  /** Changes of the base rate, by the user or a plateau schedule, in the order of their updates. */
  readonly rateChanges?: readonly RateChange[] | undefined;
  /** Of the last update. */
  readonly loss: number | undefined;
  readonly validationLoss: number | undefined;
  /** The lowest validation loss; undefined without any. */
  readonly best?: BestValidation | undefined;
  /** Why it finished; undefined for other states. */
  readonly reason?: EndReason | undefined;
  /** Seconds of training, without pauses. */
  readonly seconds: number;
  /** Position in the training queue, from 1; undefined when not waiting. */
  readonly queuePosition: number | undefined;
  /** The share of the data that has been read, from 0 to 1; undefined unless large data are read before the start. */
  readonly reading?: number | undefined;
  /** How many updates were clipped. */
  readonly clipped: number;
  /** Number of the last clipped update. */
  readonly lastClip: number | undefined;
  /** Where the first non-finite value appeared; undefined unless the run has diverged. */
  readonly nonFinite: NonFiniteLocation | undefined;
  /** In the order they were found. */
  readonly findings: readonly Finding[];
  /** The run before, where this one was trained again with a fix of its findings. */
  readonly beforeFix?: RunBeforeFix | undefined;
  /** How much of it is saved; `whole` if it is not meant to be saved. */
  readonly saved: SaveState;
  /** Why it is in this state, if that needs an explanation. */
  readonly message: string | undefined;
}
