import type { GradientCheckSubject, ParameterCheck } from '../checks/gradientCheck';
import type { Finding } from '../diagnosis/finding';
import type { Variant } from '../experiment/experimentFile';
import type { KeyProblem, Problem } from '../experiment/problems/problem';
import type { ResolvedExperiment } from '../experiment/schema/schema';
import type { EndReason } from '../run/endReason';
import type { GitState } from '../run/gitState';
import type { KernelHistory } from '../run/kernelHistory';
import type { NonFiniteLocation, Manifest } from '../run/manifest';
import type { RateChange } from '../run/rateChanges';
import type { RecordBatch } from '../run/records/recordBatch';
import type { Pace } from './pace';
import type { RangeTest, RangeTestProgress } from './rangeTest';
import type { SaveStatus, RunInfo } from './run';
import type { RunStorageRequests } from './runStorage';
import type { StoredRunRequests } from './storedRun';
import type { ReplayRequests } from './replayRequests';

/** A file: its bytes, or where on this machine's disk the trainer reads it in parts. */
export type SentFile = Uint8Array | { readonly location: string; readonly size: number };

/** What the host sends to start a run. */
export interface StartParams {
  /** The experiment with every default written out. */
  readonly experiment: ResolvedExperiment;
  readonly variant: string | undefined;
  /** The seeds of the group of which the run is one; by default it is none of a group. */
  readonly seeds?: readonly number[] | undefined;
  /** Each file that the experiment names, by the path as written. */
  readonly files: ReadonlyMap<string, SentFile>;
  /** Memory limit of the trainer process, in bytes. */
  readonly memoryLimit: number;
  /** Absolute path of the run's folder; undefined if the run is not saved. */
  readonly folder: string | undefined;
  /** The experiment file, relative to the run's folder and with `/`; undefined if the run is not saved. */
  readonly source: string | undefined;
  /** See the manifest; undefined outside a repository. */
  readonly git?: GitState | undefined;
  /** The manifest of the run in `folder` to resume; undefined for a new run. */
  readonly resumedManifest: Manifest | undefined;
  /** Worker threads; 0 for automatic. */
  readonly workers: number;
  /** Whether the run computes the same bits on every machine. */
  readonly reproducible: boolean;
  /** See RunStart; by default `now`. */
  readonly begin?: RunStart | undefined;
}

/**
 * When the first update is trained. `held`: at the request `release`, and after a second at the latest; `paused`: the run
 * is paused before it.
 */
export type RunStart = 'now' | 'held' | 'paused';

/** What a range test of the learning rate needs. */
export type RangeTestParams = Pick<StartParams, 'experiment' | 'files' | 'memoryLimit' | 'reproducible'>;

/** What the gradient checks of an experiment need. */
export type GradientCheckParams = RangeTestParams;

/** The gradient checks of an experiment, one of each parameter, or the problems that prevent them. */
export type GradientCheckReply =
  | { readonly kind: 'checked'; readonly subject: GradientCheckSubject; readonly checks: readonly ParameterCheck[] }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** What is exported, and the names that it uses. */
export interface ExportNames {
  /** A program, or a Jupyter notebook that explains it and has plots. */
  readonly kind: 'script' | 'notebook';
  /** The name of the experiment, for the program's docstring. */
  readonly experiment: string;
  /** The file of tensors, in the folder of the program. */
  readonly tensors: string;
  /** The path of the text from the folder of the program, with `/`; undefined where the data are no text. */
  readonly text: string | undefined;
}

/** The file of the recorder for PyTorch, in the folder of a program. */
export const recorderName = 'unroll.py';

/** A Python program and the file of tensors that it reads. */
export interface ExportedProgram {
  /** The program, or the JSON of a notebook. */
  readonly script: string;
  /** A safetensors file: the initial parameters, and what the data of a table or of written sequences are for the net. */
  readonly tensors: Uint8Array;
  /** The recorder for PyTorch, unroll.py, which a program imports to record its run; undefined for a notebook. */
  readonly recorder: string | undefined;
}

