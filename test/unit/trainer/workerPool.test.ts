import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { cells } from '../../../src/engine/cells/registry';
import type { Learner, LearnerOptions } from '../../../src/engine/learner';
import type { NetworkSpec } from '../../../src/engine/spec';
import type { WorkerInit } from '../../../src/engine/parallel/shardQueue';
import { windowsOf } from '../../../src/engine/recurrence/truncation';
import type { Window } from '../../../src/engine/recurrence/window';
import { WorkerPool, type WorkerThread, type Threads } from '../../../src/trainer/training/workerPool';
import { nodeThreads } from '../../../src/trainer/training/workerThreads.node';
import { allValues, exampleLearner, randomWindow, smallNetwork, update } from '../engine/exampleLearner';
import { testedKernels } from '../engine/kernelSets';

const script = resolve('dist/workerThread.cjs');

function windows(network: NetworkSpec, loss: 'mse' | 'crossEntropy', inputs: 'dense' | 'oneHot'): readonly Window[] {
  return [1, 2, 3].flatMap((seed) => {
    const mask = (t: number, sequence: number): boolean => (t + sequence) % 4 !== 0;
    const reset = [seed % 2, 1, 0, 0, 1];
    return [...windowsOf(randomWindow({ network, loss, steps: 18, batch: 5, seed, inputs, mask, reset }), 6)];
  });
}

type Options = Partial<LearnerOptions> & Pick<LearnerOptions, 'network'>;

/** All results of training: losses, norms, records, captures of every third update, and the parameters. */
function train(learner: Learner, part: readonly Window[], record: boolean): unknown {
  const outcomes = part.map((window, n) => update(learner, window, { record, capture: record && n % 3 === 1 }));
  const bare = outcomes.map(({ loss, gradNorm, clipped, parameterNorms }) => ({
    loss,
    gradNorm,
    clipped,
    parameterNorms,
  }));
  return { ...(record ? { outcomes } : {}), bare, values: allValues(learner) };
}

/** A notice listener for tests that expect no notice. */
function refuse(notice: string): never {
  assert.fail(notice);
}

/** A thread that runs `code` and exits without a message when it ends, as a killed one would. */
function threadOf(code: string): Threads['startThread'] {
  return ({ control }: WorkerInit): WorkerThread => {
    const worker = new Worker(code, { eval: true, workerData: control });
    return {
      onExit: (listener) => worker.once('exit', (exit) => listener(`exit code ${exit}`)),
      end: () => void worker.terminate(),
    };
  };
}

