import type { Capture } from '../../engine/instruments/capture';
import { reasonOf } from '../../protocol/channel';
import type { SaveStatus, SaveState } from '../../protocol/run';
import type { Ending } from '../../protocol/trainer';
import { storageErrorAdvice } from '../../run/storage/storageErrorAdvice';
import type { RateChange } from '../../run/rateChanges';
import { batchFrom, RecordPacker, type RecordBatch, type UpdateRecord } from '../../run/records/recordBatch';
import { WriteBuffer } from './writeBuffer';
import {
  recoveredWithGapMessage,
  recoveredMessage,
  bufferFullMessage,
  outageMessage,
  endNotSavedMessage,
  folderGoneMessage,
} from './persistenceMessages';
import type { RunWriter } from './runWriter';

/** Bytes of records and captures that wait in memory while a run's folder cannot be written. */
export const defaultBufferBytes = 128 * 1024 * 1024;

const secondsBetweenFlushes = 1;
const secondsBetweenOverviews = 30;

/**
 * Keeps a run's folder up to date while it trains. What can't be written is buffered in memory and retried at every
 * flush. Once writing works again, the record file continues where it ended, without what didn't fit into the buffer.
 */
export class RunPersistence {
  readonly #packer: RecordPacker;
  readonly #buffer = new WriteBuffer();
  #saved: SaveState = 'whole';
  /** How the user can make the folder writable; undefined while it is. */
  #advice: string | undefined;
  #isCheckpointDue = false;
  #isBufferFull = false;
  /** Number of updates that were evicted before this outage. */
  #evictedBefore = 0;
  #lastFlush: number;
  #lastOverview: number;

  /**
   * @param notify called when the state of saving changes
   * @param bufferBytes maximum number of bytes that wait to be written
   */
  constructor(
    readonly writer: RunWriter,
    readonly notify: (status: SaveStatus) => void,
    readonly bufferBytes = defaultBufferBytes,
  ) {
    this.#packer = new RecordPacker(writer.training.setup.layout);
    this.#lastFlush = writer.training.clock();
    this.#lastOverview = this.#lastFlush;
  }

  get saved(): SaveState {
    return this.#saved;
  }

