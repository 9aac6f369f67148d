import { Message, RecordBatchReader, type RecordBatch as ArrowBatch } from 'apache-arrow';
import { joinSchemasInLinearTime } from './arrowSchemas';
import { guardVectors } from './flatbufferGuard';
import type { RecordBatch } from './recordBatch';
import { hasValidChecksum } from './recordChecksum';
import { recordFormat } from './recordEncoder';
import { messagePrefixLength } from './messageHeader';
import { unpack } from './recordUnpacking';

guardVectors();
joinSchemasInLinearTime();

/** The readable part of a record file. */
export interface RecordsRead {
  readonly batches: readonly RecordBatch[];
  /** Why the rest of the file cannot be read; undefined if all was read. */
  readonly incompleteReason: string | undefined;
}

/** Reads every complete batch of a record file; a damaged or incomplete end is reported, not thrown. */
export function readRecords(bytes: Uint8Array): RecordsRead {
  const batches: RecordBatch[] = [];
  const reading = recordsIn(bytes);
  for (;;) {
    const next = reading.next();
    if (next.done === true) return { batches, incompleteReason: next.value };
    batches.push(next.value);
  }
}

/**
 * Reads the complete batches of a record file one at a time, because a batch may take far more memory than its bytes; a
 * large batch comes in several pieces. Returns why the rest of the file cannot be read, undefined if all was read.
 */
export function* recordsIn(bytes: Uint8Array): Generator<RecordBatch, string | undefined> {
  const { end, damage: fault } = intactPart(bytes, 0);
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

/** The intact part of a record file. */
export interface IntactPart {
  /** Offset after the last intact message. */
  readonly end: number;
  /** 1 + the last update in these messages; undefined if they have none. */
  readonly updates: number | undefined;
  /** What is damaged after it; undefined if the bytes end there, or in the middle of a message. */
  readonly damage: string | undefined;
}

/**
 * Finds the messages of a record file that are complete and match their checksums, if they have one.
 *
 * @param bytes of the file, starting with a message
 * @param offset of the bytes in the file; at 0 they start with its schema message
 */
export function intactPart(bytes: Uint8Array, offset: number): IntactPart {
  let [end, updates]: [number, number | undefined] = [0, undefined];
  const damaged = (): IntactPart => ({ end, updates, damage: damagedRecordsMessage(offset + end) });
  while (end + 8 <= bytes.length) {
    const headerLength = messagePrefixLength(bytes.subarray(end, end + 8));
    if (headerLength === undefined) return damaged();
    if (end + headerLength > bytes.length) break;
    try {
      const isFirst = offset + end === 0;
      const { bodyLength, count, updatesAt } = isFirst
        ? { bodyLength: 0, count: 0, updatesAt: 0 }
        : readBatchHeader(bytes.slice(end + 8, end + headerLength));
      const next = end + headerLength + bodyLength;
      if (next > bytes.length) break;
      if (!hasValidChecksum(bytes.subarray(end, next))) return damaged();
      if (count > 0) updates = firstUpdate(bytes.subarray(end + headerLength + updatesAt)) + count;
      end = next;
    } catch {
      return damaged();
    }
  }
  return { end, updates, damage: undefined };
}

/** The message about a damaged record file. */
export function damagedRecordsMessage(at: number): string {
  return `The records are damaged at byte ${at}; everything after it is ignored.`;
}

/**
 * The layout in the schema message of a record file, as JSON; undefined if the message cannot be read, or has none.
 *
 * @param bytes of the file, at least its schema message
 */
export function readLayoutJson(bytes: Uint8Array): string | undefined {
  try {
    const message = Message.decode(bytes.subarray(8, messagePrefixLength(bytes.subarray(0, 8))));
    return message.isSchema() ? message.header().metadata.get(recordFormat.layoutKey) : undefined;
  } catch {
    return undefined;
  }
}

/**
 * Reads the batches of a record file as its bytes arrive, up to a damaged or incomplete end. As with `recordsIn`, a batch
 * may come in several pieces.
 *
 * @param chunks the schema message, then whole batches that `readBatchHeader` has accepted, split anywhere
 */
export async function* streamRecords(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<RecordBatch> {
  try {
    for await (const batch of await RecordBatchReader.from(chunks)) {
      yield* unpack(batch);
    }
  } catch {
    // The batches so far are valid; a file that is still being written ends like this too.
  }
}

/** The size of one record batch in its file. */
export interface BatchHeader {
  /** Updates in it. */
  readonly count: number;
  /** Bytes that follow the header. */
  readonly bodyLength: number;
  /** Offset in the body of the number of its first update, for `firstUpdate`. */
  readonly updatesAt: number;
}

/** The first update of a batch, from the 4 bytes at `updatesAt`. */
export function firstUpdate(bytes: Uint8Array): number {
  return new DataView(bytes.buffer, bytes.byteOffset, updateBytes).getUint32(0, true);
}

/** Size of the number of an update, in bytes. */
export const updateBytes = 4;

/**
 * Reads the size of a record batch from the header of its message.
 *
 * @throws if it is not a record batch, or has impossible sizes
 */
export function readBatchHeader(head: Uint8Array): BatchHeader {
  const message = Message.decode(head);
  if (!message.isRecordBatch()) throw new Error('The file has a message that is not a record batch.');
  const { length: count, buffers, compression } = message.header();
  const { bodyLength } = message;
  if (!Number.isSafeInteger(count) || count < 0 || !Number.isSafeInteger(bodyLength) || bodyLength < 0) {
    throw new Error(`The file claims ${count} updates in ${bodyLength} bytes.`);
  }
  if (compression !== null) throw new Error('The file has a compressed batch; records are not compressed.');
  // Columns that share their bytes would take memory for each of them.
  const columnBytes = buffers.reduce((sum, { length }) => sum + Math.max(0, length), 0);
  if (!(columnBytes <= bodyLength))
    throw new Error(`The file claims columns of ${columnBytes} bytes in ${bodyLength}.`);
  // The first column is the update's number; it is in every row, so it has no bitmap before its values.
  const updatesAt = buffers[1]?.offset ?? NaN;
  if (!(updatesAt >= 0 && updatesAt + updateBytes <= bodyLength))
    throw new Error('The file has no updates in a batch.');
  return { count, bodyLength, updatesAt };
}

/**
 * Rows `first … end` (exclusive) of one record batch, in one piece or in several that follow each other.
 *
 * @param bytes the schema message and the batch's message
 * @throws if they are damaged
 */
export function* readBatchRows(bytes: Uint8Array, first: number, end: number): Generator<RecordBatch> {
  const batch = RecordBatchReader.from(bytes).next().value as ArrowBatch | null | undefined;
  if (!batch) throw new Error('The file has no record batch where one should be.');
  yield* unpack(batch.slice(first, end));
}
