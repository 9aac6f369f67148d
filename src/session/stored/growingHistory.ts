import { RunHistory } from '../../run/series/runHistory';
import type { Finding } from '../../diagnosis/finding';
import type { DiagnoseRequest, HistoryReply, HistoryRequest, PlacedBatch, RecordInfo } from '../../protocol/storedRun';

/** How much a run that is being recorded has to grow until its findings are found again. */
const growthUntilDiagnosis = 1.2;

/** Requests the history of a stored run. */
export type ReadHistory = (request: HistoryRequest) => Promise<HistoryReply>;

/** Requests what the rules find in a run that another program recorded. */
export type DiagnoseRecorded = (request: DiagnoseRequest) => Promise<readonly Finding[]>;

/**
 * The history of one stored run, read repeatedly as its records grow: batches that were read before are not read again
 * as long as they are unchanged.
 */
export class GrowingHistory {
  #known: { readonly of: string; readonly history: RunHistory; readonly last: PlacedBatch } | undefined;
  #unreadableBytes = 0;
  #diagnosed: { readonly folder: string; readonly updates: number; readonly findings: readonly Finding[] } | undefined;
  /** The previous reading. Readings run one at a time: two at once would append the same batches. */
  #previous: Promise<unknown> = Promise.resolve();

  constructor(
    readonly readHistory: ReadHistory,
    readonly diagnoseRecorded: DiagnoseRecorded,
  ) {}

  /** Bytes at the end of the records that held no complete, intact record at the last reading. */
  get unreadableBytes(): number {
    return this.#unreadableBytes;
  }

  /**
   * Reads the history; returns the same object as before if records were only appended.
   *
   * @throws with a readable reason when the records cannot be read
   */
  read(folder: string, run: { readonly facts: RecordInfo }): Promise<RunHistory> {
    const answer = this.#previous.then(() => this.#read(folder, run.facts));
    this.#previous = answer.catch(() => undefined);
    return answer;
  }

  /**
   * What the rules find in a run that another program recorded, at its last reading. All records are read for it: while
   * the run grows, it is found again only after a fifth more of them.
   *
   * @param updates of the run so far
   * @throws with a readable reason when it can't be found
   */
  async recordedFindings(request: DiagnoseRequest, updates: number, isGrowing: boolean): Promise<readonly Finding[]> {
    const known = this.#diagnosed?.folder === request.folder ? this.#diagnosed : undefined;
    const isRecent = known !== undefined && known.updates <= updates && updates < growthUntilDiagnosis * known.updates;
    if (known !== undefined && (updates === known.updates || (isGrowing && isRecent))) return known.findings;
    const findings = await this.diagnoseRecorded(request);
    this.#diagnosed = { folder: request.folder, updates, findings };
    return findings;
  }

  async #read(folder: string, { layout, recordEvery }: RecordInfo): Promise<RunHistory> {
    const info = { layout, recordEvery };
    const of = JSON.stringify([folder, info]);
    const known = this.#known?.of === of ? this.#known : undefined;
    // If the request fails, the history may be incomplete and is not reused.
    this.#known = undefined;
    const reply = await this.readHistory({ folder, info, end: Infinity, after: known?.last });
    const history = historyFrom(reply, info, known?.history);
    this.#unreadableBytes = reply.unreadableBytes;
    this.#known = reply.last && { of, history, last: reply.last };
    return history;
  }
}

/**
 * Builds the history from a reply.
 *
 * @param known the history to which new records are appended
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
