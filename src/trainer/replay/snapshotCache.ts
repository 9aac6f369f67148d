import type { Snapshot } from '../../engine/snapshot';
import type { Training, TrainingPosition } from '../training/training';

/** The state of a replay after a number of updates. */
interface CachedSnapshot {
  readonly updates: number;
  readonly learner: Snapshot;
  /** As JSON, because the source may change its state object later. */
  readonly position: string;
  readonly bytes: number;
}

/** Maximum number of bytes of all snapshots together. */
const maxBytes = 64 * 1024 * 1024;
/** Number of snapshots in the replay of one update, and the fewest updates between two. */
const snapshotsPerReplay = 16;
const minDistance = 8;

/**
 * Snapshots of the updates that a replay passed. With them, inspecting the previous update repeats a few updates, and not
 * all since the last checkpoint.
 */
export class SnapshotCache {
  readonly #snapshots = new Map<number, CachedSnapshot>();

  constructor(readonly training: Training) {}

  /** The nearest snapshot at or before an update, by its number of updates; undefined without any. */
  nearest(update: number): number | undefined {
    return [...this.#snapshots.keys()].filter((updates) => updates <= update).sort((a, b) => b - a)[0];
  }

  /** Restores the training from a snapshot that `nearest` returned. */
  restore(updates: number): void {
    const snapshot = this.#snapshots.get(updates);
    if (snapshot === undefined) throw new Error(`There is no snapshot of update ${updates}.`);
    this.training.setup.learner.restore(snapshot.learner);
    this.training.seek(JSON.parse(snapshot.position) as TrainingPosition);
  }

  /**
   * Stores a snapshot of the training, if it is far enough from the last.
   *
   * @param distance number of updates of the whole replay
   */
  maybeStore(distance: number): void {
    const { training } = this;
    const { updates } = training;
    const interval = Math.max(minDistance, Math.ceil(distance / snapshotsPerReplay));
    if (updates % interval !== 0 || this.#snapshots.has(updates)) return;
    const learner = training.setup.learner.snapshot();
    const bytes = [...learner.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    this.#snapshots.set(updates, { updates, learner, position: JSON.stringify(training.position()), bytes });
    // Evicts the oldest first: they are the least likely to be used next.
    let total = [...this.#snapshots.values()].reduce((sum, snapshot) => sum + snapshot.bytes, 0);
    for (const [oldest, snapshot] of this.#snapshots) {
      if (total <= maxBytes) break;
      this.#snapshots.delete(oldest);
      total -= snapshot.bytes;
    }
  }
}
