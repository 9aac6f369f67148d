import type { RunFacts } from '../protocol/run';
import { RunHistory } from '../protocol/runHistory';
import { FolderStorage } from '../run/folderStorage.node';
import { runFiles } from '../run/layout';
import type { Manifest } from '../run/manifest';
import { largestOverview, readOverview } from '../run/overview';
import { batchBefore } from '../run/recordBatch';
import { RecordFile } from './recordFile.node';

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
    if (records.size === 0) throw new Error(`${runFiles.records} is empty`);
    const summed = await historyIn(folder, facts, records.size);
    if (summed !== undefined && summed.history.numbers.updates <= end) {
      await takeAll(summed.history, records, summed.recordBytes, end);
      return summed.history;
    }
    const history = new RunHistory(facts.layout, facts.recordEvery);
    await takeAll(history, records, undefined, end);
    return history;
  } finally {
    await records.close();
  }
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

async function takeAll(history: RunHistory, records: RecordFile, from: number | undefined, end: number): Promise<void> {
  const expected = JSON.stringify(history.series.layout);
  const head = await records.head();
  if (head === undefined) return;
  // Loaded when it is needed: what reads Arrow is a third of the extension, and most windows never open an old run.
  const { streamRecords } = await import('../run/recordDecoder');
  for await (const batch of streamRecords(messagesOf(records, head, from ?? head.length))) {
    // Records of another net than the manifest tells of belong to no picture of this run.
    if (JSON.stringify(batch.layout) !== expected) throw new Error(`${runFiles.records} is of another run`);
    history.take(batchBefore(batch, end));
    if ((batch.update.at(-1) ?? 0) >= end) return;
  }
}

/** The file's head, and its batches from a place on. */
async function* messagesOf(records: RecordFile, head: Uint8Array, from: number): AsyncGenerator<Uint8Array> {
  yield head;
  for (let batch = await records.batchAt(from); batch !== undefined;) {
    yield await records.bytes(batch.at, batch.length);
    batch = await records.batchAt(batch.at + batch.length);
  }
}
