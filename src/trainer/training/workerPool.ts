import type { Learner } from '../../engine/learner';
import type { WorkerInit } from '../../engine/parallel/shardQueue';

/** A worker thread, which computes shards of a learner's updates. */
export interface WorkerThread {
  /** Calls `listener` once when the thread has exited, with the reason. */
  onExit(listener: (reason: string) => void): void;
  end(): void;
}

/** Starts worker threads where the host has them. */
export interface Threads {
  /** Number of threads that the machine runs at the same time. */
  readonly cores: number;
  readonly startThread: (init: WorkerInit) => WorkerThread;
}

/** The requested number of workers; 0 = automatic. */
export type RequestedWorkers = number;

/** Number of threads that train, the trainer's own included, provided that they can share memory. */
export function usefulWorkers(requested: RequestedWorkers, cores: number, shards: number): number {
  return Math.min(requested === 0 ? cores : requested, shards);
}

/** The threads that share the training batches of one learner. Their number changes the speed, never a result. */
export class WorkerPool {
  readonly #threads: WorkerThread[] = [];
  #isDisposed = false;

  private constructor(readonly learner: Learner) {}

  /**
   * Starts the requested number of workers, or as many as there are shards if those are fewer.
   *
   * @param threads undefined where the host has no other threads
   * @param notice called with a message when fewer workers train than requested, now or later
   */
  static start(
    learner: Learner,
    requested: RequestedWorkers,
    threads: Threads | undefined,
    notice: (message: string) => void,
  ): WorkerPool {
    const pool = new WorkerPool(learner);
    const useful = usefulWorkers(requested, threads?.cores ?? 1, learner.shardCount);
    while (pool.workers < useful && threads !== undefined) {
      const init = learner.addWorker();
      if (init === undefined) break;
      pool.#add(threads.startThread(init), notice);
    }
    const missing = reasonForFewer(requested, useful, pool.workers);
    if (missing !== undefined) notice(missing);
    return pool;
  }

  /** Threads that train, the trainer's own included. */
  get workers(): number {
    return 1 + this.#threads.length;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.learner.releaseWorkers();
    for (const thread of this.#threads.splice(0)) thread.end();
  }

  #add(thread: WorkerThread, notice: (message: string) => void): void {
    this.#threads.push(thread);
    thread.onExit((reason) => {
      if (this.#isDisposed) return;
      this.#threads.splice(this.#threads.indexOf(thread), 1);
      notice(
        `A worker thread exited (${reason}). Continuing with ${formatWorkers(this.workers)}; results are unaffected.`,
      );
    });
  }
}

function formatWorkers(workers: number): string {
  return workers === 1 ? 'one' : String(workers);
}

/** Why fewer workers train than requested, or with automatic than useful; undefined if as many do. */
function reasonForFewer(requested: RequestedWorkers, useful: number, workers: number): string | undefined {
  const reason = `${requested} workers were requested`;
  if (workers < useful) {
    const why = "memory can't be shared between threads here";
    return requested > 1 ? `${reason}, but ${why}: one trains.` : `One worker trains, because ${why}.`;
  }
  if (workers >= requested) return undefined;
  return workers === 1
    ? `${reason}, but an update of this network and batch is too short to be shared: one trains.`
    : `${reason}, but this batch is worth splitting into only ${workers} parts: ${workers} train.`;
}
