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
const mostBytes = 64 * 1024 * 1024;
/** Waypoints on the way to one update, and the fewest updates between two. */
const waypointsPerWay = 16;
const leastApart = 8;

/**
 * Moments that a replay passed through, so that looking at the update before does not begin at a checkpoint again: with
 * them, leafing back costs a few updates.
 */
export class SnapshotCache {
  readonly #kept = new Map<number, CachedSnapshot>();

  constructor(readonly training: Training) {}

  /** The number of updates of the nearest waypoint at or before an update. */
  nearest(update: number): number | undefined {
    return [...this.#kept.keys()].filter((updates) => updates <= update).sort((a, b) => b - a)[0];
  }

  /** Puts the training back to a waypoint that `nearest` named. */
  restore(updates: number): void {
    const waypoint = this.#kept.get(updates);
    if (waypoint === undefined) throw new Error(`There is no snapshot of update ${updates}.`);
    this.training.setup.learner.restore(waypoint.learner);
    this.training.moveTo(JSON.parse(waypoint.position) as TrainingPosition);
  }

  /** Keeps the present moment, on a way of so many updates, where it is far enough from the last. */
  maybeStore(way: number): void {
    const { training } = this;
    const { updates } = training;
    const apart = Math.max(leastApart, Math.ceil(way / waypointsPerWay));
    if (updates % apart !== 0 || this.#kept.has(updates)) return;
    const learner = training.setup.learner.snapshot();
    const bytes = [...learner.tensors.values()].reduce((sum, { data }) => sum + data.byteLength, 0);
    this.#kept.set(updates, { updates, learner, position: JSON.stringify(training.position()), bytes });
    // The oldest go first: what somebody looked at long ago is not what is looked at next.
    let total = [...this.#kept.values()].reduce((sum, waypoint) => sum + waypoint.bytes, 0);
    for (const [oldest, waypoint] of this.#kept) {
      if (total <= mostBytes) break;
      this.#kept.delete(oldest);
      total -= waypoint.bytes;
    }
  }
}
