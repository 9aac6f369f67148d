import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BpttSpec, ClipSpec, InitSpec, LossSpec, OptimizerSpec } from '../../../src/engine/spec';
import { parseExperiment } from '../../../src/experiment/parse';
import { toJson } from '../../../src/experiment/resolved';
import type { ResolvedExperiment } from '../../../src/experiment/schema/schema';

/** The parts of an experiment that are passed to the engine: the test is that this compiles. */
function forEngine({ model, loss, bptt, clip, optimizer }: ResolvedExperiment): {
  readonly init: InitSpec;
  readonly loss: LossSpec;
  readonly bptt: BpttSpec;
  readonly clip: ClipSpec;
  readonly optimizer: OptimizerSpec;
} {
  return { init: model.init, loss, bptt, clip, optimizer };
}

function resolved(value: unknown): ResolvedExperiment {
  const parsed = parseExperiment(typeof value === 'string' ? value : JSON.stringify(value));
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const outcome = parsed.file.resolve();
  assert.ok(outcome.kind === 'resolved');
  return outcome.experiment;
}

const data = { task: 'adding' };
const model = { cell: 'rnn' };

describe('a resolved experiment', () => {
  it('needs data and a cell only, and has every other default written out', () => {
    assert.deepEqual(resolved({ data, model }), {
      version: 1,
      name: '',
      notes: '',
      seed: 1,
      data: { task: 'adding', length: 50 },
      model: {
        cell: 'rnn',
        hidden: 32,
        layers: 1,
        activation: 'tanh',
        init: { recurrent: 'uniform', input: 'uniform', gain: 1, inputGain: 1, bias: 'uniform', head: 'uniform' },
      },
      loss: { kind: 'mse', reduction: 'mean', output: 'linear' },
      bptt: 'full',
      clip: null,
      optimizer: {
        kind: 'adam',
        learningRate: 0.001,
        weightDecay: 0,
        schedule: 'constant',
        epsilon: 1e-8,
        beta1: 0.9,
        beta2: 0.999,
      },
      training: { steps: 1000, batch: 32, validateEvery: 100, checkpointEvery: 500 },
      record: { every: 1 },
    });
  });

  it("has PyTorch's defaults for every optimizer", () => {
    const optimizer = (kind: string) => resolved({ data, model, optimizer: { kind } }).optimizer;
    const common = { learningRate: 0.001, weightDecay: 0, schedule: 'constant' };
    assert.deepEqual(optimizer('sgd'), { kind: 'sgd', ...common, momentum: 0, nesterov: false });
    assert.deepEqual(optimizer('adagrad'), { kind: 'adagrad', ...common, epsilon: 1e-10 });
    assert.deepEqual(optimizer('rmsprop'), { kind: 'rmsprop', ...common, epsilon: 1e-8, decay: 0.99, momentum: 0 });
    assert.deepEqual(optimizer('adamw'), {
      kind: 'adamw',
      ...common,
      weightDecay: 0.01,
      ...{ epsilon: 1e-8, beta1: 0.9, beta2: 0.999 },
    });
  });

  it('has a forget bias of 1 for lstm and none for gru', () => {
    assert.equal(resolved({ data, model: { cell: 'lstm' } }).model.forgetBias, 1);
    assert.equal('forgetBias' in resolved({ data, model: { cell: 'gru' } }).model, false);
  });

  it('has the loss that fits the data, and the given reduction', () => {
    const loss = (written: unknown, asked: unknown = data) => resolved({ data: asked, model, loss: written }).loss;
    assert.deepEqual(loss(undefined, { task: 'copy' }), { kind: 'crossEntropy', reduction: 'mean' });
    assert.deepEqual(loss(undefined, { text: 'a.txt' }), { kind: 'crossEntropy', reduction: 'mean' });
    assert.deepEqual(loss('mse'), { kind: 'mse', reduction: 'mean', output: 'linear' });
    assert.deepEqual(loss({ reduction: 'sum' }), { kind: 'mse', reduction: 'sum', output: 'linear' });
    assert.deepEqual(loss({ output: 'sigmoid' }), { kind: 'mse', reduction: 'mean', output: 'sigmoid' });
    const table = { csv: 'a.csv', inputs: ['x'], targets: ['y'] };
    assert.deepEqual(loss({ output: 'sigmoid' }, table), { kind: 'mse', reduction: 'mean', output: 'sigmoid' });
    const classes = { sequences: [{ inputs: [[1], [2]], targets: [null, 1] }] };
    assert.deepEqual(loss(undefined, classes), { kind: 'crossEntropy', reduction: 'mean' });
  });

  it('predicts the inputs of a table if no targets are named', () => {
    const { data: table } = resolved({ data: { csv: 'a.csv', inputs: ['x', 'y'] }, model });
    assert.deepEqual('csv' in table && table.targets, ['x', 'y']);
  });

  it('has no batch for inline sequences', () => {
    const { training } = resolved({ data: { sequences: [{ inputs: [[1]], targets: [[1]] }] }, model });
    assert.equal('batch' in training, false);
  });

  it('reads comments, trailing commas and a byte-order mark', () => {
    const text = '\uFEFF{ // which data\n "data": { "task": "parity", }, /* which net */ "model": { "cell": "gru" }, }';
    assert.equal(resolved(text).model.cell, 'gru');
  });

  it('fits the engine by structure', () => {
    assert.deepEqual(forEngine(resolved({ data, model, clip: { value: 0.5 } })).clip, { value: 0.5 });
  });

  it('resolves to itself when it is written as JSON', () => {
    const count = fc.integer({ min: 1, max: 1000 });
    const clip = fc.constantFrom(null, { norm: 1 }, { value: 0.5 }, { hidden: 2 });
    const cell = fc.constantFrom('rnn', 'lstm', 'gru', 'mgu');
    const kind = fc.constantFrom('sgd', 'adagrad', 'rmsprop', 'adam', 'adamw');
    const bptt = fc.constantFrom('full', { forward: 100, backward: 10 });
    const task = fc.constantFrom('adding', 'copy', 'temporalOrder', 'parity', 'echo', 'reber', 'delay', 'sine');
    fc.assert(
      fc.property(count, clip, cell, kind, bptt, task, (steps, clipping, name, optimizer, truncation, generated) => {
        const once = resolved({
          data: { task: generated },
          model: { cell: name, hidden: steps },
          clip: clipping,
          optimizer: { kind: optimizer },
          bptt: truncation,
          training: { steps },
        });
        const again = resolved(toJson(once));
        assert.deepEqual(again, once);
        assert.equal(toJson(again), toJson(once));
      }),
    );
  });
});
