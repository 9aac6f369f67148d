import assert from 'node:assert/strict';
import { restoreCheckpoint, writeCheckpoint } from '../../../src/trainer/storage/checkpoint';
import { readTensorFile, writeTensorFile, type TensorFile } from '../../../src/run/storage/safetensors';
import type { Training } from '../../../src/trainer/training/training';
import { exampleText, exampleTraining } from './exampleTraining';

/** The results of an update, without times. */
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
    it(`is resumed from bit for bit: ${kind}`, () => {
      const uninterrupted = exampleTraining(keys, files);
      for (let n = 0; n < 5; n++) update(uninterrupted);
      uninterrupted.setup.learner.learningRate = 0.0125;
      const bytes = writeCheckpoint(uninterrupted, 1234);
      const expected = [5, 6, 7, 8].map(() => update(uninterrupted));

      const resumed = exampleTraining(keys, files);
      assert.deepEqual(restoreCheckpoint(resumed, bytes, 5), {
        updates: 5,
        recordBytes: 1234,
        outline: undefined,
      });
      assert.deepEqual(
        [5, 6, 7, 8].map(() => update(resumed)),
        expected,
      );
    });
  }

  it('of another format is rejected', () => {
    assert.throws(() => restoreCheckpoint(exampleTraining(), new Uint8Array(40), 0), /safetensors|checkpoint/);
  });

  describe('with inconsistent metadata', () => {
    const keys = { data: { text: 'text.txt' }, bptt: { forward: 5, backward: 8 } };
    const cut = { bptt: { forward: 4, backward: 2 } };
    const written = (lie: (file: TensorFile) => void, of: Readonly<Record<string, unknown>>): Uint8Array => {
      const training = exampleTraining(of, exampleText);
      for (let n = 0; n < 5; n++) update(training);
      const { tensors, metadata } = readTensorFile(writeCheckpoint(training, 1234));
      const file = { tensors: new Map(tensors), metadata: { ...metadata } };
      lie(file);
      return writeTensorFile(file);
    };
    const position = (changed: object) => (file: TensorFile) => {
      const metadata = file.metadata as Record<string, string>;
      metadata['position'] = JSON.stringify({ ...JSON.parse(metadata['position'] ?? ''), ...changed });
    };
    const lies: Readonly<Record<string, readonly [(file: TensorFile) => void, RegExp, object?]>> = {
      'about how far its batch is': [position({ windowsDone: 1e15 }), /after 1000000000000000 windows/, cut],
      'about the learning rate': [position({ learningRate: 'x' }), /not a checkpoint of this version/],
      'about where its data are': [position({ source: { random: [1] } }), /Invalid state of a data source/],
      'about its number': [
        ({ metadata }) => Object.assign(metadata, { updates: '7' }),
        /is the checkpoint of update 7, not of 5/,
      ],
      'about the number of its learner': [
        ({ metadata }) =>
          Object.assign(metadata, { scalars: metadata['scalars']?.replace('"updates":5', '"updates":6') }),
        /not of 5/,
      ],
      'about the records': [({ metadata }) => Object.assign(metadata, { recordBytes: '-1' }), /not a checkpoint/],
      'about the symbols it has read': [
        ({ tensors }) => tensors.get('history/inputs')?.data.fill(1e6),
        /holds the symbol 1000000; this learner knows those from 0 to/,
      ],
    };
    for (const [what, [lie, refusal, of = keys]] of Object.entries(lies)) {
      it(`${what} is rejected`, () => {
        const bytes = written(lie, of as Readonly<Record<string, unknown>>);
        const training = exampleTraining(of as Readonly<Record<string, unknown>>, exampleText);
        assert.throws(() => restoreCheckpoint(training, bytes, 5), refusal);
      });
    }
  });
});
