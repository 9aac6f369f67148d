/** What a curve of a log is in the run that it becomes. */
export const curveRoles = ['loss', 'validationLoss', 'gradNorm', 'learningRate', 'validationAccuracy'] as const;

export type CurveRole = (typeof curveRoles)[number];

/** The kinds of logs that are read. */
export type LogFormat = 'tensorboard' | 'csv' | 'jsonl';

/** Which curve of a log, by its name, is what; at least one. */
export type CurveMapping = Readonly<Partial<Record<CurveRole, string>>>;

/** A curve that a log has. */
export interface CurveSummary {
  readonly name: string;
  /** Number of its values. */
  readonly count: number;
  readonly firstStep: number;
  readonly lastStep: number;
  readonly lastValue: number;
}

/** What a log holds, and how it would be imported. */
export interface LogSummary {
  readonly format: LogFormat;
  /** The name for its run. */
  readonly name: string;
  readonly curves: readonly CurveSummary[];
  /** Tensors whose norms are known from histograms. */
  readonly tensors: number;
  /** Of a table: the columns that can number its rows. */
  readonly stepColumns: readonly string[];
  /** The column that numbers the rows; undefined where the order of the rows does, and of a log whose values have steps. */
  readonly stepColumn: string | undefined;
  readonly proposed: CurveMapping;
  readonly notices: readonly string[];
}

/** A log, and how it is read. */
export interface LogRequest {
  /** Absolute path of a file, or of a folder with event files. */
  readonly path: string;
  /** Of a table: the column that numbers the rows; `null` for their order, undefined for the one that is found. */
  readonly stepColumn: string | null | undefined;
}

/** Requests that a log becomes a run. */
export interface ImportRequest extends LogRequest {
  /** The folder of the new run. */
  readonly folder: string;
  readonly name: string;
  /** undefined for what the summary proposes. */
  readonly mapping: CurveMapping | undefined;
}

/** What was imported. */
export interface ImportReply {
  /** 1 + the last step. */
  readonly updates: number;
  readonly mapping: CurveMapping;
  /** The names of the curves that the run does not have. */
  readonly leftOut: readonly string[];
  readonly notices: readonly string[];
}

/** What a folder of event files holds: one run, or several. */
export interface LoggedRuns {
  /** Absolute paths, each of a log of one run. */
  readonly runs: readonly string[];
}
