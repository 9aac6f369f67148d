import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import type { CellName, Initializer, NetworkSpec } from '../../../src/engine/spec';
import { exampleLearner, parameter, smallNetwork, uniformInit } from './exampleLearner';
import { seededRandom } from './seededRandom';

/** The H × columns blocks of an initial matrix, one per gate. */
function blocks(network: NetworkSpec, name: string, initializer: Initializer, gain: number): Float64Array[] {
  const init = { ...uniformInit, recurrent: initializer, input: initializer, gain, inputGain: gain };
  const { values, shape } = parameter(exampleLearner({ network }, init), name);
  const length = network.hidden * shape[1];
  return Array.from({ length: values.length / length }, (_, gate) =>
    Float64Array.from(values.subarray(gate * length, (gate + 1) * length)),
  );
}

function spread(values: Float64Array): { readonly mean: number; readonly variance: number; readonly largest: number } {
  const mean = values.reduce((sum, v) => sum + v, 0) / values.length;
  const variance = values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / values.length;
  return { mean, variance, largest: values.reduce((most, v) => Math.max(most, Math.abs(v)), 0) };
}

/** Rows (or columns, where they are fewer) are orthogonal and of length `gain`. */
function assertOrthogonal(matrix: Float64Array, rows: number, columns: number, gain: number): void {
  const byRow = rows <= columns;
  const at = (vector: number, i: number) => matrix[byRow ? vector * columns + i : i * columns + vector];
  for (let a = 0; a < Math.min(rows, columns); a++) {
    for (let b = 0; b <= a; b++) {
      let product = 0;
      for (let i = 0; i < Math.max(rows, columns); i++) product += at(a, i) * at(b, i);
      assert.ok(Math.abs(product - (a === b ? gain * gain : 0)) < 1e-13, `vectors ${a}, ${b}: ${product}`);
    }
  }
}

describe('initialisation', () => {
  for (const { name: cell, gates } of cells) {
    const network = smallNetwork(cell, { hidden: 40, inputs: 30, layers: 2, outputs: 20 });

    it(`${cell}: PyTorch's default, every weight and bias is uniform in ±1/√H`, () => {
      for (const { name, values } of exampleLearner({ network }).parameters.values()) {
        const { largest, variance } = spread(Float64Array.from(values));
        const bound = 1 / Math.sqrt(40);
        assert.ok(largest <= bound && largest > 0.8 * bound, `${name}: ${largest}`);
        if (values.length > 1000)
          assert.ok(Math.abs(variance / ((bound * bound) / 3) - 1) < 0.1, `${name}: ${variance}`);
      }
    });

    it(`${cell}: orthogonal per gate, square, tall and wide, times the gain`, () => {
      const recurrent = blocks(network, 'rnn.weight_hh_l1', 'orthogonal', 1.5);
      assert.equal(recurrent.length, gates.length);
      for (const block of recurrent) assertOrthogonal(block, 40, 40, 1.5);
      for (const block of blocks(network, 'rnn.weight_ih_l0', 'orthogonal', 0.5)) assertOrthogonal(block, 40, 30, 0.5);
      const wide = { ...network, inputs: 50 };
      for (const block of blocks(wide, 'rnn.weight_ih_l0', 'orthogonal', 1)) assertOrthogonal(block, 40, 50, 1);
    });

    it(`${cell}: identity, xavier and normal per gate, times the gain`, () => {
      for (const block of blocks(network, 'rnn.weight_hh_l0', 'identity', 0.7)) {
        block.forEach((value, i) => assert.equal(value, i % 41 === 0 ? 0.7 : 0));
      }
      for (const block of blocks(network, 'rnn.weight_ih_l0', 'xavier', 2)) {
        const bound = 2 * Math.sqrt(6 / 70);
        assert.ok(spread(block).largest <= bound && spread(block).largest > 0.95 * bound);
      }
      for (const block of blocks(network, 'rnn.weight_hh_l0', 'normal', 3)) {
        const { mean, variance } = spread(block);
        assert.ok(Math.abs(mean) < 0.3 && Math.abs(variance / 9 - 1) < 0.15);
      }
    });
  }

  it('draws the head by an initializer of its own, and everything else as without it', () => {
    const network = smallNetwork('lstm', { hidden: 40, outputs: 30 });
    const plain = exampleLearner({ network });
    const isUniform = exampleLearner({ network }, { ...uniformInit, head: 'uniform' });
    for (const { name, values } of plain.parameters.values()) {
      assert.deepEqual([...parameter(isUniform, name).values], [...values], name);
    }
    const headOf = (head: Initializer): Float64Array =>
      Float64Array.from(parameter(exampleLearner({ network }, { ...uniformInit, head }), 'head.weight').values);
    assertOrthogonal(headOf('orthogonal'), 30, 40, 1);
    headOf('identity').forEach((value, i) => {
      assert.equal(value, i % 41 === 0 ? 1 : 0);
    });
    const bound = Math.sqrt(6 / 70);
    const { largest } = spread(headOf('xavier'));
    assert.ok(largest <= bound && largest > 0.95 * bound, String(largest));
    assert.ok(Math.abs(spread(headOf('normal')).variance - 1) < 0.15);
  });

  it('can set all biases to zero', () => {
    const learner = exampleLearner({ network: smallNetwork('gru') }, { ...uniformInit, bias: 'zero' });
    for (const { name, values } of learner.parameters.values()) {
      assert.equal(
        values.every((value) => value === 0),
        name.includes('bias'),
        name,
      );
    }
  });

  it('adds forgetBias to the forget rows of bias_ih of every layer only', () => {
    const network = smallNetwork('lstm', { layers: 2 });
    const [plain, biased] = [exampleLearner({ network }), exampleLearner({ network })];
    plain.initialize(uniformInit, undefined, seededRandom(2));
    biased.initialize(uniformInit, 1, seededRandom(2));
    for (const { name, values } of plain.parameters.values()) {
      const expected = Array.from(values, (value, row) =>
        name.startsWith('rnn.bias_ih') && row >= 5 && row < 10 ? value + 1 : value,
      );
      assert.deepEqual([...parameter(biased, name).values], expected, name);
    }
  });

  it('refuses forgetBias for a cell without a forget gate', () => {
    const learner = exampleLearner({ network: smallNetwork('gru') });
    assert.throws(() => learner.initialize(uniformInit, 1, seededRandom(1)), /"gru" has no forget gate/);
  });

  it('refuses an unknown cell, and lists the known ones', () => {
    assert.throws(
      () => exampleLearner({ network: smallNetwork('ltsm' as CellName) }),
      /no cell "ltsm".*rnn, lstm, gru/,
    );
  });

  it('loads weights of the right shape, and refuses others', () => {
    const learner = exampleLearner({ network: smallNetwork('rnn') });
    learner.load('head.bias', [1, 2], [2]);
    assert.deepEqual([...parameter(learner, 'head.bias').values], [1, 2]);
    assert.throws(() => learner.load('head.bias', [1, 2, 3]), /head\.bias has 3 values.*\[2\]/);
    assert.throws(() => learner.load('head.weight', new Array<number>(10).fill(0), [5, 2]), /\[5, 2\].*\[2, 5\]/);
    assert.throws(() => learner.load('rnn.weight', []), /no parameter "rnn\.weight".*rnn\.weight_ih_l0/);
  });
});
