import assert from 'node:assert/strict';
import { stateNorms } from '../../../webview/net/stateNorms';
import { inspected } from './inspectedUpdate';

/** The norm of H numbers of step t. */
function normAt(t: number, hidden: number, value: (i: number) => number): number {
  return Math.hypot(...Array.from({ length: hidden }, (_, unit) => value(t * hidden + unit)));
}

function assertClose(actual: number | undefined, expected: number, what: string): void {
  assert.ok(Math.abs((actual ?? NaN) - expected) <= 1e-12 * Math.max(1, expected), `${what}: ${actual}, ${expected}`);
}

describe('The norms of the gradients of a state', () => {
  it('are those of W_hhᵀ δ_{t+1}, of the step’s own loss, and of their sum (rnn)', () => {
    const inspection = inspected({ model: { cell: 'rnn', hidden: 3 }, data: { task: 'sine', length: 7 } });
    const [layer] = inspection.layers;
    const weights = inspection.parameters.find(({ name }) => name.includes('weight_hh'))?.before ?? [];
    const [{ values: delta }] = layer.dRecurrent;
    const norms = stateNorms(layer, inspection);
    const later = (t: number, unit: number): number =>
      t + 1 === inspection.steps
        ? 0
        : [0, 1, 2].reduce((sum, k) => sum + (weights[k * 3 + unit] ?? NaN) * (delta[(t + 1) * 3 + k] ?? NaN), 0);
    for (let t = 0; t < inspection.steps; t++) {
      assertClose(norms.later[t], Math.hypot(later(t, 0), later(t, 1), later(t, 2)), `later at ${t}`);
      assertClose(
        norms.total[t],
        normAt(t, 3, (i) => layer.dh[i]),
        `total at ${t}`,
      );
      assertClose(
        norms.local[t],
        normAt(t, 3, (i) => layer.dh[i] - later(t, i % 3)),
        `local at ${t}`,
      );
    }
    assert.ok(norms.later.some((norm) => norm > 0));
    assert.equal(norms.laterCell.length, 0);
  });

  it('contain what is left of ∂L/∂c_t without ∂L/∂h_t ∘ o_t ∘ (1 − tanh² c_t) (lstm)', () => {
    const inspection = inspected({ model: { cell: 'lstm', hidden: 3 }, data: { task: 'sine', length: 7 } });
    const [layer] = inspection.layers;
    const o = layer.gates.find(({ name }) => name === 'o')?.values ?? new Float64Array();
    const { laterCell } = stateNorms(layer, inspection);
    for (let t = 0; t < inspection.steps; t++) {
      const direct = normAt(t, 3, (i) => layer.dc[i] - layer.dh[i] * (o[i] ?? NaN) * (1 - Math.tanh(layer.c[i]) ** 2));
      assertClose(laterCell[t], direct, `at ${t}`);
    }
    assert.ok(laterCell.some((norm) => norm > 0));
    assert.equal(laterCell[inspection.steps - 1], 0);
  });
});
