import { heartbeatTimeout } from './lockFile';

/** A lock at the last look at it. */
interface Seen {
  /** Its heartbeat then, in milliseconds by the clock of its file system. */
  readonly heartbeat: number;
  /** When that heartbeat was seen first, in milliseconds by the clock of this process. */
  readonly at: number;
  /** Whether an earlier heartbeat had been seen. */
  readonly hasFollowed: boolean;
}

/** Most locks that are remembered; more than a workspace lists. */
const maxSeen = 10_000;

/**
 * Judges locks whose holder can't be asked for: it runs on another machine, in another container, or in a browser. Their
 * clocks may differ from that of this machine by minutes. So from the second look on it only counts whether a heartbeat
 * has followed, by the clock of this process.
 */
export class Heartbeats {
  readonly #seen = new Map<string, Seen>();

  /** @param clock milliseconds of a clock that is never set */
  constructor(readonly clock: () => number = () => performance.now()) {}

  /**
   * Whether the holder of a lock lives, as far as that can be known. At the first look it is a guess: that the clock of
   * the file system is that of this machine.
   *
   * @param lock identifies the lock
   * @param heartbeat its last heartbeat, in milliseconds by the clock of its file system
   * @param now milliseconds by the clock of this machine
   */
  isAlive(lock: string, heartbeat: number, now: number): boolean {
    const at = this.clock();
    const seen = this.#seen.get(lock);
    if (seen === undefined || seen.heartbeat !== heartbeat) {
      if (this.#seen.size >= maxSeen) this.#seen.clear();
      this.#seen.set(lock, { heartbeat, at, hasFollowed: seen !== undefined });
      return seen !== undefined || isRecent(heartbeat, now);
    }
    return at - seen.at <= heartbeatTimeout && (seen.hasFollowed || isRecent(heartbeat, now));
  }

  /** Forgets a lock whose holder has changed. */
  forget(lock: string): void {
    this.#seen.delete(lock);
  }
}

/** Whether a heartbeat is recent by the clock that it was written with. One in the future is of a clock that was set back. */
export function isRecent(heartbeat: number, now: number): boolean {
  return Math.abs(now - heartbeat) <= heartbeatTimeout;
}
