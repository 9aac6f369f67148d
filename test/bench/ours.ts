import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { shardsOf } from '../../src/engine/parallel/shardBatch';
import { openKernels, runnableKernelSets, type BuiltKernelSet } from '../../src/engine/kernels/open';
import { Learner } from '../../src/engine/learner';
import { allowFusedKernels } from '../../src/trainer/fusedKernels.node';
import { WorkerPool } from '../../src/trainer/training/workerPool';
import { nodeThreads } from '../../src/trainer/training/workerThreads.node';
import type { Contender, Trial } from './contender';
import { fractions, learnerOptions, windowOf, type Workload } from './workloads';

/** Threads that share a batch if it is split. */
export const allWorkers = availableParallelism();

function learnerFor(workload: Workload, kernels: BuiltKernelSet): Learner {
  const options = learnerOptions(workload);
  const shards = shardsOf(options.network, options.steps, options.batch);
  const learner = new Learner({ ...options, shards, kernels: openKernels(kernels) });
  const random = fractions(7);
  const uniform = (): number => random.next().value;
  learner.initialize({ recurrent: 'uniform', input: 'uniform', gain: 1, inputGain: 1, bias: 'uniform' }, undefined, {
    uniform,
    normal: () => 2 * uniform() - 1,
  });
  return learner;
}

function trialOf(workload: Workload, kernels: BuiltKernelSet, recorded: boolean, workers: number): Trial | undefined {
  const learner = learnerFor(workload, kernels);
  // A step that is too short to be shared uses one worker, whatever the requested number.
  if (workers > 1 && learner.shardCount === 1) return undefined;
  const pool = WorkerPool.start(learner, workers, nodeThreads(resolve('dist/workerThread.cjs')), (notice) => {
    throw new Error(notice);
  });
  const window = windowOf(workload);
  const measure = (steps: number): number => {
    const start = performance.now();
    for (let i = 0; i < steps; i++) {
      const { kind } = learner.step(window, { record: recorded });
      if (kind !== 'updated') throw new Error(`${workload.name} with ${kernels} ended as ${kind}.`);
    }
    return (performance.now() - start) / steps;
  };
  return {
    measure,
    close: () => {
      pool.dispose();
    },
  };
}

/** This engine with one kernel set; `recorded` with ‖∂L/∂h_t‖ of every step, as in normal training. */
function ours(kernels: BuiltKernelSet, recorded: boolean, workers = 1): Contender {
  const name = recorded ? kernels : `${kernels}, instruments off`;
  const what = recorded
    ? 'this engine, ‖∂L/∂h_t‖ recorded at every step'
    : 'this engine, losses and norms of weights only';
  return {
    name: workers === 1 ? name : `${name}, ${workers} workers`,
    what: workers === 1 ? `${what}, one worker` : `${what}, the batch shared by ${workers} threads`,
    prepare: (workload) => Promise.resolve(trialOf(workload, kernels, recorded, workers)),
  };
}

allowFusedKernels();

/**
 * This engine with every kernel set that the machine runs; the fast ones also with the instruments off, and on all
 * cores.
 */
export const ourContenders: readonly Contender[] = runnableKernelSets()
  .flatMap((name) =>
    name === 'reference'
      ? [ours(name, true)]
      : [...(allWorkers > 1 ? [ours(name, true, Math.min(allWorkers, 2))] : []), ours(name, true), ours(name, false)],
  )
  .reverse();