/** What the export of an experiment needs. */
export interface ExportParams extends Pick<RangeTestParams, 'experiment' | 'files' | 'memoryLimit'> {
  readonly names: ExportNames;
}

/** An exported program, or the problems that prevent it. */
export type ExportReply =
  | { readonly kind: 'exported'; readonly program: ExportedProgram }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** A range test, or the problems that prevent it. */
export type RangeTestReply =
  | { readonly kind: 'done'; readonly test: RangeTest }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** Why an experiment can't be trained, and the key that causes it. */
export type StartProblem = KeyProblem;

/** The reply to a start: the run has started, or the problems that prevent it. */
export type StartReply =
  | {
      readonly kind: 'started';
      readonly info: RunInfo;
      /** Updates done before this start: those of the checkpoint from which the run resumes. */
      readonly updates: number;
    }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** Why a file can't be read, and the path of the file that was probably meant. */
export interface UnreadableFile {
  readonly code: string;
  readonly message: string;
  readonly meant?: string | undefined;
}

/** A file that is too large to be read for a check. */
export interface LargeFile {
  /** Its first bytes. */
  readonly start: Uint8Array;
  /** Its size in bytes. */
  readonly size: number;
}

/** The text of an experiment file, to be checked before training. */
export interface CheckParams {
  readonly text: string;
  /** The bytes of the files that it names, by the paths as written; files that are not given are not checked. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** The beginnings of files that it names and that are not given, by the paths as written; only estimates use them. */
  readonly large: ReadonlyMap<string, LargeFile>;
  /** Why files that it names can't be read, by the paths as written. */
  readonly unreadable: ReadonlyMap<string, UnreadableFile>;
  /** Memory limit of one run's process, in bytes. */
  readonly memoryLimit: number;
  /** Worker threads of one run; 0 for automatic. */
  readonly workers: number;
  readonly reproducible: boolean;
}

/** What training would need. */
export interface Estimate {
  /** Trainable parameters of the net. */
  readonly parameters: number;
  /** Peak memory of the process in bytes, data included. */
  readonly memoryBytes: number;
  /** The reading of a large data file. All numbers are then approximate, from its beginning; undefined for others. */
  readonly reading: ReadingEstimate | undefined;
  /** How long training takes; undefined where no update was computed, as for a large net. */
  readonly time: TimeEstimate | undefined;
  /** The layers and the output layer, from the input on. */
  readonly layers: readonly LayerSize[];
}

/** How long training takes on this machine, on one thread. */
export interface TimeEstimate {
  /** Of the fastest of some updates, without validation. */
  readonly secondsPerUpdate: number;
  /** The updates of the whole training. */
  readonly updates: number;
}

/** The size of one layer of a net. */
export interface LayerSize {
  /** `lstm layer 0`, `output`. */
  readonly name: string;
  readonly parameters: number;
  /** Multiplications with an addition of one forward pass over the window of a batch; a one-hot input needs none. */
  readonly multiplyAdds: number;
  /** Bytes of its parameters, their gradients and what the optimizer remembers of them. */
  readonly bytes: number;
}

/** What reading a large data file needs. */
export interface ReadingEstimate {
  /** The size of the file. */
  readonly bytes: number;
  /** The time on this machine, from the time that the beginning takes. */
  readonly seconds: number;
}

/** A finding about the data of an experiment, with its place in the file. */
export interface PlacedFinding extends Problem {
  readonly level: Exclude<Finding['level'], 'error'>;
}

/** The result of checking an experiment file. */
export interface CheckedExperiment {
  /** In the order of the file. */
  readonly problems: readonly Problem[];
  /** What was found in the data that were given; it stops no training. */
  readonly findings: readonly PlacedFinding[];
  readonly variants: readonly Variant[];
  /** The paths of all files that the experiment and its variants name, given or not. */
  readonly paths: readonly string[];
  /** By variant; undefined is the experiment itself. Those with problems or with files that were not given are absent. */
  readonly estimates: ReadonlyMap<string | undefined, Estimate>;
}

