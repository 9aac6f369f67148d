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
  readonly #backlog = new WriteBuffer();
  #kept: SaveState = 'whole';
  /** What to do about that nothing can be written; undefined while it can be. */
  #advice: string | undefined;
  #isCheckpointDue = false;
  #hasReachedBound = false;
  /** Updates that had been let go before this outage. */
  #lostBefore = 0;
  #lastFlush: number;
  #lastOverview: number;

  /**
   * @param tell told whenever it stands otherwise with what is kept
   * @param most bytes that may wait to be written
   */
  constructor(
    readonly writer: RunWriter,
    readonly tell: (keeping: SaveStatus) => void,
    readonly most = defaultBufferBytes,
  ) {
    this.#packer = new RecordPacker(writer.training.plan.layout);
    this.#lastFlush = writer.training.clock();
    this.#lastOverview = this.#lastFlush;
  }

  get kept(): SaveState {
    return this.#kept;
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
    const held = [...this.#backlog.records, this.#packer.peek()].filter((batch) => batch !== undefined);
    return held.map((batch) => batchFrom(batch, from)).filter(({ count }) => count > 0);
  }

  noteRateChange(change: RateChange): void {
    this.writer.noteRateChange(change);
  }

  async capture(update: number, capture: Capture): Promise<void> {
    this.#pack();
    this.#backlog.add({ kind: 'capture', update, bytes: this.writer.captureBytes(capture) });
    await this.#unlessWaiting();
  }

  /** Flushes and writes a checkpoint of this moment; while nothing can be written, at the first flush that works. */
  async checkpoint(): Promise<void> {
    this.#isCheckpointDue = true;
    this.#pack();
    await this.#unlessWaiting();
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
      const { folder } = this.writer.facts;
      if (await this.writer.isThere())
        this.#say('cut', endNotSavedMessage(reasonOf(error), storageErrorAdvice(error, folder)));
      else this.#say('gone', folderGoneMessage(folder));
    }
  }

  /** Writes what is left of a run that is to be resumed later; what cannot be written now is trained again then. */
  async suspend(): Promise<void> {
    await this.checkpoint();
  }

  /** Writes at once; while that does not work, only flushes try again. */
  async #unlessWaiting(): Promise<void> {
    if (this.#advice === undefined) await this.flush();
    else this.#fit();
  }

  #pack(): void {
    const batch = this.#packer.take();
    if (batch !== undefined) this.#backlog.add({ kind: 'records', batch });
  }

  /** Lets go of what there is no memory for. */
  #fit(): void {
    this.#backlog.evict(this.most);
    const isNew = (this.#backlog.evictedRecords?.count ?? 0) > this.#lostBefore;
    if (!isNew || this.#hasReachedBound) return;
    this.#hasReachedBound = true;
    this.#say('waiting', bufferFullMessage(this.writer.recordedUpdates, this.most, this.#advice ?? ''));
  }

  async #writeAll(): Promise<void> {
    const isRecovering = this.#advice !== undefined;
    if (isRecovering) await this.writer.repair();
    await this.writer.writeRateChanges();
    for (let piece = this.#backlog.first; piece !== undefined; piece = this.#backlog.first) {
      if (piece.kind === 'records') await this.writer.appendRecords(piece.batch);
      else await this.writer.writeCapture(piece.update, piece.bytes);
      this.#backlog.take();
    }
    // A power cut takes what was written after this moment, and no checkpoint stands without its records.
    await this.writer.syncRecords();
    await this.writer.writeFindings();
    if (this.#isCheckpointDue) await this.writer.writeCheckpoint();
    this.#isCheckpointDue = false;
    if (!isRecovering) return;
    this.#advice = undefined;
    this.#hasReachedBound = false;
    const { evictedRecords: lost, evictedCaptures: lostCaptures } = this.#backlog;
    this.#lostBefore = lost?.count ?? 0;
    const { updates } = this.writer.training;
    if (lost === undefined && lostCaptures.length === 0) this.#say('whole', recoveredMessage(updates));
    else this.#say('gap', recoveredWithGapMessage(updates, lost, lostCaptures));
  }

  /** Whether something could be written; where not, what is to be kept waits from now on. */
  async #succeeds(write: () => Promise<void>): Promise<boolean> {
    try {
      await write();
      return true;
    } catch (error) {
      // A replay, and whoever resumes, need not go back to before the outage.
      this.#isCheckpointDue = true;
      const { facts, recordedUpdates } = this.writer;
      const before = this.#advice;
      this.#advice = storageErrorAdvice(error, facts.folder);
      // Another reason needs another remedy: a folder whose lock was gone may have been deleted since.
      if (this.#advice !== before)
        this.#say('waiting', outageMessage(recordedUpdates, reasonOf(error), this.most, this.#advice));
      this.#fit();
      return false;
    }
  }

  #say(state: SaveState, message: string): void {
    this.#kept = state;
    this.tell({ state, message });
  }
}
