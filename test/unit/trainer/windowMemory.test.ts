import assert from 'node:assert/strict';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openKernels } from '../../../src/engine/kernels/open';
import { prepareTraining } from '../../../src/trainer/training/trainingSetup';
import { Training } from '../../../src/trainer/training/training';
import { exampleExperiment } from './exampleTraining';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The memory of training on a text of this length: of the kernels, in JavaScript, and estimated. */
function trainOn(characters: number) {
  const text = new TextEncoder().encode('to be or not to be, that is it. '.repeat(Math.ceil(characters / 32)));
  const bytes = text.subarray(0, characters);
  collect();
  const before = process.memoryUsage();
  const kernels = openKernels('simd');
  const experiment = exampleExperiment({
    data: { text: 'book.txt', length: 100, order: 'contiguous' },
    model: { cell: 'lstm', hidden: 32 },
    bptt: { forward: 100, backward: 100 },
    training: { steps: 60, batch: 4 },
  });
  const prepared = prepareTraining({ experiment, files: new Map([['book.txt', bytes]]), kernels, memoryLimit: 1e9 });
  if (prepared.kind !== 'prepared') assert.fail(JSON.stringify(prepared));
  const { setup: plan } = prepared;
  const training = new Training(plan, () => performance.now() / 1000);
  while (!training.isFinished) training.advance();
  collect();
  const after = process.memoryUsage();
  return {
    kernels: kernels.allocated,
    javascript: after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers,
    estimate: plan.memoryBytes - bytes.length,
    updates: training.updates,
  };
}

describe('Truncated BPTT', () => {
  it('needs memory for its window only: except for the text itself, a million characters take no more than ten thousand', () => {
    // The minimum, because garbage of other tests is not always collected.
    const perCharacter = [1, 2, 3].map(() => {
      const short = trainOn(10_000);
      const long = trainOn(1_000_000);
      assert.equal(long.updates, 60);
      assert.equal(long.kernels, short.kernels);
      // The estimate per character: the byte that was read, a copy while it is hashed, and the index of its symbol.
      assert.ok((long.estimate - short.estimate) / 990_000 <= 3);
      return (long.javascript - short.javascript) / 990_000;
    });
    // A character is stored as the byte that was read and as the index of its symbol.
    const least = Math.min(...perCharacter);
    assert.ok(least < 8, `${least.toFixed(2)} bytes per character`);
  });
});
