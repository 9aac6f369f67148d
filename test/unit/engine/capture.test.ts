import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import type { Capture } from '../../../src/engine/instruments/capture';
import { windowsOf } from '../../../src/engine/recurrence/truncation';
import {
  allValues,
  exampleLearner,
  parameter,
  randomWindow,
  smallNetwork,
  update,
  type WindowSketch,
} from './exampleLearner';
import type { CellName } from '../../../src/engine/spec';
import { testedKernels } from './kernelSets';

function tensor(capture: Capture, name: string) {
  const found = capture.tensors.get(name);
  if (found === undefined) throw new Error(`the capture lacks ${name}`);
  return found;
}

/** Euclidean norm of the elements [from, from + length) of a captured tensor. */
function normAt(capture: Capture, name: string, from: number, length: number): number {
  return Math.hypot(...tensor(capture, name).data.subarray(from, from + length));
}

for (const kernels of testedKernels) {
  describe(`the record of an update: ${kernels.name}`, () => {
    for (const { name: cell, state } of cells) {
      for (const inputs of ['dense', 'oneHot'] as const) {
        it(`${cell}, ${inputs}: training gives the same bits with and without record and capture`, () => {
          const network = smallNetwork(cell, { layers: 2 });
          const run = (record: boolean, capture: boolean) => {
            const learner = exampleLearner({
              kernels: kernels.open(),
              network,
              inputs,
              bptt: { forward: 4, backward: 9 },
              steps: 4,
              clip: { hidden: 0.1 },
            });
            for (let seed = 1; seed <= 4; seed++) {
              const whole = randomWindow({ network, loss: 'mse', steps: 10, seed, inputs });
              for (const window of windowsOf(whole, 4)) update(learner, window, { record, capture });
            }
            return allValues(learner);
          };
          const plain = run(false, false);
          assert.deepEqual(run(true, false), plain);
          assert.deepEqual(run(true, true), plain);
        });
      }

      it(`${cell}: record and capture agree, and the losses add up`, () => {
        const network = smallNetwork(cell, { layers: 2 });
        const learner = exampleLearner({ kernels: kernels.open(), network });
        const window = randomWindow({ network, loss: 'mse', mask: (t) => t > 1 });
        const { record, capture, loss } = update(learner, window, { record: true, capture: true });
        assert.ok(record !== undefined && capture !== undefined);
        assert.equal(record.layers.length, 2);
        const block = window.batch * network.hidden;
        record.layers.forEach(({ dh, dhLocal, dc }, layer) => {
          for (let t = 0; t < window.steps; t++) {
            assert.ok(
              Math.abs(dh[t] - normAt(capture, `dh_l${layer}`, t * block, block)) < kernels.within(1e-15, 1e-7),
            );
            assert.ok(
              Math.abs(dhLocal[t] - normAt(capture, `dhLocal_l${layer}`, t * block, block)) <
                kernels.within(1e-15, 1e-7),
            );
          }
          assert.equal(dc !== undefined, state.length > 1);
          assert.equal(capture.tensors.has(`dc_l${layer}`), state.length > 1);
          dc?.forEach((norm, t) => {
            assert.ok(Math.abs(norm - normAt(capture, `dc_l${layer}`, t * block, block)) < kernels.within(1e-15, 1e-7));
          });
          const last = window.steps - 1;
          assert.equal(dh[last], dhLocal[last], 'nothing comes from after the end');
        });
        assert.deepEqual(
          [...record.layers[1].dhLocal.subarray(0, 2)],
          [0, 0],
          'masked steps have no loss of their own',
        );
        assert.ok(record.layers[1].dh[0] > 0, 'but later losses reach them');
        assert.equal(
          record.lossPerStep.reduce((sum, value) => sum + value, 0),
          loss,
        );
        assert.deepEqual(
          [...tensor(capture, 'loss').data],
          [...record.lossPerStep].map((value) => kernels.within(value, Math.fround(value))),
        );
      });
    }
  });
}

