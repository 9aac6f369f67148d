import { Message, RecordBatchReader, type RecordBatch as ArrowBatch } from 'apache-arrow';
import { joinSchemasInLinearTime } from './arrowSchemas';
import { guardVectors } from './flatbufferGuard';
import type { RecordBatch } from './recordBatch';
import { isSealedMessage } from './recordChecksum';
import { recordFormat } from './recordEncoder';
import { messagePrefixLength } from './messageHeader';
import { unpack } from './recordUnpacking';

guardVectors();
joinSchemasInLinearTime();

/** What could be read of a record file. */
export interface RecordsRead {
  readonly batches: readonly RecordBatch[];
  /** Why reading ended before the file did; undefined when it was read whole. */
  readonly cutShort: string | undefined;
}

/** Reads every complete batch of a record file; a damaged or unfinished end is reported, not thrown. */
export function readRecords(bytes: Uint8Array): RecordsRead {
  const batches: RecordBatch[] = [];
  const reading = recordsIn(bytes);
  for (;;) {
    const next = reading.next();
    if (next.done === true) return { batches, cutShort: next.value };
    batches.push(next.value);
  }
}

/**
 * Reads the complete batches of a record file one at a time, as a batch may take far more memory than its bytes; what
 * would take much comes in several pieces. Returns why reading ended before the file did, undefined when it was read whole.
 */
export function* recordsIn(bytes: Uint8Array): Generator<RecordBatch, string | undefined> {
  const { end, fault } = intactPart(bytes, 0);
  if (fault !== undefined && end === 0) return fault;
  try {
    for (const batch of RecordBatchReader.from(fault === undefined ? bytes : bytes.subarray(0, end))) {
      yield* unpack(batch);
    }
    return fault;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** How far the bytes of a record file can be believed. */
export interface IntactPart {
  /** The place after the last whole message. */
  readonly end: number;
  /** Updates before the first that these messages do not have; undefined where there is none in them. */
  readonly updates: number | undefined;
  /** What is damaged after it; undefined where the bytes end there, or in the middle of a message. */
  readonly fault: string | undefined;
}

/**
 * Finds the messages of a record file that are whole and match their checksums, where they have one.
 *
 * @param bytes of the file, beginning with a message
 * @param offset where in the file they begin; at 0 they have its head
 */
export function intactPart(bytes: Uint8Array, offset: number): IntactPart {
  let [end, updates]: [number, number | undefined] = [0, undefined];
  const damaged = (): IntactPart => ({ end, updates, fault: damagedRecords(offset + end) });
  while (end + 8 <= bytes.length) {
    const head = messagePrefixLength(bytes.subarray(end, end + 8));
    if (head === undefined) return damaged();
    if (end + head > bytes.length) break;
    try {
      const isFirst = offset + end === 0;
      const { bodyLength, count, updatesAt } = isFirst
        ? { bodyLength: 0, count: 0, updatesAt: 0 }
        : readBatchHead(bytes.slice(end + 8, end + head));
      const next = end + head + bodyLength;
      if (next > bytes.length) break;
      if (!isSealedMessage(bytes.subarray(end, next))) return damaged();
      if (count > 0) updates = firstUpdate(bytes.subarray(end + head + updatesAt)) + count;
      end = next;
    } catch {
      return damaged();
    }
  }
  return { end, updates, fault: undefined };
}

/** Said where a record file is damaged. */
export function damagedRecords(at: number): string {
  return `The records are damaged from byte ${at} on: what follows is not read.`;
}

/**
 * The layout that a record file claims in its head, as JSON; undefined where the head cannot be read, or claims none.
 *
 * @param bytes of the file, its head at the least
 */
export function claimedLayout(bytes: Uint8Array): string | undefined {
  try {
    const message = Message.decode(bytes.subarray(8, messagePrefixLength(bytes.subarray(0, 8))));
    return message.isSchema() ? message.header().metadata.get(recordFormat.layoutKey) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the batches of a record file as its bytes come in; a damaged or unfinished end ends them. As with `recordsIn`, a
 * batch may come in several pieces.
 *
 * @param chunks the file's head, then any number of whole batches that `readBatchHead` has let pass, cut anywhere
 */
export async function* streamRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RecordBatch> {
  try {
    for await (const batch of await RecordBatchReader.from(chunks)) {
      yield* unpack(batch);
    }
  } catch {
    // What came before stands; a file that is still being written ends like this too.
  }
}

/** The size of one record batch in its file. */
export interface BatchHead {
  /** Updates in it. */
  readonly count: number;
  /** Bytes that follow the message's head. */
  readonly bodyLength: number;
  /** Where in them the number of its first update stands, as `firstUpdate` reads it. */
  readonly updatesAt: number;
}

/** The first update of a batch, from the 4 bytes at `updatesAt`. */
export function firstUpdate(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, updateBytes).getUint32(0, true);
}

/** Bytes of the number of an update. */
export const updateBytes = 4;

/**
 * What the head of a message says of its record batch.
 *
 * @throws where it is none, or claims what cannot be
 */
export function readBatchHead(head: Uint8Array): BatchHead {
  const message = Message.decode(head);
  if (!message.isRecordBatch()) throw new Error('The file has a message that is no record batch.');
  const { length: count, buffers, compression } = message.header();
  const { bodyLength } = message;
  if (!Number.isSafeInteger(count) || count < 0 || !Number.isSafeInteger(bodyLength) || bodyLength < 0) {
    throw new Error(`The file claims ${count} updates in ${bodyLength} bytes.`);
  }
  if (compression !== null) throw new Error('The file has a compressed batch; records are not compressed.');
  // Columns that shared their bytes would take memory for each of them.
  const held = buffers.reduce((sum, { length }) => sum + Math.max(0, length), 0);
  if (!(held <= bodyLength)) throw new Error(`The file claims columns of ${held} bytes in ${bodyLength}.`);
  // The first column is the update's number; it is in every row, so it has no bitmap before its values.
  const updatesAt = buffers[1]?.offset ?? NaN;
  if (!(updatesAt >= 0 && updatesAt + updateBytes <= bodyLength))
    throw new Error('The file has no updates in a batch.');
  return { count, bodyLength, updatesAt };
}

/**
 * Rows `first … end` (exclusive) of one record batch, in one piece or in several that follow each other.
 *
 * @param bytes the file's head and the batch's message
 * @throws where they are damaged
 */
export function* readBatchRows(bytes: Uint8Array, first: number, end: number): Generator<RecordBatch> {
  const batch = RecordBatchReader.from(bytes).next().value as ArrowBatch | null | undefined;
  if (!batch) throw new Error('The file has no record batch where one should be.');
  yield* unpack(batch.slice(first, end));
}
