import type { Disposable } from 'vscode';
import type { ZoomedSeries, ZoomedSeriesRequest } from '../protocol/panel';
import type { RunHistory } from '../run/series/runHistory';
import type { RecordInfo } from '../protocol/storedRun';
import { GrowingHistory, historyFrom } from './growingHistory';
import { OnDemandTrainer } from './onDemandTrainer';
import type { StartTrainerWorker } from './trainerWorker';

/** Milliseconds without a request after which the reading process is ended. */
const idle = 60_000;

/** Reads a part of one run's records in full resolution; undefined where it holds too many to be read at once. */
export interface ZoomedSeriesReader {
  read(request: ZoomedSeriesRequest): Promise<ZoomedSeries | undefined>;
}

/**
 * Reads the records of stored runs in a process of its own: a file that is damaged, or made to do harm, can end that
 * process, and never the extension host.
 */
export class RunReader implements Disposable {
  readonly #trainer: OnDemandTrainer;

  constructor(start: StartTrainerWorker) {
    this.#trainer = new OnDemandTrainer(start, idle);
  }

  /**
   * What a run's records come to before an update.
   *
   * @throws with a readable reason when the records cannot be read
   */
  async historyUntil(folder: string, { layout, recordEvery }: RecordInfo, end: number): Promise<RunHistory> {
    const facts = { layout, recordEvery };
    return historyFrom(await this.#trainer.request('history', { folder, info: facts, end, after: undefined }), facts);
  }

  /** For a run that is read again as it grows. */
  growing(): GrowingHistory {
    return new GrowingHistory((request) => this.#trainer.request('history', request));
  }

  /** For parts of one run in full resolution. */
  zoomedSeriesOf(folder: string, { layout, recordEvery }: RecordInfo): ZoomedSeriesReader {
    const facts = { layout, recordEvery };
    return { read: (request) => this.#trainer.request('storedZoomedSeries', { folder, info: facts, request }) };
  }

  dispose(): void {
    this.#trainer.dispose();
  }
}
