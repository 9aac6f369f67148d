import { DisplaySeries } from '../../run/series/displaySeries';
import type { ZoomedSeries, ZoomedSeriesRequest } from '../../protocol/panel';
import type { PlacedBatch, RecordInfo } from '../../protocol/storedRun';
import { runFiles } from '../../run/storage/runFiles';
import { batchBefore, batchFrom } from '../../run/records/recordBatch';
import type { RunStorage } from '../../run/storage/storage';
import { RecordFile } from './recordFile';

/**
 * Maximum number of bytes of records read for one reply, where a column is several updates and where it is a single
 * one.
 */
const maxBytes = { merged: 64 * 1024 * 1024, exact: 512 * 1024 * 1024 } as const;
/** Maximum number of batches in the index: a run that flushes every second has this number after twelve days. */
const maxBatches = 1 << 20;

/**
 * Reads ranges of a run's record file. It keeps an index of the record batches, so that only the batches of the range are
 * read, one at a time; batches that were appended to the file are added at the next request.
 */
export class StoredZoomedSeries {
  #head: Uint8Array | undefined;
  #batches: PlacedBatch[] = [];
  /** One request at a time: two would add the same batches to the index. */
  #previous: Promise<unknown> = Promise.resolve();

  constructor(
    readonly storage: Pick<RunStorage, 'open'>,
    readonly info: RecordInfo,
  ) {}

  /**
   * The series of the updates `from … to`, as far as they are recorded; undefined where they are too many to read at
   * once.
   *
   * @throws with a readable reason when the records can't be read
   */
  read(request: ZoomedSeriesRequest): Promise<ZoomedSeries | undefined> {
    const answer = this.#previous.then(() => this.#read(request));
    this.#previous = answer.catch(() => undefined);
    return answer;
  }

  async #read({ from, to }: ZoomedSeriesRequest): Promise<ZoomedSeries | undefined> {
    const file = await RecordFile.open(this.storage);
    try {
      const head = await this.#extend(file);
      const { layout, recordEvery } = this.info;
      const series = new DisplaySeries(layout, recordEvery, from);
      // A range may start between two updates that recorded their series through time: it shows the earlier one.
      const first = series.heat.origin;
      const batches = this.#between(first, to);
      const last = this.#batches.at(-1);
      const { isSparse = false } = layout;
      const end = last === undefined ? from : isSparse ? to : Math.max(from, Math.min(to, last.update + last.count));
      // The last header may be damaged and its count too small: reading the batch checks it.
      if (last !== undefined && end < to && !isSparse) await file.message(last);
      const bytes = batches.reduce((sum, { length }) => sum + length, 0);
      const isExact = series.scalars.strideFor(end - from) === 1;
      if (bytes > (isExact ? maxBytes.exact : maxBytes.merged)) return undefined;
      // Loaded on demand: the Arrow reader is a third of the extension.
      const { readLayoutJson, readBatchRows } = await import('../../run/records/recordDecoder');
      if (readLayoutJson(head) !== JSON.stringify(layout)) throw otherRecords();
      for (const { update, at, length, count } of batches) {
        const message = new Uint8Array(head.length + length);
        message.set(head);
        message.set(await file.message({ at, length }), head.length);
        if (isSparse) {
          // Their updates are not consecutive: which of the rows are in the range only the rows tell.
          for (const rows of readBatchRows(message, 0, count)) series.append(batchBefore(batchFrom(rows, first), to));
          continue;
        }
        const begin = Math.max(first, update);
        let taken = 0;
        for (const rows of readBatchRows(message, begin - update, Math.min(count, to - update))) {
          if (taken === 0 && rows.update[0] !== begin) throw otherRecords();
          series.append(rows);
          taken += rows.count;
        }
        if (taken === 0) throw otherRecords();
      }
      return { from, to: end, series: series.whole() };
    } catch (error) {
      // A run that was resumed from an earlier checkpoint has other batches now.
      this.#head = undefined;
      this.#batches = [];
      throw error;
    } finally {
      await file.close();
    }
  }

  #between(from: number, to: number): readonly PlacedBatch[] {
    let [low, high] = [0, this.#batches.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const batch = this.#batches[middle];
      if (batch !== undefined && this.#endOf(middle, batch) <= from) low = middle + 1;
      else high = middle;
    }
    let end = low;
    while ((this.#batches[end]?.update ?? to) < to) end++;
    return this.#batches.slice(low, end);
  }

  /** The update after those of a batch, or a later one. */
  #endOf(place: number, { update, count }: PlacedBatch): number {
    return this.info.layout.isSparse === true ? (this.#batches[place + 1]?.update ?? Infinity) : update + count;
  }

  /** Adds the complete new batches to the index; returns the file's schema message. */
  async #extend(file: RecordFile): Promise<Uint8Array> {
    const known = this.#batches.at(-1);
    if (known !== undefined && known.at + known.length > file.size) {
      this.#head = undefined;
      this.#batches = [];
    }
    const head = (this.#head ??= await file.head());
    if (head === undefined) throw new Error(`${runFiles.records} holds no records`);
    let last = this.#batches.at(-1);
    while (this.#batches.length < maxBatches) {
      const batch = await file.batchAt(last === undefined ? head.length : last.at + last.length);
      const before: number = last === undefined ? 0 : last.update + last.count;
      // Updates are consecutive, except where some couldn't be written.
      if (batch === undefined) return head;
      // A gap or an overlap may be due to a damaged header, because only reading the whole batch checks its checksum.
      if (batch.update !== before) for (const one of [last, batch]) if (one !== undefined) await file.message(one);
      if (batch.update < before) return head;
      last = batch;
      this.#batches.push(batch);
    }
    return head;
  }
}

function otherRecords(): Error {
  return new Error(`${runFiles.records} has changed, or belongs to another run`);
}
