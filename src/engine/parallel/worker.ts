import { joinKernels } from '../kernels/open';
import type { StepOrder } from './shard';
import { looks, orderAt, orderLength, takeShards, words, type Assignment } from './workerPool';
import { Workspace } from './workspace';

/**
 * The side of a thread that a learner has invited: works on the shards of every turn until the learner dismisses it.
 * Throws what a shard throws, after the learner has been told.
 */
export function serveTeam({ kernels, workspace: options, workspaceAt, workspaceEnd, control }: Assignment): void {
  const set = joinKernels(kernels, workspaceAt);
  const { shards } = new Workspace(set, options);
  if (set.allocated !== workspaceEnd) {
    throw new Error(`This thread lays its tensors out up to byte ${set.allocated}, the learner up to ${workspaceEnd}.`);
  }
  const state = new Int32Array(control, 0, Object.keys(words).length);
  const numbers = new Float64Array(control, orderAt, orderLength);
  try {
    for (;;) {
      const turn = Atomics.load(state, words.turn);
      if (Atomics.load(state, words.over) !== 0) return;
      takeShards(state, shards, (shard) => {
        const order = readOrder(numbers);
        shard.resume(order);
        shard.run(order);
        Atomics.add(state, words.helped, 1);
      });
      waitForTurn(state, turn);
    }
  } catch (error) {
    Atomics.store(state, words.failed, 1);
    Atomics.notify(state, words.done);
    throw error;
  }
}

function waitForTurn(state: Int32Array, turn: number): void {
  for (let look = 0; look < looks; look++) if (Atomics.load(state, words.turn) !== turn) return;
  Atomics.wait(state, words.turn, turn);
}

function readOrder(numbers: Float64Array): StepOrder {
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
