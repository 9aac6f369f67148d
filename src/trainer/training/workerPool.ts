import type { Learner } from '../../engine/learner';
import type { WorkerInit } from '../../engine/parallel/shardQueue';

/** A thread that shares a learner's work. */
export interface WorkerThread {
  /** Called once when the thread is gone, with the reason. */
  onGone(listener: (reason: string) => void): void;
  end(): void;
}

/** What this host has of threads. */
export interface Threads {
  /** Threads that can run at the same time. */
  readonly cores: number;
  readonly startThread: (assignment: WorkerInit) => WorkerThread;
}

/** How many workers were asked for: 0 for as many as are of use here. */
export type WantedWorkers = number;

/** Threads that train, the first one included, where they can share their memory. */
export function usefulWorkers(wanted: WantedWorkers, cores: number, shards: number): number {
  return Math.min(wanted === 0 ? cores : wanted, shards);
}

/** The threads that share the training batches of one learner. How many there are changes no number, only the speed. */
export class WorkerPool {
  readonly #helpers: WorkerThread[] = [];
  #isDisposed = false;

  private constructor(readonly learner: Learner) {}

  /**
   * Starts as many as were asked for and are of use.
   *
   * @param threads undefined where the host has none besides this one
   * @param notice is told what runs instead of what was asked for, now or later
   */
  static start(
    learner: Learner,
    wanted: WantedWorkers,
    threads: Threads | undefined,
    notice: (message: string) => void,
  ): WorkerPool {
    const helpers = new WorkerPool(learner);
    const useful = usefulWorkers(wanted, threads?.cores ?? 1, learner.shardCount);
    while (helpers.workers < useful && threads !== undefined) {
      const assignment = learner.addWorker();
      if (assignment === undefined) break;
      helpers.#add(threads.startThread(assignment), notice);
    }
    const missing = reasonForFewer(wanted, useful, helpers.workers);
    if (missing !== undefined) notice(missing);
    return helpers;
  }

  /** Threads that train, the trainer's own included. */
  get workers(): number {
    return 1 + this.#helpers.length;
  }

  dispose(): void {
    this.#isDisposed = true;
    this.learner.releaseWorkers();
    for (const helper of this.#helpers.splice(0)) helper.end();
  }

  #add(helper: WorkerThread, notice: (message: string) => void): void {
    this.#helpers.push(helper);
    helper.onGone((reason) => {
      if (this.#isDisposed) return;
      this.#helpers.splice(this.#helpers.indexOf(helper), 1);
      notice(`A worker thread exited (${reason}). Continuing with ${inWords(this.workers)}; results are unaffected.`);
    });
  }
}

function inWords(workers: number): string {
  return workers === 1 ? 'one' : String(workers);
}

/** Why fewer workers train than were asked for, or than are of use where none were asked for. */
function reasonForFewer(wanted: WantedWorkers, useful: number, workers: number): string | undefined {
  const asked = `${wanted} workers were requested`;
  if (workers < useful) {
    const why = "memory can't be shared between threads here";
    return wanted > 1 ? `${asked}, but ${why}: one trains.` : `One worker trains, because ${why}.`;
  }
  if (workers >= wanted) return undefined;
  return workers === 1
    ? `${asked}, but an update of this network and batch is too short to be shared: one trains.`
    : `${asked}, but this batch is worth splitting into only ${workers} parts: ${workers} train.`;
}
