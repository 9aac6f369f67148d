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
 * Keeps a run's folder up to date while it trains. What cannot be written waits in memory and is tried again at every
 * flush: when it works again, the record file goes on where it ended, without what there was no memory for.
 */
export class RunPersistence {
  readonly #packer: RecordPacker;
  readonly #buffer = new WriteBuffer();
  #saved: SaveState = 'whole';
  /** What to do about that nothing can be written; undefined while it can be. */
  #advice: string | undefined;
  #isCheckpointDue = false;
  #isBufferFull = false;
  /** Updates that had been let go before this outage. */
  #evictedBefore = 0;
  #lastFlush: number;
  #lastOverview: number;

  /**
   * @param notify told whenever it stands otherwise with what is kept
   * @param bufferBytes bytes that may wait to be written
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

  /** The records from an update on that are not, or perhaps not yet, in the run's folder. */
  unwritten(from: number): readonly RecordBatch[] {
    const held = [...this.#buffer.records, this.#packer.peek()].filter((batch) => batch !== undefined);
    return held.map((batch) => batchFrom(batch, from)).filter(({ count }) => count > 0);
  }

  noteRateChange(change: RateChange): void {
    this.writer.noteRateChange(change);
  }

  async capture(update: number, capture: Capture): Promise<void> {
    this.#pack();
    this.#buffer.add({ kind: 'capture', update, bytes: this.writer.captureBytes(capture) });
    await this.#writeUnlessWaiting();
  }

  /** Flushes and writes a checkpoint of this moment; while nothing can be written, at the first flush that works. */
  async checkpoint(): Promise<void> {
    this.#isCheckpointDue = true;
    this.#pack();
    await this.#writeUnlessWaiting();
  }

  /** Writes everything that waits. */
  async flush(): Promise<void> {
    this.#lastFlush = this.writer.training.clock();
    this.#pack();
    if (!(await this.#succeeds(() => this.#writeAll()))) return;
    if (this.#lastFlush - this.#lastOverview < secondsBetweenOverviews) return;
    this.#lastOverview = this.#lastFlush;
    await this.#succeeds(() => this.writer.writeOverview());
  }

  /** Writes what is left when the run is over, and how it ended. */
  async conclude(ending: Ending): Promise<void> {
    // After a failure nobody knows in the middle of what the learner stands.
    this.#isCheckpointDue = ending.kind !== 'failed';
    const message = 'message' in ending ? ending.message : undefined;
    const place = 'place' in ending ? ending.place : undefined;
    this.#pack();
    try {
      await this.#writeAll();
      await this.writer.writeOverview();
      await this.writer.writeManifest(ending.kind, message, place);
    } catch (error) {
      const { folder } = this.writer.info;
      if (await this.writer.exists())
        this.#notify('cut', endNotSavedMessage(reasonOf(error), storageErrorAdvice(error, folder)));
      else this.#notify('gone', folderGoneMessage(folder));
    }
  }

  /** Writes what is left of a run that is to be resumed later; what cannot be written now is trained again then. */
  async suspend(): Promise<void> {
    await this.checkpoint();
  }

  /** Writes at once; while that does not work, only flushes try again. */
  async #writeUnlessWaiting(): Promise<void> {
    if (this.#advice === undefined) await this.flush();
    else this.#evict();
  }

  #pack(): void {
    const batch = this.#packer.take();
    if (batch !== undefined) this.#buffer.add({ kind: 'records', batch });
  }

  /** Lets go of what there is no memory for. */
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
      else await this.writer.writeCapture(piece.update, piece.bytes);
      this.#buffer.take();
    }
    // A power cut takes what was written after this moment, and no checkpoint stands without its records.
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

  /** Whether something could be written; where not, what is to be kept waits from now on. */
  async #succeeds(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      // A replay, and whoever resumes, need not go back to before the outage.
      this.#isCheckpointDue = true;
      const { info, recordedUpdates } = this.writer;
      const before = this.#advice;
      this.#advice = storageErrorAdvice(error, info.folder);
      // Another reason needs another remedy: a folder whose lock was gone may have been deleted since.
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
