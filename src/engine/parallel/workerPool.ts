import type { SharedKernels } from '../kernels/kernelSet';
import type { Shard, ShardTask } from './shard';
import type { WorkspaceOptions } from './workspaceOptions';

/** What a thread is told that shares a learner's work; it survives structured cloning. */
export interface WorkerInit {
  readonly kernels: SharedKernels;
  readonly workspace: WorkspaceOptions;
  /** Bytes of the kernels' memory between which the workspace lies. */
  readonly workspaceAt: number;
  readonly workspaceEnd: number;
  readonly control: SharedArrayBuffer;
}

/** The words of a control block; `helped` counts the shards that others than the learner's thread have run. */
export const controlSlots = { turn: 0, next: 1, done: 2, over: 3, failed: 4, helped: 5 } as const;

/** The order of a turn stands behind the words, in doubles. */
export const taskOffset = 64;
export const taskLength = 9;

/** How often a thread looks before it sleeps: some microseconds, less than waking it up would take. */
export const spinCount = 4000;

/** How long the learner's thread sleeps at a time while others work, in ms. */
const waitTimeout = 100;

/** Naps without any shard being done after which a thread counts as lost, besides as many as ten own turns take. */
export const defaultWaitTimeouts = 100;

/** The learner's side of the threads that share its shards. It works along, and with nobody else it does all of it. */
export class ShardQueue {
  readonly control = new SharedArrayBuffer(taskOffset + 8 * taskLength);
  private readonly state = new Int32Array(this.control, 0, Object.keys(controlSlots).length);
  private readonly order = new Float64Array(this.control, taskOffset, taskLength);
  private isBroken = false;

  constructor(
    private readonly shards: readonly Shard[],
    private readonly waitTimeouts: number,
  ) {
    // Before the first turn there is nothing to take.
    this.state[controlSlots.next] = shards.length;
  }

  /** Runs all shards that have begun a window. Throws Error where a thread took a shard and did not finish it. */
  run(order: ShardTask): void {
    const { state, shards } = this;
    if (this.isBroken) throw lost();
    writeOrder(this.order, order);
    Atomics.store(state, controlSlots.done, 0);
    Atomics.store(state, controlSlots.next, 0);
    Atomics.add(state, controlSlots.turn, 1);
    Atomics.notify(state, controlSlots.turn);
    const began = Date.now();
    try {
      takeShards(state, shards, (shard) => {
        shard.run(order);
      });
    } catch (error) {
      this.isBroken = true;
      throw error;
    }
    this.waitForOthers(Date.now() - began);
  }

  /** Shards that the invited threads have run so far. */
  get helped(): number {
    return Atomics.load(this.state, controlSlots.helped);
  }

  /** Ends the threads' service. */
  release(): void {
    Atomics.store(this.state, controlSlots.over, 1);
    Atomics.add(this.state, controlSlots.turn, 1);
    Atomics.notify(this.state, controlSlots.turn);
  }

  private waitForOthers(ownTime: number): void {
    const { state, shards } = this;
    let naps = this.waitTimeouts + Math.ceil((10 * ownTime) / waitTimeout);
    for (let look = 0; look < spinCount; look++) if (Atomics.load(state, controlSlots.done) === shards.length) return;
    for (;;) {
      const done = Atomics.load(state, controlSlots.done);
      if (done === shards.length) return;
      // A nap is not measured by a clock, which goes on while a machine is suspended.
      const outcome = Atomics.wait(state, controlSlots.done, done, waitTimeout);
      if (Atomics.load(state, controlSlots.failed) !== 0 || (outcome === 'timed-out' && --naps <= 0)) {
        this.isBroken = true;
        throw lost();
      }
    }
  }
}

function lost(): Error {
  return new Error(
    'A thread that shares the work was lost in the middle of an update, so the update cannot be finished. Go on from the last checkpoint, or with one worker (setting unroll.workers, headless --workers 1).',
  );
}

/** Takes one shard after the other until none is left of this turn. */
export function takeShards(state: Int32Array, shards: readonly Shard[], run: (shard: Shard) => void): void {
  for (;;) {
    const index = Atomics.add(state, controlSlots.next, 1);
    if (index >= shards.length) return;
    run(shards[index]);
    if (Atomics.add(state, controlSlots.done, 1) + 1 === shards.length) Atomics.notify(state, controlSlots.done);
  }
}

function writeOrder(numbers: Float64Array, order: ShardTask): void {
  const { steps, windowAt, length, headFrom, weight, gradientWeight, start, learns, recorded } = order;
  numbers.set([steps, windowAt, length, headFrom, weight, gradientWeight, start, Number(learns), Number(recorded)]);
}
