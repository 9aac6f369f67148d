import { reasonOf } from '../../protocol/channel';
import { runFiles, updatesOfCheckpoint } from '../../run/storage/runFiles';
import { learningRateAt, type RateChange } from '../../run/rateChanges';
import type { RunStorage } from '../../run/storage/storage';
import { maxCheckpointBytes, restoreCheckpoint, updatesOfBest } from '../storage/checkpoint';
import type { CapturedUpdate, Training } from '../training/training';
import { SnapshotCache } from './snapshotCache';

/**
 * Recomputes any update of a run: repeats the training from the nearest checkpoint before it, bit for bit, and captures
 * the requested update.
 */
export class Replay {
  #position: number | undefined;
  readonly #snapshots: SnapshotCache;

  /**
   * @param training of the run's own experiment and kernel set; used only by this object
   * @param changes manual changes of the learning rate, in the order of their updates
   */
  constructor(
    readonly training: Training,
    readonly storage: RunStorage,
    readonly changes: readonly RateChange[],
  ) {
    this.#snapshots = new SnapshotCache(training);
  }

  /**
   * Captures one update.
   *
   * @throws when no checkpoint before it can be read, or the training ends before it
   */
  async captureUpdate(update: number): Promise<CapturedUpdate> {
    await this.#advanceTo(update);
    const advance = this.#advance(true);
    if (advance === undefined) throw new Error(`Update ${update} has no capture to show.`);
    return advance;
  }

  async #advanceTo(update: number): Promise<void> {
    const { training } = this;
    const isBestRestored = await this.#restoreBestIfNearest(update);
    const snapshot = this.#snapshots.nearest(update) ?? -1;
    const here = this.#position !== undefined && this.#position <= update ? this.#position : -1;
    // The replay's position or a cached snapshot is often nearer than any checkpoint.
    const near = Math.max(here, snapshot);
    const checkpoint = isBestRestored ? -1 : await this.#nearestCheckpoint(update, near >= 0);
    if (checkpoint > near) await this.#restore(checkpoint);
    else if (snapshot > here) this.#snapshots.restore(snapshot);
    const distance = update - training.updates;
    while (training.updates < update) {
      this.#snapshots.maybeStore(distance);
      this.#advance(false);
    }
    this.#position = training.updates;
  }

  #advance(capturing: boolean): CapturedUpdate | undefined {
    const { training, changes } = this;
    const rate = learningRateAt(changes, training.updates);
    if (rate !== undefined) training.setup.learner.learningRate = rate;
    const advance = training.advance(() => capturing, capturing);
    if (advance.kind === 'nonFinite') {
      throw new Error(`Update ${advance.where.update} diverged: no update follows it.`);
    }
    this.#position = training.updates;
    return advance.captured;
  }

  /** @param isOptional whether the replay can continue without one */
  async #nearestCheckpoint(update: number, isOptional: boolean): Promise<number> {
    const all = (await this.storage.list(runFiles.checkpoints)).flatMap((name) => updatesOfCheckpoint(name) ?? []);
    const before = all.filter((updates) => updates <= update).sort((a, b) => b - a)[0];
    if (before === undefined && isOptional) return -1;
    if (all.length === 0) throw new Error('The run no longer has a checkpoint: its folder was moved or deleted.');
    if (before === undefined) throw new Error(`The run has no checkpoint before update ${update}.`);
    return before;
  }

  /** Restores the state of the lowest validation loss where none before the update is nearer; whether it did. */
  async #restoreBestIfNearest(update: number): Promise<boolean> {
    const updates = (await updatesOfBest(this.storage)) ?? -1;
    if (updates < 0 || updates > update) return false;
    const here = this.#position !== undefined && this.#position <= update ? this.#position : -1;
    const others = [here, this.#snapshots.nearest(update) ?? -1, await this.#nearestCheckpoint(update, true)];
    if (Math.max(...others) >= updates) return false;
    // A run that trains may write another one meanwhile.
    const bytes = await this.storage.read(runFiles.bestCheckpoint, maxCheckpointBytes(this.training));
    if (bytes === undefined) return false;
    this.#position = undefined;
    try {
      restoreCheckpoint(this.training, bytes, updates);
    } catch {
      return false;
    }
    this.#position = updates;
    return true;
  }

  async #restore(updates: number): Promise<void> {
    const path = runFiles.checkpoint(updates);
    const bytes = await this.storage.read(path, maxCheckpointBytes(this.training));
    if (bytes === undefined) throw new Error(`The run's ${path} is gone.`);
    // A failed restore may leave the training in an inconsistent state.
    this.#position = undefined;
    try {
      restoreCheckpoint(this.training, bytes, updates);
    } catch (error) {
      throw new Error(`The run's ${path} can't be used: ${reasonOf(error)}`);
    }
    this.#position = updates;
  }
}
