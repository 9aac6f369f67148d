import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as onnx from 'onnxruntime-web';
import { readManifest } from '../../../src/run/manifest';
import { runFiles } from '../../../src/run/storage/runFiles';
import { readTensorFile, type StoredTensor } from '../../../src/run/storage/safetensors';
import { exportToOnnx, type TrainedNet } from '../../../src/trainer/export/exportToOnnx';
import { capturedRun } from '../capturedRun';

const sine = { data: { task: 'sine', length: 7 } };
const echo = { data: { task: 'echo', length: 16 } };
const model = (cell: string, more: object = {}): object => ({ model: { cell, hidden: 5, layers: 2, ...more } });

const cases = [
  ['rnn', { ...sine, ...model('rnn') }],
  ['rnn with relu, one layer', { ...echo, ...model('rnn', { activation: 'relu', layers: 1 }) }],
  ['rnn with sigmoid', { ...echo, ...model('rnn', { activation: 'sigmoid' }) }],
  ['rnn with identity', { ...sine, ...model('rnn', { activation: 'identity' }) }],
  ['lstm', { ...echo, ...model('lstm') }],
  ['lstm, three layers', { ...sine, ...model('lstm', { layers: 3 }) }],
  ['gru', { ...echo, ...model('gru') }],
  ['mgu', { ...sine, ...model('mgu') }],
  ['mgu, one layer', { ...echo, ...model('mgu', { layers: 1 }) }],
  [
    'gru with a sigmoid output',
    { data: { task: 'adding', length: 9 }, loss: { kind: 'mse', output: 'sigmoid' }, ...model('gru') },
  ],
] as const;

/** The largest difference of two lists of numbers. */
function difference(ours: ArrayLike<number>, theirs: ArrayLike<number>): number {
  assert.equal(ours.length, theirs.length);
  return Math.max(...Array.from(ours, (value, i) => Math.abs(value - (theirs[i] ?? NaN))));
}

describe('A trained net as an ONNX model', function () {
  this.timeout(120_000);

  for (const [what, experiment] of cases) {
    it(`computes what the net computes: ${what}`, async () => {
      const out = capturedRun({ ...experiment, training: { steps: 3, batch: 4 } }, 2);
      const manifest = readManifest(readFileSync(join(out, runFiles.manifest)));
      assert.ok(manifest !== undefined);
      const { facts } = manifest;
      const { cell } = facts;
      assert.ok(cell !== 'unknown');
      // An update that was captured has the parameters before it, and what the net computed with them.
      const { tensors } = readTensorFile(readFileSync(join(out, runFiles.capture(2))));
      const session = await onnx.InferenceSession.create(exportToOnnx({ ...facts, cell }, tensors), {
        executionProviders: ['wasm'],
      });
      const of = (name: string): StoredTensor => {
        const tensor = tensors.get(name);
        assert.ok(tensor !== undefined, name);
        return tensor;
      };
      const [steps = 0, batch = 0] = of('outputs').shape;
      const layers = Array.from({ length: facts.layerCount }, (_, l) => l);
      const states = facts.cell === 'lstm' ? ['h', 'c'] : ['h'];
      const feeds: Record<string, onnx.Tensor> = { x: tensorOf(of('inputs').data, [steps, batch, facts.inputs]) };
      for (const state of states) {
        const data = layers.flatMap((l) => Array.from(of(`${state}0_l${l}`).data));
        feeds[`${state}0`] = tensorOf(data, [facts.layerCount, batch, facts.hidden]);
      }
      const found = await session.run(feeds);
      const y = found['y'];
      assert.deepEqual(y.dims, [steps, batch, facts.outputs]);
      const isSigmoid = facts.loss.output === 'sigmoid';
      const outputs = Array.from(of('outputs').data, (value) => (isSigmoid ? 1 / (1 + Math.exp(-value)) : value));
      assert.ok(difference(y.data as Float32Array, outputs) < 1e-5);
      for (const state of states) {
        const last = layers.flatMap((l) => {
          const all = of(`${state}_l${l}`).data;
          return Array.from(all.subarray(all.length - batch * facts.hidden));
        });
        assert.ok(difference(found[`${state}n`].data as Float32Array, last) < 1e-5, state);
      }
      // Any number of steps and sequences: one step of one sequence is the first of the first.
      const single = { x: tensorOf(of('inputs').data.subarray(0, facts.inputs), [1, 1, facts.inputs]) };
      const begin = states.map((state) => {
        const data = layers.flatMap((l) => Array.from(of(`${state}0_l${l}`).data.subarray(0, facts.hidden)));
        return [`${state}0`, tensorOf(data, [facts.layerCount, 1, facts.hidden])] as const;
      });
      const one = await session.run({ ...single, ...Object.fromEntries(begin) });
      assert.ok(difference(one['y'].data as Float32Array, outputs.slice(0, facts.outputs)) < 1e-5);
      await session.release();
    });
  }

  it('is refused where the parameters are not those of the net', () => {
    const net: TrainedNet = {
      ...{ name: 'x', cell: 'gru' as const, activation: null },
      ...{ inputs: 1, hidden: 2, layerCount: 1, outputs: 1 },
      loss: { kind: 'mse', reduction: 'mean' },
    };
    assert.throws(() => exportToOnnx(net, new Map()), /no parameter “rnn\.weight_ih_l0”/);
    const wrong: StoredTensor = { dtype: 'F32', shape: [4, 1], data: new Float32Array(4) };
    assert.throws(
      () => exportToOnnx(net, new Map([['rnn.weight_ih_l0', wrong]])),
      /shape \[4, 1\]; the net needs \[6, 1\]/,
    );
  });
});

function tensorOf(data: ArrayLike<number>, shape: readonly number[]): onnx.Tensor {
  return new onnx.Tensor('float32', Float32Array.from(data), [...shape]);
}
