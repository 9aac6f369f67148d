import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { cells } from '../../../src/engine/cells/registry';
import { restoreCheckpoint, writeCheckpoint } from '../../../src/trainer/storage/checkpoint';
import { WorkerPool } from '../../../src/trainer/training/workerPool';
import { nodeThreads } from '../../../src/trainer/training/workerThreads.node';
import type { Training } from '../../../src/trainer/training/training';
import { testedKernels } from '../engine/kernelSets';
import { exampleText, exampleTraining } from './exampleTraining';

const threads = nodeThreads(resolve('dist/workerThread.cjs'));
/** Shards of a batch: more than workers, and not a multiple of their number. */
const shards = 3;
/** Retries until another thread has computed a shard; on a busy machine it may wake up late. */
const mostTries = 5000;

/** All results of a number of updates, to the bit, without times. */
function bitsOf(training: Training, updates: number): readonly unknown[] {
  return Array.from({ length: updates }, (_, n) => {
    // A captured update is not shared: the capture of the last one shows that all earlier ones were the same.
    const advance = training.advance(() => n === updates - 1);
    assert.ok(advance.kind === 'updated');
    const tensors = [...(advance.capture?.tensors ?? [])].map(
      ([name, { data }]) => `${name} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
    );
    return { ...advance.record, seconds: 0, tensors };
  });
}

/** The results of a number of updates with real threads, each of which has computed a shard; the training stays there. */
function trained(training: Training, updates: number, workers: number): readonly unknown[] {
  const { learner } = training.setup;
  const notices: string[] = [];
  const pool = WorkerPool.start(learner, workers, threads, (notice) => notices.push(notice));
  try {
    assert.equal(pool.workers, workers);
    const begin = writeCheckpoint(training, 0);
    const { updates: done } = training;
    for (let tries = 0; tries < mostTries; tries++) {
      restoreCheckpoint(training, begin, done);
      const before = learner.workerShards;
      const bits = bitsOf(training, updates);
      if (workers === 1 || learner.workerShards > before) return bits;
    }
    return assert.fail(`No other thread has done anything in ${mostTries} tries.`);
  } finally {
    pool.dispose();
    assert.deepEqual(notices, []);
  }
}

const truncations: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'full BPTT': { data: { task: 'adding', length: [10, 14] } },
  'truncated BPTT with carried state': { data: { text: 'text.txt' }, bptt: { forward: 7, backward: 11 } },
};

describe('A run whose batches two threads share', () => {
  for (const { name: kernels } of testedKernels.filter(({ name }) => name !== 'reference')) {
    for (const { name: cell } of cells) {
      for (const [truncation, keys] of Object.entries(truncations)) {
        it(`${kernels}, ${cell}, ${truncation}: resumed by one thread or two, it computes the same bits`, () => {
          const begun = (): Training =>
            exampleTraining(
              {
                ...keys,
                model: { cell, hidden: 11, layers: 2 },
                clip: { norm: 0.5 },
                training: { steps: 20, batch: 5, validateEvery: 2 },
              },
              exampleText,
              shards,
              kernels,
            );
          /** The bits after the checkpoint if another training resumes the run from it, as after a crash. */
          const resumed = (before: number, after: number): readonly unknown[] => {
            const first = begun();
            trained(first, 3, before);
            const checkpoint = writeCheckpoint(first, 0);
            const second = begun();
            restoreCheckpoint(second, checkpoint, first.updates);
            return trained(second, 3, after);
          };
          const whole = begun();
          trained(whole, 3, 2);
          const uninterrupted = trained(whole, 3, 2);
          assert.deepEqual(resumed(2, 2), uninterrupted, 'recorded with two, resumed with two');
          assert.deepEqual(resumed(2, 1), uninterrupted, 'recorded with two, resumed with one');
          assert.deepEqual(resumed(1, 2), uninterrupted, 'recorded with one, resumed with two');
        });
      }
    }
  }
});
