import type { Finding } from '../diagnosis/finding';
import type { MeasuredOutcome } from '../run/measuredOutcome';
import type { MeasuredRun } from '../run/measuredRun';
import type { RecordBatch } from '../run/records/recordBatch';
import type { SeriesSlice } from '../run/series/displaySeries';
import type { ZoomedSeries, ZoomedSeriesRequest } from './panel';
import type { RunInfo } from './run';
import type { ImportReply, ImportRequest, LoggedRuns, LogRequest, LogSummary } from './trainingLog';
import type { RunNumbers } from '../run/series/runHistory';

/** The part of a run's info that is needed to read its records. */
export type RecordInfo = Pick<RunInfo, 'layout' | 'recordEvery'>;

/** One record batch and its place in the record file. */
export interface PlacedBatch {
  /** The first update in it. */
  readonly update: number;
  readonly count: number;
  /** Byte offset of its message in the file, and the message's length in bytes. */
  readonly at: number;
  readonly length: number;
}

/** Requests the history of a stored run. */
export interface HistoryRequest {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly info: RecordInfo;
  /** Exclusive end of the updates to read; Infinity for all. */
  readonly end: number;
  /** The last batch that was read before, to read only the following ones; undefined to read everything. */
  readonly after: PlacedBatch | undefined;
}

/** The history of a run, or the records that were added since it was last read. */
export type HistoryReply = {
  /** Bytes at the end of the file that hold no complete, intact record. */
  readonly unreadableBytes: number;
} & (
  | {
      readonly kind: 'whole';
      readonly numbers: RunNumbers;
      readonly series: SeriesSlice;
      /** The last batch in the file; undefined if none was read. */
      readonly last: PlacedBatch | undefined;
    }
  | { readonly kind: 'added'; readonly batches: readonly RecordBatch[]; readonly last: PlacedBatch }
);

/** Requests a range of a stored run's records in full resolution. */
export interface StoredZoomedSeriesRequest {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly info: RecordInfo;
  readonly request: ZoomedSeriesRequest;
}

/** Requests what the records of a stored run say about the keys of its experiment. */
export interface MeasureRequest {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly info: RecordInfo;
}

/** Requests what the rules find in the records of a run that another program recorded. */
export interface DiagnoseRequest {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly info: RunInfo;
}

/** The files that a trained net is written as. */
export const netFormats = ['safetensors', 'onnx'] as const;

export type NetFormat = (typeof netFormats)[number];

/** Requests the trained net of a stored run as a file for other programs. */
export interface TrainedNetRequest {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly format: NetFormat;
  /** Relative to the run's folder; undefined for the latest. */
  readonly checkpoint: string | undefined;
}

/** Reading of stored runs, and of logs that become runs. The trainer process does this, so that the host never reads a damaged or hostile file. */
export type StoredRunRequests = {
  history: { params: HistoryRequest; result: HistoryReply };
  measure: { params: MeasureRequest; result: MeasuredRun };
  /** What the expectations of a run are judged by. */
  measureOutcome: { params: MeasureRequest; result: MeasuredOutcome };
  diagnoseRecorded: { params: DiagnoseRequest; result: readonly Finding[] };
  summarizeLog: { params: LogRequest; result: LogSummary };
  loggedRuns: { params: { readonly path: string }; result: LoggedRuns };
  importLog: { params: ImportRequest; result: ImportReply };
  /** Writes the curves of a run for TensorBoard into a folder; the path of the file. */
  exportTensorBoard: { params: { readonly folder: string; readonly out: string }; result: string };
  trainedNet: { params: TrainedNetRequest; result: Uint8Array<ArrayBuffer> };
  /** undefined if the range has too many records to read at once. */
  storedZoomedSeries: { params: StoredZoomedSeriesRequest; result: ZoomedSeries | undefined };
};
