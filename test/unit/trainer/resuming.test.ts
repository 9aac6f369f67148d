import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { builtKernelSets, runnableKernelSets } from '../../../src/engine/kernels/open';
import { restoreCheckpoint, writeCheckpoint } from '../../../src/trainer/storage/checkpoint';
import type { Training } from '../../../src/trainer/training/training';
import { exampleText, exampleTraining } from './exampleTraining';

/** All results of three updates, to the bit, without times. */
function updates(training: Training): readonly unknown[] {
  return [1, 2, 3].map(() => {
    const advance = training.advance(() => true);
    assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
    const tensors = [...advance.capture.tensors].map(
      ([name, { data }]) => `${name} ${Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64')}`,
    );
    return { ...advance.record, seconds: 0, tensors };
  });
}

const table = Array.from({ length: 60 }, (_, n) => `${Math.sin(n)},${n % 7}`).join('\n');
const files = new Map([...exampleText, ['table.csv', new TextEncoder().encode(`a,b\n${table}\n`)]]);

const optimizers: Readonly<Record<string, unknown>> = {
  sgd: { kind: 'sgd', learningRate: 0.01 },
  'sgd with momentum': { kind: 'sgd', learningRate: 0.01, momentum: 0.9, schedule: { cosine: 20 } },
  'sgd after Nesterov': { kind: 'sgd', learningRate: 0.01, momentum: 0.9, nesterov: true },
  adagrad: { kind: 'adagrad', learningRate: 0.01 },
  rmsprop: { kind: 'rmsprop', learningRate: 0.01, momentum: 0.5, weightDecay: 0.01 },
  adam: { kind: 'adam', learningRate: 0.01 },
  adamw: { kind: 'adamw', learningRate: 0.01, weightDecay: 0.1 },
};

const step = (n: number): readonly number[] => [Math.cos(n), n % 2];
const sequence = (length: number) => ({
  inputs: Array.from({ length }, (_, n) => step(n)),
  targets: Array.from({ length }, (_, n) => (n % 2 === 0 ? null : [Math.sin(n)])),
});

const data: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  'a task': { data: { task: 'adding', length: [6, 9] } },
  'a task in windows that reach back': { data: { task: 'echo', length: 12 }, bptt: { forward: 4, backward: 7 } },
  'contiguous text': { data: { text: 'text.txt', length: 5 } },
  'contiguous text whose windows reach back': { data: { text: 'text.txt' }, bptt: { forward: 5, backward: 8 } },
  'random windows of text': { data: { text: 'text.txt', length: 5, order: 'random' } },
  'rows of a table': { data: { csv: 'table.csv', inputs: ['a', 'b'], targets: ['a'], length: 8 } },
  'rows of a table in windows': {
    data: { csv: 'table.csv', inputs: ['a'], targets: ['b'], length: 8 },
    bptt: { forward: 3, backward: 2 },
  },
  'written sequences': { data: { sequences: [8, 8, 8, 8].map(sequence) } },
  'written sequences in windows that reach back': {
    data: { sequences: [8, 8, 8, 8].map(sequence) },
    bptt: { forward: 3, backward: 5 },
  },
};

describe('A run that is resumed from a checkpoint computes the same bits as an uninterrupted one', () => {
  for (const kernels of builtKernelSets) {
    for (const [kind, keys] of Object.entries(data)) {
      it(`${kernels}: ${kind}: every cell, every optimizer, one shard and three`, function () {
        if (!runnableKernelSets().includes(kernels)) this.skip();
        for (const { name } of cells) {
          for (const [optimizer, how] of Object.entries(optimizers)) {
            for (const shards of [1, 3]) {
              const begun = (): Training =>
                exampleTraining(
                  {
                    ...keys,
                    model: { cell: name, hidden: 3 },
                    optimizer: how,
                    training: { steps: 20, validateEvery: 2, ...(kind.startsWith('written') ? {} : { batch: 3 }) },
                  },
                  files,
                  shards,
                  kernels,
                );
              const uninterrupted = begun();
              updates(uninterrupted);
              const checkpoint = writeCheckpoint(uninterrupted, 0);
              const { updates: done } = uninterrupted;
              const expected = updates(uninterrupted);
              const resumed = begun();
              restoreCheckpoint(resumed, checkpoint, done);
              assert.deepEqual(updates(resumed), expected, `${name}, ${optimizer}, ${shards} shards`);
            }
          }
        }
      });
    }
  }
});
