import type { RunFacts } from '../protocol/run';
import { RunHistory } from '../protocol/runHistory';
import { FolderStorage } from '../run/folderStorage.node';
import { runFiles } from '../run/layout';
import type { Manifest } from '../run/manifest';
import { largestOverview, readOverview } from '../run/overview';
import { batchBefore } from '../run/recordBatch';
import { RecordFile, type PlacedBatch } from './recordFile.node';

/**
 * What a kept run's records come to: the overview in its folder and the records after it, or where that is missing all
 * records, one batch at a time, so that the memory does not grow with the run.
 *
 * @param end the first update that does not belong to it
 * @throws when there are no records that can be read
 */
export async function readHistory(folder: string, { facts }: Manifest, end = Infinity): Promise<RunHistory> {
  const records = await RecordFile.open(folder);
  try {
    return (await readAll(folder, facts, records, end)).history;
  } finally {
    await records.close();
  }
}

/** The whole history, and the last batch that was read one by one. */
async function readAll(
  folder: string,
  facts: RunFacts,
  records: RecordFile,
  end: number,
): Promise<{ readonly history: RunHistory; readonly last: PlacedBatch | undefined }> {
  if (records.size === 0) throw new Error(`${runFiles.records} is empty`);
  const summed = await historyIn(folder, facts, records.size);
  if (summed !== undefined && summed.history.numbers.updates <= end) {
    return { history: summed.history, last: await takeAll(summed.history, records, summed.recordBytes, end) };
  }
  const history = new RunHistory(facts.layout, facts.recordEvery);
  return { history, last: await takeAll(history, records, undefined, end) };
}

/** The history in a run's overview; undefined where that is missing, or does not fit the records. */
async function historyIn(folder: string, { layout, recordEvery }: RunFacts, recordSize: number) {
  const bytes = await new FolderStorage(folder).read(runFiles.overview, largestOverview);
  const overview = bytes && readOverview(bytes, layout);
  if (overview === undefined || overview.recordBytes > recordSize) return undefined;
  const history = new RunHistory(layout, recordEvery, overview.numbers);
  if (!history.series.fits(overview.tables)) return undefined;
  history.series.write(overview.tables);
  return { history, recordBytes: overview.recordBytes };
}

/** Takes in the batches from a place on; the last one that was there. */
async function takeAll(
  history: RunHistory,
  records: RecordFile,
  from: number | undefined,
  end: number,
): Promise<PlacedBatch | undefined> {
  const expected = JSON.stringify(history.series.layout);
  const head = await records.head();
  if (head === undefined) return undefined;
  let last: PlacedBatch | undefined;
  // Loaded when it is needed: what reads Arrow is a third of the extension, and most windows never open an old run.
  const { streamRecords } = await import('../run/recordDecoder');
  const messages = messagesOf(records, head, from ?? head.length, (batch) => {
    last = batch;
  });
  for await (const batch of streamRecords(messages)) {
    // Records of another net than the manifest tells of belong to no picture of this run.
    if (JSON.stringify(batch.layout) !== expected) throw new Error(`${runFiles.records} is of another run`);
    history.take(batchBefore(batch, end));
    if ((batch.update.at(-1) ?? 0) >= end) break;
  }
  return last;
}

/** The file's head, and its batches from a place on; `note` is told of each. */
async function* messagesOf(
  records: RecordFile,
  head: Uint8Array,
  from: number,
  note: (batch: PlacedBatch) => void,
): AsyncGenerator<Uint8Array> {
  yield head;
  for (let batch = await records.batchAt(from); batch !== undefined;) {
    note(batch);
    yield await records.bytes(batch.at, batch.length);
    batch = await records.batchAt(batch.at + batch.length);
  }
}

/**
 * Reads what the records of one run come to, again and again as they grow: what was read before is not read once more as
 * long as it still stands there.
 */
export class GrowingHistory {
  #known: { readonly of: string; readonly history: RunHistory; readonly last: PlacedBatch } | undefined;
  /** One at a time: two would take in the same batches. */
  #earlier: Promise<unknown> = Promise.resolve();

  /**
   * The same history as before where the records have only grown.
   *
   * @throws as `readHistory`
   */
  read(folder: string, manifest: Manifest): Promise<RunHistory> {
    const answer = this.#earlier.then(() => this.#read(folder, manifest));
    this.#earlier = answer.catch(() => undefined);
    return answer;
  }

  async #read(folder: string, { facts }: Manifest): Promise<RunHistory> {
    const of = JSON.stringify([folder, facts.layout, facts.recordEvery]);
    const known = this.#known;
    // What is taken in by halves is not gone on with.
    this.#known = undefined;
    const records = await RecordFile.open(folder);
    try {
      const isThere = known?.of === of && isSame(await records.batchAt(known.last.at), known.last);
      const { history, last } = isThere
        ? { ...known, last: await takeAll(known.history, records, known.last.at + known.last.length, Infinity) }
        : await readAll(folder, facts, records, Infinity);
      const end = last ?? (isThere ? known.last : undefined);
      this.#known = end && { of, history, last: end };
      return history;
    } finally {
      await records.close();
    }
  }
}

/** A run that is gone on with from an earlier checkpoint has other batches. */
function isSame(one: PlacedBatch | undefined, other: PlacedBatch): boolean {
  return one?.update === other.update && one.count === other.count && one.length === other.length;
}