describe('the capture of an update', () => {
  const network = smallNetwork('lstm', { layers: 2 });
  const capturedWith = (sketch: Partial<WindowSketch> = {}, loss: 'mse' | 'crossEntropy' = 'mse') => {
    const learner = exampleLearner({
      network,
      inputs: sketch.inputs ?? 'dense',
      clip: { norm: 0.01 },
      loss: { kind: loss, reduction: 'mean' },
    });
    const before = new Map([...learner.parameters].map(([name, { values }]) => [name, Array.from(values)]));
    const window = randomWindow({ network, loss, ...sketch });
    const outcome = update(learner, window, { record: false, capture: true });
    if (outcome.capture === undefined) throw new Error('nothing captured');
    return { learner, before, window, outcome, capture: outcome.capture };
  };

  it('holds the parameters before and after, the gradient raw and clipped', () => {
    const { learner, before, outcome, capture } = capturedWith();
    for (const [name, values] of before) {
      assert.deepEqual([...tensor(capture, name).data], values);
      assert.deepEqual(tensor(capture, name).shape, parameter(learner, name).shape);
      assert.deepEqual([...tensor(capture, `next/${name}`).data], [...parameter(learner, name).values]);
      const raw = tensor(capture, `grad/${name}`).data;
      tensor(capture, `clipped/${name}`).data.forEach((g, i) => assert.equal(g, raw[i] * outcome.clipCoefficient));
    }
    assert.ok(outcome.clipCoefficient < 1);
    assert.deepEqual(capture.metadata, {
      step: '0',
      loss: String(outcome.loss),
      gradNorm: String(outcome.gradNorm),
      clipCoefficient: String(outcome.clipCoefficient),
      learningRate: '0.1',
      kernels: 'reference',
    });
  });

  it('has the names, shapes and types of the file', () => {
    const { capture } = capturedWith();
    const rest = [...capture.tensors].filter(([name]) => !/^(grad\/|clipped\/|next\/)?(rnn|head)\./.test(name));
    const layer = (l: number) => [
      [`h0_l${l}`, 'F64', [3, 5]],
      [`h_l${l}`, 'F64', [7, 3, 5]],
      [`c0_l${l}`, 'F64', [3, 5]],
      [`c_l${l}`, 'F64', [7, 3, 5]],
      [`gates_l${l}`, 'F64', [7, 3, 20]],
      [`dgates_l${l}`, 'F64', [7, 3, 20]],
      [`dh_l${l}`, 'F64', [7, 3, 5]],
      [`dhLocal_l${l}`, 'F64', [7, 3, 5]],
      [`dc_l${l}`, 'F64', [7, 3, 5]],
    ];
    assert.deepEqual(
      rest.map(([name, { dtype, shape }]) => [name, dtype, shape]),
      [
        ['inputs', 'F64', [7, 3, 3]],
        ['targets', 'F64', [7, 3, 2]],
        ['mask', 'F32', [7, 3]],
        ...layer(0),
        ...layer(1),
        ['outputs', 'F64', [7, 3, 2]],
        ['dOutputs', 'F64', [7, 3, 2]],
        ['loss', 'F64', [7]],
      ],
    );
    for (const [, { shape, data }] of capture.tensors) {
      assert.equal(
        data.length,
        shape.reduce((product, size) => product * size, 1),
      );
    }
  });

  it('has dense one-hot inputs, and classes as int32, −1 where masked', () => {
    const { window, capture } = capturedWith({ inputs: 'oneHot', mask: (t) => t !== 0 }, 'crossEntropy');
    assert.ok(window.inputs.kind === 'oneHot' && window.targets.kind === 'classes');
    const { dtype, data } = tensor(capture, 'inputs');
    assert.equal(dtype, 'F32');
    window.inputs.indices.forEach((symbol, row) => {
      assert.deepEqual(
        [...data.subarray(row * 3, row * 3 + 3)],
        [0, 1, 2].map((k) => (k === symbol ? 1 : 0)),
      );
    });
    const classes = window.targets.indices;
    assert.deepEqual(
      [...tensor(capture, 'targets').data],
      [...window.mask].map((m, row) => (m === 1 ? classes[row] : -1)),
    );
    assert.deepEqual([...tensor(capture, 'mask').data], [...window.mask]);
  });

  it('includes the steps before the window that the gradient reaches, with their stored states and outputs', () => {
    const learner = exampleLearner({ network, bptt: { forward: 5, backward: 12 }, steps: 5 });
    const windows = [...windowsOf(randomWindow({ network, loss: 'mse', steps: 15 }), 5)];
    const captures = windows.map((window) => update(learner, window, { record: false, capture: true }).capture);
    const [first, , last] = captures;
    assert.ok(first !== undefined && last !== undefined);
    assert.equal(first.metadata.reach, '0');
    assert.equal(last.metadata.reach, '7');
    assert.deepEqual(tensor(last, 'h_l1').shape, [12, 3, 5]);
    assert.deepEqual(tensor(last, 'outputs').shape, [12, 3, 2]);
    assert.ok(tensor(last, 'outputs').data.every((value) => value !== 0));
    const targets = tensor(last, 'targets').data;
    assert.ok(
      targets.subarray(0, 42).every((value) => value === 0) && targets.subarray(42).every((value) => value !== 0),
    );
    const mask = [...tensor(last, 'mask').data];
    assert.deepEqual(mask, [...new Array<number>(21).fill(0), ...new Array<number>(15).fill(1)]);
    // Steps 3 and 4 of the first window are the first ones before the last window that its gradient reaches.
    const block = 15;
    assert.deepEqual(
      [...tensor(last, 'h_l0').data.subarray(0, 2 * block)],
      [...tensor(first, 'h_l0').data.subarray(3 * block, 5 * block)],
    );
    assert.deepEqual([...tensor(last, 'h0_l0').data], [...tensor(first, 'h_l0').data.subarray(2 * block, 3 * block)]);
    assert.deepEqual(tensor(last, 'reset').shape, [12, 3]);
  });
});