/** An experiment and the table that it names. */
export interface TableParams {
  readonly text: string;
  readonly variant: string | undefined;
  /** The bytes of the table; of a large file the first ones. */
  readonly bytes: Uint8Array;
  /** Whether `bytes` are the beginning of the file only. */
  readonly isCut: boolean;
}

/** A column of a table and what its first rows hold. */
export interface TableColumnSummary {
  readonly name: string;
  readonly kind: 'number' | 'date' | 'text' | 'empty';
  /** Type, range and count of missing values. */
  readonly detail: string;
  /** Number of rows without a value. */
  readonly missing: number;
  /** Whether its numbers are written with the other decimal separator. */
  readonly isInOtherNotation: boolean;
  /** Whether it only numbers the rows: each value is one more than that before. */
  readonly isCounter: boolean;
  /** Whether it can be the time of the rows: dates of which hardly any is that of the row before. */
  readonly isTimeOfRows: boolean;
  /** Whether its values are few different whole numbers, as of numbered classes. */
  readonly isFewWholeNumbers: boolean;
  /**
   * Set if its equal values can mark sequences: how many, and the columns that have one value in each.
   */
  readonly sequences: { readonly count: number; readonly constants: readonly string[] } | undefined;
}

/** How a run ended. */
export type Ending =
  | {
      readonly kind: 'finished';
      readonly updates: number;
      readonly reason: EndReason;
      /** Why, unless all its updates are done. */
      readonly message?: string;
    }
  | { readonly kind: 'stopped'; readonly updates: number }
  | { readonly kind: 'diverged'; readonly updates: number; readonly message: string; readonly place: NonFiniteLocation }
  | { readonly kind: 'failed'; readonly updates: number; readonly message: string };

/** What a replay of a stored run needs. */
export interface ReplayParams {
  /** The experiment as the run recorded it. */
  readonly experiment: ResolvedExperiment;
  readonly files: ReadonlyMap<string, SentFile>;
  /** Memory limit of the replay, in bytes. */
  readonly memoryLimit: number;
  /** The kernel sets that computed the run. */
  readonly kernels: KernelHistory;
  /** Shards per batch, as the run had them. */
  readonly shards: number;
  /** Absolute path of the run's folder. */
  readonly folder: string;
}

/** The replay of a run that another program recorded, which has what that program captured. */
export interface RecordedReplayParams {
  readonly info: RunInfo;
  /** Absolute path of the run's folder. */
  readonly folder: string;
  /** In bytes. */
  readonly memoryLimit: number;
}

/** The reply to opening a replay. */
export type ReplayReply =
  { readonly kind: 'opened' } | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** What the trainer's worker serves. */
