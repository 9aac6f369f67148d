import assert from 'node:assert/strict';
import { restoreCheckpoint, writeCheckpoint } from '../../../src/trainer/checkpoint';
import type { Training } from '../../../src/trainer/training';
import { exampleText, exampleTraining } from './exampleTraining';

/** Everything an update shows, without the clock. */
function update(training: Training): unknown {
  const advance = training.advance(() => true);
  assert.ok(advance.kind === 'updated');
  const { record, capture } = advance;
  const tensors = [...(capture?.tensors ?? [])].map(([name, { data }]) => [
    name,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  ]);
  return { ...record, seconds: 0, tensors };
}

const kinds: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, ReadonlyMap<string, Uint8Array>?]>> =
  {
    'a task of varying length': [{}],
    'a task cut into windows': [{ bptt: { forward: 4, backward: 2 } }],
    'a task whose windows reach back': [{ data: { task: 'echo', length: 12 }, bptt: { forward: 4, backward: 7 } }],
    'contiguous text': [{ data: { text: 'text.txt', length: 5 }, model: { cell: 'gru', hidden: 4 } }, exampleText],
    'contiguous text whose windows reach back': [
      { data: { text: 'text.txt' }, bptt: { forward: 5, backward: 8 } },
      exampleText,
    ],
    'random windows of text': [{ data: { text: 'text.txt', length: 5, order: 'random' } }, exampleText],
    'momentum and a schedule': [
      { optimizer: { kind: 'sgd', momentum: 0.9, nesterov: true, schedule: { cosine: 20 } } },
    ],
    'rmsprop with weight decay': [{ optimizer: { kind: 'rmsprop', momentum: 0.5, weightDecay: 0.01 } }],
    adagrad: [{ optimizer: { kind: 'adagrad' } }],
    'two layers of the vanilla RNN': [{ model: { cell: 'rnn', hidden: 4, layers: 2 } }],
  };

describe('A checkpoint', () => {
  for (const [kind, [keys, files]] of Object.entries(kinds)) {
    it(`is gone on from bit for bit: ${kind}`, () => {
      const uninterrupted = exampleTraining(keys, files);
      for (let n = 0; n < 5; n++) update(uninterrupted);
      uninterrupted.plan.learner.learningRate = 0.0125;
      const bytes = writeCheckpoint(uninterrupted, 1234);
      const expected = [5, 6, 7, 8].map(() => update(uninterrupted));

      const resumed = exampleTraining(keys, files);
      assert.deepEqual(restoreCheckpoint(resumed, bytes), { updates: 5, recordBytes: 1234 });
      assert.deepEqual(
        [5, 6, 7, 8].map(() => update(resumed)),
        expected,
      );
    });
  }

  it('of something else is refused', () => {
    assert.throws(() => restoreCheckpoint(exampleTraining(), new Uint8Array(40)), /safetensors|checkpoint/);
  });
});
