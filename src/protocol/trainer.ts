import type { Finding } from '../diagnosis/finding';
import type { Variant } from '../experiment/experimentFile';
import type { Problem } from '../experiment/problem';
import type { ResolvedExperiment } from '../experiment/schema';
import type { KernelHistory } from '../run/kernelHistory';
import type { NonFiniteLocation, Manifest } from '../run/manifest';
import type { RecordBatch } from '../run/records/recordBatch';
import type { SaveStatus, RunInfo } from './run';
import type { StoredRunRequests } from './storedRun';
import type { ReplayRequests } from './replayRequests';

/** What the host sends to have a run started. */
export interface StartParams {
  /** The experiment with every default written out. */
  readonly experiment: ResolvedExperiment;
  readonly variant: string | undefined;
  /** The bytes of each file the experiment names, by its path as written. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Bytes that the trainer's process may have in memory. */
  readonly memoryLimit: number;
  /** Absolute path of the run's folder; undefined where records cannot be kept. */
  readonly folder: string | undefined;
  /** The experiment file, relative to the run's folder and with `/`; undefined where nothing is kept. */
  readonly source: string | undefined;
  /** The manifest of the run in `folder` that is gone on with; undefined for a new run. */
  readonly resumedManifest: Manifest | undefined;
  /** Threads that share the work; 0 for as many as are of use. */
  readonly workers: number;
  /** Whether the run computes the same bits on every machine. */
  readonly reproducible: boolean;
}

/** Why an experiment cannot be trained, at the key that causes it. */
export interface StartProblem {
  readonly code: string;
  readonly message: string;
  readonly keyPath: readonly (string | number)[];
}

/** The answer to a start: it runs, or it says why not. */
export type StartReply =
  | {
      readonly kind: 'started';
      readonly info: RunInfo;
      /** Updates done before this start: those of the checkpoint that a resumed run goes on from. */
      readonly updates: number;
    }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** An experiment file as it is written, to be checked before anything is trained. */
export interface CheckParams {
  readonly text: string;
  /** The bytes of the files that it names, by their paths as written; those that are not there are not looked into. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Why files that it names cannot be read, by their paths as written. */
  readonly unreadable: ReadonlyMap<string, Omit<StartProblem, 'keyPath'>>;
  /** Bytes that the process of one run may have in memory. */
  readonly memoryLimit: number;
  /** Threads that share the work of one run; 0 for as many as are of use. */
  readonly workers: number;
  readonly reproducible: boolean;
}

/** What a run would take. */
export interface Estimate {
  /** Trained numbers of the net. */
  readonly parameters: number;
  /** Bytes that the process will have in memory at its peak, data included. */
  readonly memoryBytes: number;
}

/** What is found in an experiment file. */
export interface CheckedExperiment {
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  readonly variants: readonly Variant[];
  /** The paths of the files that the experiment and its variants name; those that were given among them. */
  readonly paths: readonly string[];
  /** By variant; undefined is the experiment itself. What is refused, or has files that were not given, is not among them. */
  readonly estimates: ReadonlyMap<string | undefined, Estimate>;
}

/** How a run ended. */
export type Ending =
  | { readonly kind: 'finished'; readonly updates: number; readonly reason: 'steps' | 'stopAtLoss' }
  | { readonly kind: 'stopped'; readonly updates: number }
  | { readonly kind: 'diverged'; readonly updates: number; readonly message: string; readonly place: NonFiniteLocation }
  | { readonly kind: 'failed'; readonly updates: number; readonly message: string };

/** What a replay of a kept run needs. */
export interface ReplayParams {
  /** The experiment as the run recorded it. */
  readonly experiment: ResolvedExperiment;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Bytes the replay may use. */
  readonly memoryLimit: number;
  /** The kernel sets that computed the run. */
  readonly kernels: KernelHistory;
  /** Parts that it cut each batch into. */
  readonly shards: number;
  /** Absolute path of the run's folder. */
  readonly folder: string;
}

/** The answer to opening a replay. */
export type ReplayReply =
  { readonly kind: 'opened' } | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** What the trainer's worker serves. */
export type TrainerContract = {
  requests: {
    start: { params: StartParams; result: StartReply };
    /** Trains nothing, and leaves the trainer as it was. */
    checkExperiment: { params: CheckParams; result: CheckedExperiment };
    /** Answered once the update in progress is done. */
    pause: { params: undefined; result: undefined };
    resume: { params: undefined; result: undefined };
    /** One update, then paused. */
    step: { params: undefined; result: undefined };
    stop: { params: undefined; result: undefined };
    /** The base rate, before the schedule. */
    setLearningRate: { params: number; result: undefined };
    /** The records from an update on that are not yet in the run's folder. */
    unwritten: { params: number; result: readonly RecordBatch[] };
    /** Makes this worker the replay of a kept run, in place of a trainer. */
    openReplay: { params: ReplayParams; result: ReplayReply };
  } & StoredRunRequests &
    ReplayRequests;
  events: {
    records: RecordBatch;
    ended: Ending;
    saveStatus: SaveStatus;
    /** All that has been found so far, whenever there is more. */
    findings: readonly Finding[];
    /** Something the person must know that does not end the run. */
    notice: string;
  };
};

/** What the host serves to the trainer: nothing yet asks back. */
export type TrainerHostContract = { requests: Record<never, never>; events: Record<never, never> };

/** Sent by the trainer's process, beside the channel, before it ends because of an exception. */
export interface ProcessFailure {
  readonly kind: 'processFailure';
  readonly reason: string;
}

/** Whether a message says that the trainer's process cannot continue. */
export function isProcessFailure(message: unknown): message is ProcessFailure {
  if (typeof message !== 'object' || message === null) return false;
  const { kind, reason } = message as Readonly<Record<string, unknown>>;
  return kind === 'processFailure' && typeof reason === 'string';
}

/** Sent to the trainer's process, beside the channel: it saves what it has and exits. */
export const saveAndExit = { kind: 'saveAndExit' } as const;

/** Whether a message asks the trainer's process to save and exit. */
export function isSaveAndExit(message: unknown): boolean {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === saveAndExit.kind;
}