export type TrainerContract = {
  requests: {
    start: { params: StartParams; result: StartReply };
    /** Tests learning rates with a training of its own, which is not saved; see `RangeTest`. */
    findLearningRate: { params: RangeTestParams; result: RangeTestReply };
    /** Compares the gradients of the first update with central differences; see `gradientChecksOf`. */
    checkGradients: { params: GradientCheckParams; result: GradientCheckReply };
    /** The PyTorch program of an experiment; see `exportToPyTorch`. */
    exportPyTorch: { params: ExportParams; result: ExportReply };
    /** Starts no training and leaves the trainer unchanged. */
    checkExperiment: { params: CheckParams; result: CheckedExperiment };
    /** The first rows of a table as they are read, as plain text; the trainer is left unchanged. */
    previewTable: { params: TableParams; result: string };
    /** The columns of a table, for completions; the trainer is left unchanged. */
    summarizeColumns: { params: TableParams; result: readonly TableColumnSummary[] };
    /** Replied to when the update in progress is done. */
    pause: { params: undefined; result: undefined };
    resume: { params: undefined; result: undefined };
    /** One update, then paused. */
    step: { params: undefined; result: undefined };
    stop: { params: undefined; result: undefined };
    setPace: { params: Pace; result: undefined };
    /** Starts a held run. */
    release: { params: undefined; result: undefined };
    /** The base rate, before the schedule; the reply is the first update that it applies to. */
    setLearningRate: { params: number; result: number };
    /** The records, from an update on, that are not yet written to the run's folder. */
    unwritten: { params: number; result: readonly RecordBatch[] };
    /** Turns this worker into the replay of a stored run. */
    openReplay: { params: ReplayParams; result: ReplayReply };
    /** The same of a run that another program recorded. */
    openRecorded: { params: RecordedReplayParams; result: undefined };
  } & StoredRunRequests &
    ReplayRequests;
  events: {
    /** The share of the data that has been read, from 0 to 1, while a run starts. */
    reading: number;
    records: RecordBatch;
    /** How far a range test is. */
    rangeTested: RangeTestProgress;
    /** The check of one parameter, as soon as it is done. */
    gradientChecked: ParameterCheck;
    ended: Ending;
    saveStatus: SaveStatus;
    /** The plateau schedule has reduced the learning rate. */
    rateReduced: RateChange;
    /** All findings so far, sent whenever one is added. */
    findings: readonly Finding[];
    /** A message for the user that does not end the run. */
    notice: string;
  };
};

/** What the host serves to the trainer. */
export type TrainerHostContract = { requests: RunStorageRequests; events: Record<never, never> };

/**
 * What the host asks of a run beside the requests of the channel, so that it acts before the next update. A request
 * always accompanies it and is answered when the run has paused or stopped.
 */
export type RunSignal =
  /** `command`: the place of the accompanying request among all requests to pause, resume and step, from 1. */
  { readonly kind: 'pause'; readonly command: number } | { readonly kind: 'stop' };

/** A signal as one line of text, without its end. */
export function writeRunSignal(signal: RunSignal): string {
  return JSON.stringify(signal);
}

/** The signal of a line of text; undefined for any other line. */
export function readRunSignal(line: string): RunSignal | undefined {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return undefined;
  }
  if (typeof value !== 'object' || value === null) return undefined;
  const { kind, command } = value as Readonly<Record<string, unknown>>;
  if (kind === 'stop') return { kind };
  return kind === 'pause' && Number.isSafeInteger(command) ? { kind, command: command as number } : undefined;
}

/** A signal as a message, where no other thread of the trainer can receive it. */
export interface SignalMessage {
  readonly kind: 'signal';
  readonly signal: RunSignal;
}

/** Whether a message is a signal. */
export function isSignalMessage(message: unknown): message is SignalMessage {
  return isOfKind(message, 'signal') && readRunSignal(JSON.stringify(message['signal'])) !== undefined;
}

/** Sent by a trainer, outside the channel, when it has saved its data and exits; a process says it by its exit. */
export const exited = { kind: 'exited' } as const;

/** Whether a message says that the trainer exits. */
export function isExited(message: unknown): boolean {
  return isOfKind(message, exited.kind);
}

/** Sent by the trainer process, outside the channel, before it exits because of an exception. */
export interface ProcessFailure {
  readonly kind: 'processFailure';
  readonly reason: string;
}

/** Whether a message reports that the trainer process can't continue. */
export function isProcessFailure(message: unknown): message is ProcessFailure {
  return isOfKind(message, 'processFailure') && typeof message['reason'] === 'string';
}

/** Sent to the trainer process, outside the channel: it saves its data and exits. */
export const saveAndExit = { kind: 'saveAndExit' } as const;

/** Whether a message tells the trainer process to save and exit. */
export function isSaveAndExit(message: unknown): boolean {
  return isOfKind(message, saveAndExit.kind);
}

function isOfKind(message: unknown, kind: string): message is Readonly<Record<string, unknown>> {
  return typeof message === 'object' && message !== null && 'kind' in message && message.kind === kind;
}
