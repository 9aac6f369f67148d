import type { PlacedBatch } from '../../protocol/storedRun';
import { runFiles } from '../../run/storage/runFiles';
import type { RunFile, RunStorage } from '../../run/storage/storage';
import { hasValidChecksum } from '../../run/records/recordChecksum';
import { messagePrefixLength } from '../../run/records/messageHeader';

/** Bytes before a message's header, which contain its length. */
const prefixBytes = 8;
/** Bytes that suffice for most headers, which have a few numbers per column of the records. */
const headerBytes = 4096;
/**
 * Maximum number of bytes of a batch: a trainer writes every second, and its buffer during an outage is smaller than
 * this.
 */
const maxBatchBytes = 512 * 1024 * 1024;

/**
 * The record file of a run, opened for reading batch by batch. Every size in it is compared with the size of the file
 * before memory is allocated for it.
 */
export class RecordFile {
  readonly #buffer = new Uint8Array(headerBytes);

  private constructor(readonly file: RunFile) {}

  get size(): number {
    return this.file.size;
  }

  /**
   * Opens the record file. The caller closes it.
   *
   * @throws when it is missing or isn't a regular file
   */
  static async open(storage: Pick<RunStorage, 'open'>): Promise<RecordFile> {
    const file = await storage.open(runFiles.records);
    if (file === undefined) throw new Error(`${runFiles.records} is missing`);
    return new RecordFile(file);
  }

  /**
   * The schema message at the start of the file; undefined where there is none.
   *
   * @throws when it doesn't match its checksum
   */
  async head(): Promise<Uint8Array | undefined> {
    const length = messagePrefixLength(await this.bytes(0, prefixBytes));
    return length === undefined || length > this.size ? undefined : this.message({ at: 0, length });
  }

  /**
   * The bytes of a message.
   *
   * @throws when they don't match its checksum
   */
  async message({ at, length }: Pick<PlacedBatch, 'at' | 'length'>): Promise<Uint8Array> {
    const bytes = await this.bytes(at, length);
    if (hasValidChecksum(bytes)) return bytes;
    const { damagedRecordsMessage } = await import('../../run/records/recordDecoder');
    throw new Error(damagedRecordsMessage(at));
  }

  /** The batch at an offset; undefined where there is none, or it is still being written or damaged. */
  async batchAt(at: number): Promise<PlacedBatch | undefined> {
    const { firstUpdate, readBatchHeader, updateBytes } = await import('../../run/records/recordDecoder');
    const bytesRead = await this.file.read(this.#buffer, at);
    const head = bytesRead < prefixBytes ? undefined : messagePrefixLength(this.#buffer.subarray(0, prefixBytes));
    if (head === undefined || at + head > this.size) return undefined;
    const message =
      head <= bytesRead
        ? this.#buffer.slice(prefixBytes, head)
        : await this.bytes(at + prefixBytes, head - prefixBytes);
    const found = batchIn(() => readBatchHeader(message));
    if (found === undefined) return undefined;
    const { count, bodyLength, updatesAt } = found;
    const length = head + bodyLength;
    if (at + length > this.size || length > maxBatchBytes) return undefined;
    return { update: firstUpdate(await this.bytes(at + head + updatesAt, updateBytes)), count, at, length };
  }

  async bytes(at: number, length: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    await this.file.read(bytes, at);
    return bytes;
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

function batchIn<Batch>(read: () => Batch): Batch | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
