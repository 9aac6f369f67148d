import assert from 'node:assert/strict';
import type { BackwardStep } from '../../../src/engine/cells/cell';
import type { KernelSet } from '../../../src/engine/kernels/kernelSet';
import type { Activation } from '../../../src/engine/spec';
import { tensorOf, testedKernels } from './kernelSets';

/** h of the rnn cell for these pre-activations. */
function activated(kernels: KernelSet, activation: Activation, inputs: readonly number[]): readonly number[] {
  const length = inputs.length;
  const empty = kernels.allocate(length);
  const h = kernels.allocate(length);
  const step: BackwardStep = {
    batch: 1,
    hidden: length,
    activation,
    gates: tensorOf(kernels, inputs),
    gatesAt: 0,
    gh: empty,
    states: [h],
    previousAt: 0,
    nextAt: 0,
    caches: [],
    cacheAt: 0,
    dstate: [empty],
    total: [],
    dgx: empty,
    dgxAt: 0,
    dgh: empty,
    dghAt: 0,
  };
  const cell = kernels.cellKernel('rnn');
  assert.ok(cell !== undefined);
  cell.forward(step);
  return [...h];
}

const dense = Array.from({ length: 40_001 }, (_, i) => Math.fround((i - 20_000) / 1000));

for (const { name, open } of testedKernels.filter(({ name }) => name !== 'reference')) {
  describe(`functions of ${name}`, () => {
    it('tanh is within 4e-7, relative to itself too, and never beyond ±1', () => {
      const inputs = [...dense, 1e-4, 1e-10, -1e-20];
      activated(open(), 'tanh', inputs).forEach((value, i) => {
        const exact = Math.tanh(inputs[i]);
        assert.ok(Math.abs(value - exact) <= 4e-7 * Math.abs(exact), `tanh ${inputs[i]} = ${value}`);
        assert.ok(Math.abs(value) <= 1);
      });
    });

    it('the logistic function is within 4e-7, relative to itself too', () => {
      const inputs = [...dense, -60, 60, -86];
      activated(open(), 'sigmoid', inputs).forEach((value, i) => {
        const exact = 1 / (1 + Math.exp(-inputs[i]));
        // Values below the threshold are flushed to zero.
        assert.ok(Math.abs(value - exact) <= 4e-7 * exact + 1e-30, `σ(${inputs[i]}) = ${value}`);
      });
    });

    it('map infinities to their limits, and NaN to NaN', () => {
      const inputs = [Infinity, -Infinity, NaN, 1e38, -1e38];
      activated(open(), 'tanh', inputs).forEach((value, i) => {
        const exact = Math.tanh(inputs[i]);
        assert.ok(
          Number.isNaN(exact) ? Number.isNaN(value) : Math.abs(value - exact) < 4e-7,
          `tanh ${inputs[i]} = ${value}`,
        );
      });
      assert.deepEqual(activated(open(), 'sigmoid', inputs), [1, 0, NaN, 1, 0]);
      assert.deepEqual(activated(open(), 'relu', [...inputs, -0, -2]), [Infinity, 0, NaN, Math.fround(1e38), 0, 0, 0]);
      assert.deepEqual(activated(open(), 'identity', [NaN, -Infinity, 3]), [NaN, -Infinity, 3]);
    });
  });
}