  /** Seconds until it is time to flush; 0 when it is. */
  get secondsToFlush(): number {
    return Math.max(0, this.#lastFlush + secondsBetweenFlushes - this.writer.training.clock());
  }

  add(record: UpdateRecord): void {
    this.#packer.add(record);
  }

  /** The records from an update on that aren't in the run's folder, or perhaps not yet. */
  unwritten(from: number): readonly RecordBatch[] {
    const pending = [...this.#buffer.records, this.#packer.peek()].filter((batch) => batch !== undefined);
    return pending.map((batch) => batchFrom(batch, from)).filter(({ count }) => count > 0);
  }

  noteRateChange(change: RateChange): void {
    this.writer.noteRateChange(change);
  }

  async capture(update: number, capture: Capture): Promise<void> {
    this.#pack();
    this.#buffer.add({ kind: 'capture', update, bytes: this.writer.captureBytes(capture) });
    await this.#writeUnlessOutage();
  }

  /** Keeps the current state, which has the lowest validation loss so far; it is written with the next flush. */
  noteBest(): void {
    // The checkpoint tells the length of the record file up to this update.
    this.#pack();
    this.#buffer.add({ kind: 'best', state: this.writer.checkpointState() });
  }

  /** Flushes and writes a checkpoint of the current state; while writing fails, at the first flush that succeeds. */
  async checkpoint(): Promise<void> {
    this.#isCheckpointDue = true;
    this.#pack();
    await this.#writeUnlessOutage();
  }

  /** Writes the whole buffer. */
  async flush(): Promise<void> {
    this.#lastFlush = this.writer.training.clock();
    this.#pack();
    if (!(await this.#succeeds(() => this.#writeAll()))) return;
    if (this.#lastFlush - this.#lastOverview < secondsBetweenOverviews) return;
    this.#lastOverview = this.#lastFlush;
    await this.#succeeds(() => this.writer.writeOverview());
  }

  /** Writes the rest and the run's end. */
  async conclude(ending: Ending): Promise<void> {
    // After a failure the learner's state may be inconsistent.
    this.#isCheckpointDue = ending.kind !== 'failed';
    const message = 'message' in ending ? ending.message : undefined;
    const place = 'place' in ending ? ending.place : undefined;
    this.#pack();
    try {
      await this.#writeAll();
      await this.writer.writeOverview();
      await this.writer.writeManifest(ending.kind, message, place, 'reason' in ending ? ending.reason : undefined);
    } catch (error) {
      const { folder } = this.writer.info;
      if (await this.writer.exists())
        this.#notify('cut', endNotSavedMessage(reasonOf(error), storageErrorAdvice(error, folder)));
      else this.#notify('gone', folderGoneMessage(folder));
    }
  }

  /** Writes the rest of a run that is resumed later. What can't be written now is recomputed then. */
  async suspend(): Promise<void> {
    await this.checkpoint();
  }

  /** Writes at once; during an outage only flushes retry. */
  async #writeUnlessOutage(): Promise<void> {
    if (this.#advice === undefined) await this.flush();
    else this.#evict();
  }

  #pack(): void {
    const batch = this.#packer.take();
    if (batch !== undefined) this.#buffer.add({ kind: 'records', batch });
  }

  /** Evicts what doesn't fit into the buffer. */
  #evict(): void {
    this.#buffer.evict(this.bufferBytes);
    const isNew = (this.#buffer.evictedRecords?.count ?? 0) > this.#evictedBefore;
    if (!isNew || this.#isBufferFull) return;
    this.#isBufferFull = true;
    this.#notify('waiting', bufferFullMessage(this.writer.recordedUpdates, this.bufferBytes, this.#advice ?? ''));
  }

  async #writeAll(): Promise<void> {
    const isRecovering = this.#advice !== undefined;
    if (isRecovering) await this.writer.repair();
    await this.writer.writeRateChanges();
    for (let piece = this.#buffer.first; piece !== undefined; piece = this.#buffer.first) {
      if (piece.kind === 'records') await this.writer.appendRecords(piece.batch);
      else if (piece.kind === 'capture') await this.writer.writeCapture(piece.update, piece.bytes);
      else await this.writer.writeBest(piece.state);
      this.#buffer.take();
    }
    // A power cut loses what isn't synced, and a checkpoint must not exist without its records.
    await this.writer.syncRecords();
    await this.writer.writeFindings();
    if (this.#isCheckpointDue) await this.writer.writeCheckpoint();
    this.#isCheckpointDue = false;
    if (!isRecovering) return;
    this.#advice = undefined;
    this.#isBufferFull = false;
    const { evictedRecords: lost, evictedCaptures: lostCaptures } = this.#buffer;
    this.#evictedBefore = lost?.count ?? 0;
    const { updates } = this.writer.training;
    if (lost === undefined && lostCaptures.length === 0) this.#notify('whole', recoveredMessage(updates));
    else this.#notify('gap', recoveredWithGapMessage(updates, lost, lostCaptures));
  }

  /** Whether writing succeeded; otherwise an outage starts, or continues. */
  async #succeeds(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      // A checkpoint after the outage, so that replaying and resuming don't start before it.
      this.#isCheckpointDue = true;
      const { info, recordedUpdates } = this.writer;
      const before = this.#advice;
      this.#advice = storageErrorAdvice(error, info.folder);
      // Another error needs other advice: a folder whose lock was missing may have been deleted since.
      if (this.#advice !== before)
        this.#notify('waiting', outageMessage(recordedUpdates, reasonOf(error), this.bufferBytes, this.#advice));
      this.#evict();
      return false;
    }
  }

  #notify(state: SaveState, message: string): void {
    this.#saved = state;
    this.notify({ state, message });
  }
}