describe('Workers that share a batch', () => {
  for (const { name, open } of testedKernels.filter(({ name }) => name !== 'reference')) {
    for (const { name: cell } of cells) {
      it(`${name}: ${cell}: compute the same bits for any number of workers, with instruments on and off`, () => {
        for (const [loss, inputs, bptt, clip] of [
          ['mse', 'dense', 'full', { norm: 0.1 }],
          ['crossEntropy', 'oneHot', { forward: 6, backward: 4 }, { hidden: 0.004 }],
          ['crossEntropy', 'dense', { forward: 6, backward: 11 }, { value: 0.01 }],
        ] as const) {
          const network = smallNetwork(cell, { layers: 2, hidden: 19, outputs: 3 });
          const options: Options = { network, bptt, clip, inputs, loss: { kind: loss, reduction: 'mean' }, shards: 4 };
          const all = windows(network, loss, inputs);
          const run = (workers: number, record: boolean): unknown => {
            const learner = exampleLearner({ ...options, kernels: open(), steps: 6, batch: 5 });
            const notices: string[] = [];
            const pool = WorkerPool.start(learner, workers, nodeThreads(script), (notice) => notices.push(notice));
            try {
              assert.equal(pool.workers, workers);
              const begin = structuredClone(learner.snapshot());
              while (workers > 1 && learner.workerShards === 0) all.forEach((window) => update(learner, window));
              // On a busy machine this thread may have computed every shard before another woke up; then try again.
              for (;;) {
                learner.restore(begin);
                const before = learner.workerShards;
                const outcome = train(learner, all, record);
                if (workers === 1 || learner.workerShards > before) return outcome;
              }
            } finally {
              pool.dispose();
              assert.deepEqual(notices, []);
            }
          };
          const alone = run(1, true);
          assert.deepEqual(run(2, true), alone);
          const { bare, values } = alone as { bare: unknown; values: unknown };
          assert.deepEqual(run(3, false), { bare, values });
        }
      });
    }
  }

  const { open } = testedKernels[testedKernels.length - 1];
  const network = smallNetwork('lstm', { hidden: 64, layers: 2 });
  const long = randomWindow({ network, loss: 'mse', steps: 200, batch: 16 });
  const learnerOf = (shards: number, kernels = open()): Learner =>
    exampleLearner({ network, kernels, steps: 200, batch: 16, shards });
  const onlyNotice = (learner: Learner, wanted: number, threads: Threads | undefined): string | undefined => {
    const notices: string[] = [];
    WorkerPool.start(learner, wanted, threads, (notice) => notices.push(notice)).dispose();
    assert.ok(notices.length <= 1);
    return notices[0];
  };

  it('compute shards of the updates', () => {
    const learner = learnerOf(4);
    const pool = WorkerPool.start(learner, 2, nodeThreads(script), refuse);
    for (let n = 0; n < 1000 && learner.workerShards === 0; n++) update(learner, long);
    pool.dispose();
    assert.ok(learner.workerShards > 0);
  });

  it('give a notice if fewer train than requested', () => {
    const threads = nodeThreads(script);
    assert.match(
      onlyNotice(learnerOf(1), 2, threads) ?? '',
      /2 workers were requested.*too short to be shared: one trains/,
    );
    assert.match(onlyNotice(learnerOf(3), 8, threads) ?? '', /8 workers were requested.*only 3 parts: 3 train/);
    assert.match(
      onlyNotice(learnerOf(2), 2, undefined) ?? '',
      /2 workers were requested.*can't be shared.*: one trains/,
    );
    assert.match(onlyNotice(learnerOf(2, testedKernels[0].open()), 2, threads) ?? '', /can't be shared.*: one trains/);
    assert.match(onlyNotice(learnerOf(2, testedKernels[0].open()), 0, threads) ?? '', /One worker trains, because/);
    assert.equal(onlyNotice(learnerOf(1), 0, threads), undefined);
    assert.equal(onlyNotice(learnerOf(4), 3, threads), undefined);
  });

  it('fail the update with a message when one exits during it', () => {
    const learner = learnerOf(4);
    const taking = `
      const { workerData } = require('node:worker_threads');
      const state = new Int32Array(workerData, 0, 2);
      while (Atomics.load(state, 0) === 0 || Atomics.add(state, 1, 1) >= 4);`;
    learner.addWorker(5);
    const pool = WorkerPool.start(learner, 2, { cores: 2, startThread: threadOf(taking) }, () => undefined);
    const before = allValues(learner);
    let taken: unknown;
    // Until the thread has started, the learner computes all shards itself.
    for (let n = 0; n < 1000 && taken === undefined; n++) {
      try {
        before.splice(0, Infinity, ...allValues(learner));
        update(learner, long);
      } catch (error) {
        taken = error;
      }
    }
    assert.match(String(taken), /lost during an update.*last checkpoint.*--workers 1/);
    assert.deepEqual(allValues(learner), before, 'the parameters are those before the update');
    assert.throws(() => learner.step(long, { record: false }), /lost during an update/);
    pool.dispose();
  });

  it('give a notice, and training continues, when one exits between two updates', async () => {
    const learner = learnerOf(4);
    let gone = (): void => undefined;
    const notices: string[] = [];
    const noticed = new Promise<void>((done) => (gone = done));
    WorkerPool.start(learner, 2, { cores: 2, startThread: threadOf('process.exit(7)') }, (notice) => {
      notices.push(notice);
      gone();
    });
    await noticed;
    assert.match(notices[0] ?? '', /exited \(exit code 7\)\. Continuing with one; results are unaffected/);
    assert.equal(update(learner, long).loss, update(learnerOf(4), long).loss);
  });

  it('end when the pool is disposed', async () => {
    const learner = learnerOf(4);
    const ended: Promise<void>[] = [];
    const threads = nodeThreads(script);
    const startThread: Threads['startThread'] = (init) => {
      const thread = threads.startThread(init);
      ended.push(new Promise((done) => thread.onExit(() => done())));
      return thread;
    };
    const pool = WorkerPool.start(learner, 3, { ...threads, startThread }, refuse);
    for (let n = 0; n < 5; n++) update(learner, long);
    pool.dispose();
    assert.equal(ended.length, 2);
    await Promise.all(ended);
    assert.equal(update(learner, long).kind, 'updated', 'the learner continues alone');
  });
});