describe('a captured target', () => {
  it('is at its step of the window, after the stored steps', () => {
    const network = smallNetwork('rnn');
    const loss = { kind: 'crossEntropy', reduction: 'sum' } as const;
    const learner = exampleLearner({ network, loss, bptt: { forward: 2, backward: 4 }, steps: 2, batch: 1 });
    const windows = [1, 2].map((seed) =>
      randomWindow({ network, loss: 'crossEntropy', steps: 2, batch: 1, seed, reset: [0] }),
    );
    const captures = windows.map((window) => update(learner, window, { record: false, capture: true }).capture);
    const { targets } = windows[1];
    assert.ok(targets.kind === 'classes' && captures[1] !== undefined);
    assert.deepEqual([...tensor(captures[1], 'targets').data], [-1, -1, ...targets.indices]);
  });
});

describe('saturation', () => {
  const record = (cell: CellName, bias: number, activation: 'tanh' | 'relu' | 'sigmoid' | 'identity' = 'tanh') => {
    const network = smallNetwork(cell, { activation });
    const learner = exampleLearner({ network });
    for (const { name, values } of learner.parameters.values()) if (!name.startsWith('head')) values.fill(0);
    parameter(learner, 'rnn.bias_ih_l0').values.fill(bias);
    const { record: seen } = update(learner, randomWindow({ network, loss: 'mse' }), { record: true });
    return seen?.layers[0].saturation.map(({ name, low, high }) => [name, low, high]);
  };

  it('is the share of gates below 0.1 or above 0.9 and of candidates beyond |5|', () => {
    assert.deepEqual(record('lstm', 3), [
      ['i', 0, 1],
      ['f', 0, 1],
      ['g', 0, 0],
      ['o', 0, 1],
    ]);
    assert.deepEqual(record('lstm', -6), [
      ['i', 1, 0],
      ['f', 1, 0],
      ['g', 0, 1],
      ['o', 1, 0],
    ]);
    assert.deepEqual(record('gru', 2), [
      ['r', 0, 0],
      ['z', 0, 0],
      ['n', 0, 0],
    ]);
    assert.deepEqual(record('rnn', 5), [['h', 0, 1]]);
    assert.deepEqual(record('rnn', 4.9), [['h', 0, 0]]);
  });

  it('covers dead relus, and sigmoid and identity candidates', () => {
    assert.deepEqual(record('rnn', -1, 'relu'), [['h', 1, 0]]);
    assert.deepEqual(record('rnn', 6, 'relu'), [['h', 0, 1]]);
    assert.deepEqual(record('rnn', -5, 'sigmoid'), [['h', 0, 1]]);
    assert.deepEqual(record('rnn', 4, 'sigmoid'), [['h', 0, 0]]);
    assert.deepEqual(record('rnn', -7, 'identity'), [['h', 0, 1]]);
  });

  it('covers the window, but not the steps before it', () => {
    const network = smallNetwork('rnn', { activation: 'identity', inputs: 1 });
    const learner = exampleLearner({ network, bptt: { forward: 2, backward: 4 }, steps: 2 });
    learner.learningRate = 0;
    for (const { name, values } of learner.parameters.values()) {
      values.fill(name === 'rnn.weight_ih_l0' || name === 'head.bias' ? 1 : 0);
    }
    const [first, second] = [9, 1].map((x, i) => {
      const window = randomWindow({ network, loss: 'mse', steps: 2, reset: [1 - i, 0, 0] });
      const inputs = { kind: 'dense', values: new Float64Array(6).fill(x) } as const;
      return update(learner, { ...window, inputs }, { record: true }).record;
    });
    assert.equal(first?.layers[0].saturation[0].high, 1);
    assert.equal(second?.windowAt, 2);
    assert.equal(second.layers[0].saturation[0].high, 0);
  });

  it('is computed from the parts of the batch', () => {
    const network = smallNetwork('lstm', { hidden: 4 });
    const learner = exampleLearner({ network });
    for (const { values } of learner.parameters.values()) values.fill(0);
    // One unit of four has its forget gate open.
    parameter(learner, 'rnn.bias_ih_l0').values[4] = 5;
    const { record: seen } = update(learner, randomWindow({ network, loss: 'mse' }), { record: true });
    assert.deepEqual(seen?.layers[0].saturation[1], { name: 'f', low: 0, high: 0.25 });
  });
});
