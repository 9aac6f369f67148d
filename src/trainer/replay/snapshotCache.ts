import type { Snapshot } from '../../engine/snapshot';
import type { Training, TrainingPosition } from '../training/training';

/** One moment of a replay, kept in memory. */
interface CachedSnapshot {
  readonly updates: number;
  readonly learner: Snapshot;
  /** JSON: what the source keeps of its state must not change with it. */
  readonly position: string;
  readonly bytes: number;
}

/** Bytes that all waypoints may take together. */
const maxBytes = 64 * 1024 * 1024;
/** Waypoints on the way to one update, and the fewest updates between two. */
const snapshotsPerReplay = 16;
const minDistance = 8;

/**
 * Moments that a replay passed through, so that looking at the update before does not begin at a checkpoint again: with
 * them, leafing back costs a few updates.
 */
export class SnapshotCache {
  readonly #snapshots = new Map<number, CachedSnapshot>();

  constructor(readonly training: Training) {}

  /** The number of updates of the nearest snapshot at or before an update. */
  nearest(update: number): number | undefined {
    return [...this.#snapshots.keys()].filter((updates) => updates <= update).sort((a, b) => b - a)[0];
  }

  /** Puts the training back to a snapshot that `nearest` named. */
  restore(updates: number): void {
    const snapshot = this.#snapshots.get(updates);
    if (snapshot === undefined) throw new Error(`There is no snapshot of update ${updates}.`);
    this.training.setup.learner.restore(snapshot.learner);
    this.training.seek(JSON.parse(snapshot.position) as TrainingPosition);
  }

  /** Keeps the present moment, on a way of so many updates, where it is far enough from the last. */
  maybeStore(way: number): void {
    const { training } = this;
    const { updates } = training;
    const apart = Math.max(minDistance, Math.ceil(way / snapshotsPerReplay));
    if (updates % apart !== 0 || this.#snapshots.has(updates)) return;
    const learner = training.setup.learner.snapshot();
    const bytes = [...learner.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    this.#snapshots.set(updates, { updates, learner, position: JSON.stringify(training.position()), bytes });
    // The oldest go first: what somebody looked at long ago is not what is looked at next.
    let total = [...this.#snapshots.values()].reduce((sum, snapshot) => sum + snapshot.bytes, 0);
    for (const [oldest, snapshot] of this.#snapshots) {
      if (total <= maxBytes) break;
      this.#snapshots.delete(oldest);
      total -= snapshot.bytes;
    }
  }
}
