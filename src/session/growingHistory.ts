import { RunHistory } from '../run/series/runHistory';
import type { HistoryReply, HistoryRequest, PlacedBatch, RecordInfo } from '../protocol/storedRun';

/** Reads what a stored run's records come to. */
export type ReadHistory = (request: HistoryRequest) => Promise<HistoryReply>;

/**
 * What the records of one stored run come to, read again and again as they grow: what has been read before is not read
 * once more as long as it still stands there.
 */
export class GrowingHistory {
  #known: { readonly of: string; readonly history: RunHistory; readonly last: PlacedBatch } | undefined;
  #unread = 0;
  /** One at a time: two would add the same batches. */
  #earlier: Promise<unknown> = Promise.resolve();

  constructor(readonly readHistory: ReadHistory) {}

  /** Bytes at the end of the records in which nothing whole and undamaged was found when they were last read. */
  get unread(): number {
    return this.#unread;
  }

  /**
   * The same history as before where the records have only grown.
   *
   * @throws with a readable reason when the records cannot be read
   */
  read(folder: string, run: { readonly facts: RecordInfo }): Promise<RunHistory> {
    const answer = this.#earlier.then(() => this.#read(folder, run.facts));
    this.#earlier = answer.catch(() => undefined);
    return answer;
  }

  async #read(folder: string, { layout, recordEvery }: RecordInfo): Promise<RunHistory> {
    const facts = { layout, recordEvery };
    const of = JSON.stringify([folder, facts]);
    const known = this.#known?.of === of ? this.#known : undefined;
    // A history of which only a part was added is not used again.
    this.#known = undefined;
    const reply = await this.readHistory({ folder, info: facts, end: Infinity, after: known?.last });
    const history = historyFrom(reply, facts, known?.history);
    this.#unread = reply.unreadableBytes;
    this.#known = reply.last && { of, history, last: reply.last };
    return history;
  }
}

/**
 * The history that a reply tells of.
 *
 * @param known to which added records are added
 */
export function historyFrom(reply: HistoryReply, { layout, recordEvery }: RecordInfo, known?: RunHistory): RunHistory {
  switch (reply.kind) {
    case 'added': {
      const history = known ?? new RunHistory(layout, recordEvery);
      for (const batch of reply.batches) history.append(batch);
      return history;
    }
    case 'whole': {
      const history = new RunHistory(layout, recordEvery, reply.numbers);
      history.series.write(reply.series);
      return history;
    }
    default:
      return reply satisfies never;
  }
}
