import { joinKernels } from '../kernels/open';
import type { ShardTask } from './shard';
import { spinCount, taskOffset, taskLength, takeShards, controlSlots, type WorkerInit } from './shardQueue';
import { Workspace } from './workspace';

/**
 * Runs in a worker thread: works on the shards of every turn until the learner releases it. Rethrows what a shard
 * throws, after signalling the failure to the learner.
 */
export function runWorker({ kernels, workspace: options, workspaceAt, workspaceEnd, control }: WorkerInit): void {
  const set = joinKernels(kernels, workspaceAt);
  const { shards } = new Workspace(set, options);
  if (set.allocated !== workspaceEnd) {
    throw new Error(
      `This thread allocates its tensors up to byte ${set.allocated}, the learner up to ${workspaceEnd}.`,
    );
  }
  const state = new Int32Array(control, 0, Object.keys(controlSlots).length);
  const numbers = new Float64Array(control, taskOffset, taskLength);
  try {
    for (;;) {
      const turn = Atomics.load(state, controlSlots.turn);
      if (Atomics.load(state, controlSlots.over) !== 0) return;
      takeShards(state, shards, (shard) => {
        const task = readTask(numbers);
        shard.resume(task);
        shard.run(task);
        Atomics.add(state, controlSlots.workerShards, 1);
      });
      waitForTurn(state, turn);
    }
  } catch (error) {
    Atomics.store(state, controlSlots.failed, 1);
    Atomics.notify(state, controlSlots.done);
    throw error;
  }
}

function waitForTurn(state: Int32Array, turn: number): void {
  for (let spin = 0; spin < spinCount; spin++) if (Atomics.load(state, controlSlots.turn) !== turn) return;
  Atomics.wait(state, controlSlots.turn, turn);
}

function readTask(numbers: Float64Array): ShardTask {
  const [steps, windowAt, length, headFrom, weight, gradientWeight, start, learns, recorded] = numbers;
  return {
    steps,
    windowAt,
    length,
    headFrom,
    weight,
    gradientWeight,
    start,
    learns: learns !== 0,
    recorded: recorded !== 0,
  };
}
