import { RunHistory } from '../../run/series/runHistory';
import type { HistoryReply, HistoryRequest, PlacedBatch, RecordInfo } from '../../protocol/storedRun';
import { runFiles } from '../../run/storage/runFiles';
import type { RunStorage } from '../../run/storage/storage';
import { maxOverviewBytes, readOverview } from '../../run/overview';
import { batchBefore, buffersOf, type RecordBatch } from '../../run/records/recordBatch';
import { RecordFile } from './recordFile';

/** Maximum number of bytes of added records: beyond this the whole history is smaller to send. */
const maxAddedBytes = 32 * 1024 * 1024;
/** Maximum number of bytes of them in memory, where short series are padded to the longest. */
const maxUnpackedBytes = 4 * maxAddedBytes;

/**
 * Reads the history of a stored run: the overview in its folder and the records after it; without an overview all
 * records, one batch at a time, so that the memory doesn't grow with the run.
 *
 * @param end the update after the last one to read
 * @throws when there are no readable records
 */
export async function readHistory(
  storage: RunStorage,
  { facts: info }: { readonly facts: RecordInfo },
  end = Infinity,
): Promise<RunHistory> {
  const records = await RecordFile.open(storage);
  try {
    return (await readAll(storage, info, records, end)).history;
  } finally {
    await records.close();
  }
}

/**
 * Answers a request for the history of a stored run. If the batch in the request still exists in the file, only with what
 * follows it.
 *
 * @throws as `readHistory`
 */
export async function answerHistory(
  storage: RunStorage,
  { info, end, after }: Omit<HistoryRequest, 'folder'>,
): Promise<HistoryReply> {
  const records = await RecordFile.open(storage);
  try {
    // A run that was resumed from an earlier checkpoint has another batch there.
    const isThere = after !== undefined && isSame(await records.batchAt(after.at), after);
    if (isThere && records.size - after.at - after.length <= maxAddedBytes) {
      const added = await readAdded(info, records, after, end);
      if (added !== undefined) return added;
    }
    const { history, last, unreadableBytes } = await readAll(storage, info, records, end);
    return { kind: 'whole', numbers: history.numbers, series: history.series.whole(), last, unreadableBytes };
  } finally {
    await records.close();
  }
}

/** The result of reading batches. */
interface ReadBatches {
  /** The last batch that was read. */
  readonly last: PlacedBatch | undefined;
  /** Bytes after it without a complete and undamaged batch. */
  readonly unreadableBytes: number;
}

/** The batches after one that was read before; undefined where they take too much memory when unpacked. */
async function readAdded(
  info: RecordInfo,
  records: RecordFile,
  after: PlacedBatch,
  end: number,
): Promise<HistoryReply | undefined> {
  const batches: RecordBatch[] = [];
  let bytes = 0;
  const take = (batch: RecordBatch): boolean => {
    bytes += buffersOf(batch).reduce((sum, { byteLength }) => sum + byteLength, 0);
    if (bytes <= maxUnpackedBytes) batches.push(batch);
    return bytes <= maxUnpackedBytes;
  };
  const { last, unreadableBytes } = await readBatches(take, info, records, after.at + after.length, end);
  return bytes > maxUnpackedBytes ? undefined : { kind: 'added', batches, last: last ?? after, unreadableBytes };
}

/** The whole history, and the last batch that was read. */
async function readAll(
  storage: RunStorage,
  info: RecordInfo,
  records: RecordFile,
  end: number,
): Promise<{ readonly history: RunHistory } & ReadBatches> {
  if (records.size === 0) throw new Error(`${runFiles.records} is empty`);
  const summed = await historyIn(storage, info, records.size);
  if (summed !== undefined && summed.history.numbers.updates <= end) {
    const taken = await readBatches(appendTo(summed.history), info, records, summed.recordBytes, end);
    return { history: summed.history, ...taken };
  }
  const history = new RunHistory(info.layout, info.recordEvery);
  return { history, ...(await readBatches(appendTo(history), info, records, undefined, end)) };
}

/** The history in a run's overview; undefined where that is missing or doesn't match the records. */
async function historyIn(storage: RunStorage, { layout, recordEvery }: RecordInfo, recordSize: number) {
  const bytes = await storage.read(runFiles.overview, maxOverviewBytes);
  const overview = bytes && readOverview(bytes, layout);
  if (overview === undefined || overview.recordBytes > recordSize) return undefined;
  const history = new RunHistory(layout, recordEvery, overview.numbers);
  if (!history.series.fits(overview.tables)) return undefined;
  history.series.write(overview.tables);
  return { history, recordBytes: overview.recordBytes };
}

function appendTo(history: RunHistory): (batch: RecordBatch) => boolean {
  return (batch) => {
    history.append(batch);
    return true;
  };
}

/** Calls `take` with each batch from an offset on, or from the beginning, until it returns false. */
export async function readBatches(
  take: (batch: RecordBatch) => boolean,
  { layout }: RecordInfo,
  records: RecordFile,
  from: number | undefined,
  end: number,
): Promise<ReadBatches> {
  const expected = JSON.stringify(layout);
  const head = await records.head();
  if (head === undefined) return { last: undefined, unreadableBytes: records.size };
  let last: PlacedBatch | undefined;
  // Loaded on demand: the Arrow reader is a third of the extension, and most windows never open a stored run.
  const { readLayoutJson, streamRecords } = await import('../../run/records/recordDecoder');
  // Records of another network than that of the manifest aren't unpacked.
  if ((readLayoutJson(head) ?? expected) !== expected) throw new Error(`${runFiles.records} belongs to another run`);
  const messages = messagesOf(records, head, from ?? head.length, (batch) => {
    last = batch;
  });
  for await (const batch of streamRecords(messages)) {
    if (!take(batchBefore(batch, end))) return { last, unreadableBytes: 0 };
    if ((batch.update.at(-1) ?? 0) >= end) return { last, unreadableBytes: 0 };
  }
  return { last, unreadableBytes: records.size - (last === undefined ? (from ?? head.length) : last.at + last.length) };
}

/** The file's schema message and its batches from an offset on; `note` is called with each batch. */
async function* messagesOf(
  records: RecordFile,
  head: Uint8Array,
  from: number,
  note: (batch: PlacedBatch) => void,
): AsyncGenerator<Uint8Array> {
  yield head;
  for (let batch = await records.batchAt(from); batch !== undefined;) {
    // The records end at a damaged batch, as at one that is still being written.
    const message = await records.message(batch).catch(() => undefined);
    if (message === undefined) return;
    note(batch);
    yield message;
    batch = await records.batchAt(batch.at + batch.length);
  }
}

function isSame(one: PlacedBatch | undefined, other: PlacedBatch): boolean {
  return one?.update === other.update && one.count === other.count && one.length === other.length;
}
