import type { SharedKernels } from '../kernels/kernelSet';
import type { Shard, ShardTask } from './shard';
import type { WorkspaceOptions } from './workspaceOptions';

/** The start parameters of a worker thread; they survive structured cloning. */
export interface WorkerInit {
  readonly kernels: SharedKernels;
  readonly workspace: WorkspaceOptions;
  /** First byte of the workspace in the kernels' memory, and the byte after its last. */
  readonly workspaceAt: number;
  readonly workspaceEnd: number;
  readonly control: SharedArrayBuffer;
}

/** The slots of the control block; `workerShards` counts the shards that worker threads have run. */
export const controlSlots = { turn: 0, next: 1, done: 2, over: 3, failed: 4, workerShards: 5 } as const;

/** The task of a turn follows the slots, in doubles. */
export const taskOffset = 64;
export const taskLength = 9;

/** How often a thread polls before it sleeps: some microseconds, less than waking it up would take. */
export const spinCount = 4000;

/** Timeout (ms) of one wait of the learner's thread for the worker threads. */
const waitTimeout = 100;

/**
 * Waits that time out without any shard finishing after which a thread counts as lost, plus the length of ten own
 * turns.
 */
export const defaultWaitTimeouts = 100;

/** The learner's side of the worker threads. The learner's thread runs shards too; without workers it runs all of them. */
export class ShardQueue {
  readonly control = new SharedArrayBuffer(taskOffset + 8 * taskLength);
  private readonly state = new Int32Array(this.control, 0, Object.keys(controlSlots).length);
  private readonly task = new Float64Array(this.control, taskOffset, taskLength);
  private isBroken = false;

  constructor(
    private readonly shards: readonly Shard[],
    private readonly waitTimeouts: number,
  ) {
    // Before the first turn there are no shards.
    this.state[controlSlots.next] = shards.length;
  }

  /** Runs all shards that have begun a window. Throws Error where a thread took a shard and did not finish it. */
  run(task: ShardTask): void {
    const { state, shards } = this;
    if (this.isBroken) throw lost();
    writeTask(this.task, task);
    Atomics.store(state, controlSlots.done, 0);
    Atomics.store(state, controlSlots.next, 0);
    Atomics.add(state, controlSlots.turn, 1);
    Atomics.notify(state, controlSlots.turn);
    const began = Date.now();
    try {
      takeShards(state, shards, (shard) => {
        shard.run(task);
      });
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
    this.waitForOthers(Date.now() - began);
  }

  /** Shards that the worker threads have run so far. */
  get workerShards(): number {
    return Atomics.load(this.state, controlSlots.workerShards);
  }

  /** Ends the worker threads. */
  release(): void {
    Atomics.store(this.state, controlSlots.over, 1);
    Atomics.add(this.state, controlSlots.turn, 1);
    Atomics.notify(this.state, controlSlots.turn);
  }

  private waitForOthers(ownTime: number): void {
    const { state, shards } = this;
    let timeoutsLeft = this.waitTimeouts + Math.ceil((10 * ownTime) / waitTimeout);
    for (let spin = 0; spin < spinCount; spin++) if (Atomics.load(state, controlSlots.done) === shards.length) return;
    for (;;) {
      const done = Atomics.load(state, controlSlots.done);
      if (done === shards.length) return;
      // Timeouts are counted instead of reading a clock, which advances while a machine is suspended.
      const outcome = Atomics.wait(state, controlSlots.done, done, waitTimeout);
      if (Atomics.load(state, controlSlots.failed) !== 0 || (outcome === 'timed-out' && --timeoutsLeft <= 0)) {
        this.isBroken = true;
        throw lost();
      }
    }
  }
}

function lost(): Error {
  return new Error(
    "A worker thread was lost during an update, so the update can't be finished. Resume from the last checkpoint, or use one worker (setting unroll.workers, headless --workers 1).",
  );
}

/** Runs one shard after the other until none is left in this turn. */
export function takeShards(state: Int32Array, shards: readonly Shard[], run: (shard: Shard) => void): void {
  for (;;) {
    const index = Atomics.add(state, controlSlots.next, 1);
    if (index >= shards.length) return;
    run(shards[index]);
    if (Atomics.add(state, controlSlots.done, 1) + 1 === shards.length) Atomics.notify(state, controlSlots.done);
  }
}

function writeTask(numbers: Float64Array, task: ShardTask): void {
  const { steps, windowAt, length, headFrom, weight, gradientWeight, start, learns, recorded } = task;
  numbers.set([steps, windowAt, length, headFrom, weight, gradientWeight, start, Number(learns), Number(recorded)]);
}
