import type { Disposable } from 'vscode';
import { DisplaySeries } from '../run/series/displaySeries';
import type { ZoomedSeries, ZoomedSeriesRequest } from '../protocol/panel';
import type { RunInfo } from '../protocol/run';
import { batchBefore, batchFrom, type RecordBatch } from '../run/records/recordBatch';
import type { ZoomedSeriesReader } from './runReader';
import type { LiveSession } from './liveSession';

/**
 * A stretch that reaches beyond the newest update of a run that trains: what is on disk, what its trainer has not written
 * yet, and what comes in, until the end that was asked for. Its memory is that of its columns, however long it follows.
 */
export class LiveZoomedSeries implements Disposable {
  readonly #series: DisplaySeries;
  readonly #subscription: Disposable;
  /** What comes in while the rest is being read. */
  #early: RecordBatch[] | undefined = [];
  /** The first update that is not in the series. */
  #next: number;
  #sent = 0;

  /** Follows the run from this moment on. */
  constructor(
    readonly session: Pick<LiveSession, 'onDidAppend' | 'unwritten'>,
    { layout, recordEvery }: Pick<RunInfo, 'layout' | 'recordEvery'>,
    readonly request: ZoomedSeriesRequest,
  ) {
    this.#series = new DisplaySeries(layout, recordEvery, request.from);
    this.#next = this.#series.heat.origin;
    this.#subscription = session.onDidAppend((batch) => {
      if (this.#early === undefined) this.#take(batch);
      else this.#early.push(batch);
    });
  }

  /**
   * Everything up to this moment; undefined where that is too much to be read at once.
   *
   * @throws with a readable reason when the records cannot be read
   */
  async read(records: ZoomedSeriesReader): Promise<ZoomedSeries | undefined> {
    // Asked before the disk is read, so that nothing is missed that is written in between.
    const unwritten = await this.session.unwritten(this.#next);
    const { from } = this.request;
    const kept = await records.read(this.request);
    if (kept === undefined) {
      this.dispose();
      return undefined;
    }
    this.#series.write(kept.series);
    if (kept.to > from) this.#next = kept.to;
    for (const batch of [...unwritten, ...(this.#early ?? [])]) this.#take(batch);
    this.#early = undefined;
    this.#sent = this.#next;
    return { from, to: Math.max(from, this.#next), series: this.#series.whole() };
  }

  /** What came in since the last answer; undefined when that is nothing. */
  grown(): ZoomedSeries | undefined {
    if (this.#early !== undefined || this.#next <= this.#sent) return undefined;
    const series = this.#series.since(this.#sent);
    this.#sent = this.#next;
    return { from: this.request.from, to: this.#next, series };
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  #take(batch: RecordBatch): void {
    // Beyond the end that was asked for, columns might have to be merged.
    const fresh = batchBefore(batchFrom(batch, this.#next), this.request.to);
    if (fresh.count === 0) return;
    this.#series.append(fresh);
    this.#next = (fresh.update[fresh.count - 1] ?? 0) + 1;
    if (this.#next >= this.request.to) this.dispose();
  }
}
