import type { Disposable } from 'vscode';
import type { ZoomedSeries, ZoomedSeriesRequest } from '../../protocol/panel';
import type { MeasuredOutcome } from '../../run/measuredOutcome';
import type { MeasuredRun } from '../../run/measuredRun';
import type { RunHistory } from '../../run/series/runHistory';
import type { NetFormat, RecordInfo } from '../../protocol/storedRun';
import type { ImportReply, ImportRequest, LogRequest, LogSummary } from '../../protocol/trainingLog';
import { GrowingHistory, historyFrom } from './growingHistory';
import { OnDemandTrainer } from '../trainers/onDemandTrainer';
import type { StartTrainerWorker } from '../trainers/trainerWorker';

/** Milliseconds without a request after which the reading process is terminated. */
const idle = 60_000;

/** Reads a range of one run's records in full resolution; undefined if it has too many to read at once. */
export interface ZoomedSeriesReader {
  read(request: ZoomedSeriesRequest): Promise<ZoomedSeries | undefined>;
}

/**
 * Reads the records of stored runs in a process of its own: a damaged or malicious file can crash that process, but not
 * the extension host.
 */
export class RunReader implements Disposable {
  readonly #trainer: OnDemandTrainer;

  constructor(start: StartTrainerWorker) {
    this.#trainer = new OnDemandTrainer(start, idle);
  }

  /**
   * The history of a run before an update.
   *
   * @throws with a readable reason when the records cannot be read
   */
  async historyUntil(folder: string, { layout, recordEvery }: RecordInfo, end: number): Promise<RunHistory> {
    const info = { layout, recordEvery };
    return historyFrom(await this.#trainer.request('history', { folder, info, end, after: undefined }), info);
  }

  /**
   * What the records of a run say about the keys of its experiment.
   *
   * @throws as `historyUntil`
   */
  async measure(folder: string, { layout, recordEvery }: RecordInfo): Promise<MeasuredRun> {
    return this.#trainer.request('measure', { folder, info: { layout, recordEvery } });
  }

  /**
   * What the expectations of a run are judged by.
   *
   * @throws as `historyUntil`
   */
  async measureOutcome(folder: string, { layout, recordEvery }: RecordInfo): Promise<MeasuredOutcome> {
    return this.#trainer.request('measureOutcome', { folder, info: { layout, recordEvery } });
  }

  /**
   * The trained net of a run as a file for other programs.
   *
   * @throws with a readable reason where the run has none
   */
  async trainedNet(folder: string, format: NetFormat): Promise<Uint8Array> {
    return this.#trainer.request('trainedNet', { folder, format, checkpoint: undefined });
  }

  /**
   * What a log of another program holds, and how it would be imported.
   *
   * @throws with a readable reason where it can't be read
   */
  async summarizeLog(request: LogRequest): Promise<LogSummary> {
    return this.#trainer.request('summarizeLog', request);
  }

  /** The logs of single runs in a folder; of a file itself. */
  async loggedRuns(path: string): Promise<readonly string[]> {
    return (await this.#trainer.request('loggedRuns', { path })).runs;
  }

  /**
   * Makes a run of a log.
   *
   * @throws with a readable reason where the log can't be read or the folder can't be written
   */
  async importLog(request: ImportRequest): Promise<ImportReply> {
    return this.#trainer.request('importLog', request);
  }

  /**
   * Writes the curves of a stored run for TensorBoard into a folder; the path of the file.
   *
   * @throws with a readable reason where the run can't be read or the file can't be written
   */
  async exportTensorBoard(folder: string, out: string): Promise<string> {
    return this.#trainer.request('exportTensorBoard', { folder, out });
  }

  /** A reader for a run that is read repeatedly as it grows. */
  growing(): GrowingHistory {
    return new GrowingHistory(
      (request) => this.#trainer.request('history', request),
      (request) => this.#trainer.request('diagnoseRecorded', request),
    );
  }

  /** A reader for ranges of one run in full resolution. */
  zoomedSeriesOf(folder: string, { layout, recordEvery }: RecordInfo): ZoomedSeriesReader {
    const info = { layout, recordEvery };
    return { read: (request) => this.#trainer.request('storedZoomedSeries', { folder, info, request }) };
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}
