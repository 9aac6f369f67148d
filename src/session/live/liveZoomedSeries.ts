import type { Disposable } from 'vscode';
import { DisplaySeries } from '../../run/series/displaySeries';
import type { ZoomedSeries, ZoomedSeriesRequest } from '../../protocol/panel';
import type { RunInfo } from '../../protocol/run';
import { batchBefore, batchFrom, type RecordBatch } from '../../run/records/recordBatch';
import type { ZoomedSeriesReader } from '../stored/runReader';
import type { LiveSession } from './liveSession';

/**
 * A zoomed range that extends beyond the newest update of a live run: the records on disk, those that its trainer has not
 * written yet, and those that arrive, up to the requested end. Its memory is that of its columns, however long it lives.
 */
export class LiveZoomedSeries implements Disposable {
  readonly #series: DisplaySeries;
  readonly #subscription: Disposable;
  /** Records that arrive during `read`; undefined afterwards. */
  #pendingRecords: RecordBatch[] | undefined = [];
  /** The first update that is not in the series. */
  #next: number;
  #sent = 0;

  /** Collects the run's records from now on. */
  constructor(
    readonly session: Pick<LiveSession, 'onDidAppend' | 'unwritten'>,
    { layout, recordEvery }: Pick<RunInfo, 'layout' | 'recordEvery'>,
    readonly request: ZoomedSeriesRequest,
  ) {
    this.#series = new DisplaySeries(layout, recordEvery, request.from);
    this.#next = this.#series.heat.origin;
    this.#subscription = session.onDidAppend((batch) => {
      if (this.#pendingRecords === undefined) this.#take(batch);
      else this.#pendingRecords.push(batch);
    });
  }

  /**
   * Everything up to now; undefined if that is too much to read at once.
   *
   * @throws with a readable reason when the records cannot be read
   */
  async read(records: ZoomedSeriesReader): Promise<ZoomedSeries | undefined> {
    // Requested before the disk is read, so that records written in between are not missed.
    const unwritten = await this.session.unwritten(this.#next);
    const { from } = this.request;
    const stored = await records.read(this.request);
    if (stored === undefined) {
      this.dispose();
      return undefined;
    }
    this.#series.write(stored.series);
    if (stored.to > from) this.#next = stored.to;
    for (const batch of [...unwritten, ...(this.#pendingRecords ?? [])]) this.#take(batch);
    this.#pendingRecords = undefined;
    this.#sent = this.#next;
    return { from, to: Math.max(from, this.#next), series: this.#series.whole() };
  }

  /** The records that arrived since the last call of this or `read`; undefined if there are none. */
  grown(): ZoomedSeries | undefined {
    if (this.#pendingRecords !== undefined || this.#next <= this.#sent) return undefined;
    const series = this.#series.since(this.#sent);
    this.#sent = this.#next;
    return { from: this.request.from, to: this.#next, series };
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #take(batch: RecordBatch): void {
    // Records beyond the requested end could force columns to be merged.
    const fresh = batchBefore(batchFrom(batch, this.#next), this.request.to);
    if (fresh.count === 0) return;
    this.#series.append(fresh);
    this.#next = (fresh.update[fresh.count - 1] ?? 0) + 1;
    if (this.#next >= this.request.to) this.dispose();
  }
}
