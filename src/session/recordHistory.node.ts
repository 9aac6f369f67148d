import { createReadStream } from 'node:fs';
import { open, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { RunFacts } from '../protocol/run';
import { RunHistory } from '../protocol/runHistory';
import { runFiles } from '../run/layout';
import type { Manifest } from '../run/manifest';
import { readOverview } from '../run/overview';
import { batchBefore } from '../run/recordBatch';
import { headLength } from '../run/recordHead';

const largestOverview = 256 * 1024 * 1024;

/**
 * What a kept run's records come to: the overview in its folder and the records after it, or where that is missing all
 * records, one batch at a time, so that the memory does not grow with the run.
 *
 * @param end the first update that does not belong to it
 * @throws when there are no records that can be read
 */
export async function readHistory(folder: string, { facts }: Manifest, end = Infinity): Promise<RunHistory> {
  const records = join(folder, runFiles.records);
  const size = await sizeOf(records);
  if (size === 0) throw new Error(`${runFiles.records} is missing or empty`);
  const summed = await historyIn(folder, facts, size);
  if (summed !== undefined && summed.history.numbers.updates <= end) {
    await takeAll(summed.history, records, summed.recordBytes, end);
    return summed.history;
  }
  const history = new RunHistory(facts.layout, facts.recordEvery);
  await takeAll(history, records, undefined, end);
  return history;
}

/** The history in a run's overview; undefined where that is missing, or does not fit the records. */
async function historyIn(folder: string, { layout, recordEvery }: RunFacts, recordSize: number) {
  const path = join(folder, runFiles.overview);
  const size = await sizeOf(path);
  if (size === 0 || size > largestOverview) return undefined;
  const overview = readOverview(await readFile(path), layout);
  if (overview === undefined || overview.recordBytes > recordSize) return undefined;
  const history = new RunHistory(layout, recordEvery, overview.numbers);
  if (!history.series.fits(overview.tables)) return undefined;
  history.series.write(overview.tables);
  return { history, recordBytes: overview.recordBytes };
}

async function takeAll(history: RunHistory, records: string, from: number | undefined, end: number): Promise<void> {
  const expected = JSON.stringify(history.series.layout);
  const head = await headOf(records);
  if (head === undefined) return;
  // Loaded when it is needed: what reads Arrow is a third of the extension, and most windows never open an old run.
  const { streamRecords } = await import('../run/recordDecoder');
  for await (const batch of streamRecords(bytesOf(records, head, from ?? head.length))) {
    // Records of another net than the manifest tells of belong to no picture of this run.
    if (JSON.stringify(batch.layout) !== expected) throw new Error(`${runFiles.records} is of another run`);
    history.take(batchBefore(batch, end));
    if ((batch.update.at(-1) ?? 0) >= end) return;
  }
}

/** Bytes of a file; 0 where there is none. */
async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

async function* bytesOf(path: string, head: Uint8Array, from: number): AsyncGenerator<Uint8Array> {
  yield head;
  for await (const chunk of createReadStream(path, { start: from, highWaterMark: 1 << 20 })) yield chunk as Uint8Array;
}

/** The schema at the beginning of a record file; undefined where there is none. */
async function headOf(path: string): Promise<Uint8Array | undefined> {
  const file = await open(path).catch(() => undefined);
  if (file === undefined) return undefined;
  try {
    const { size } = await file.stat();
    const prefix = new Uint8Array(8);
    await file.read(prefix, 0, prefix.length, 0);
    const length = headLength(prefix);
    if (length === undefined || length > size) return undefined;
    const head = new Uint8Array(length);
    await file.read(head, 0, length, 0);
    return head;
  } finally {
    await file.close();
  }
}
