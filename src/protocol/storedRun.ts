import type { RecordBatch } from '../run/records/recordBatch';
import type { SeriesSlice } from '../run/series/displaySeries';
import type { ZoomedSeries, ZoomedSeriesRequest } from './panel';
import type { RunInfo } from './run';
import type { RunNumbers } from '../run/series/runHistory';

/** What of a run's facts its records are read by. */
export type RecordInfo = Pick<RunInfo, 'layout' | 'recordEvery'>;

/** One record batch, and where in the record file it stands. */
export interface PlacedBatch {
  /** The first update in it. */
  readonly update: number;
  readonly count: number;
  /** Byte offset of its message in the file, and the message's length in bytes. */
  readonly at: number;
  readonly length: number;
}

/** Asks what a stored run's records come to. */
export interface HistoryRequest {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly info: RecordInfo;
  /** The first update that is not asked for; Infinity for all. */
  readonly end: number;
  /** The last batch that has been read before, where only what follows it is asked for; undefined for everything. */
  readonly after: PlacedBatch | undefined;
}

/** What a run's records come to, or the records that have been added since they were last read. */
export type HistoryReply = {
  /** Bytes at the end of the file in which no whole and undamaged record was found. */
  readonly unreadableBytes: number;
} & (
  | {
      readonly kind: 'whole';
      readonly numbers: RunNumbers;
      readonly series: SeriesSlice;
      /** The last batch in the file; undefined where none had to be read. */
      readonly last: PlacedBatch | undefined;
    }
  | { readonly kind: 'added'; readonly batches: readonly RecordBatch[]; readonly last: PlacedBatch }
);

/** Asks for a part of a stored run's records in full resolution. */
export interface StoredZoomedSeriesRequest {
  /** Absolute path of the run's folder. */
  readonly folder: string;
  readonly info: RecordInfo;
  readonly request: ZoomedSeriesRequest;
}

/** Reading of stored runs, which the trainer's process does so that no damaged or hostile file is read by the host. */
export type StoredRunRequests = {
  history: { params: HistoryRequest; result: HistoryReply };
  /** undefined where the part holds too many records to be read at once. */
  storedZoomedSeries: { params: StoredZoomedSeriesRequest; result: ZoomedSeries | undefined };
};
