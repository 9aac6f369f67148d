import assert from 'node:assert/strict';
import { backwardTable } from '../../../webview/notebook/backward/backwardTables';
import {
  formatInputGradient,
  formatInputGradientAt,
  inputGradientNorms,
  namedRows,
  shownInputs,
} from '../../../webview/notebook/backward/inputGradient';
import { inspected } from './inspectedUpdate';

describe('∂L/∂x_t on the page', () => {
  const gradient = {
    inputNames: ['a', 'b'],
    steps: 3,
    end: 3,
    gradientFrom: 0,
    dInputs: Float64Array.of(3, 4, 0, 0, -5, 12),
  };

  it('has the norm of each step', () => {
    assert.deepEqual(Array.from(inputGradientNorms(gradient)), [5, 0, 13]);
    assert.deepEqual(shownInputs(gradient), [0, 1]);
    assert.equal(inputGradientNorms({ ...gradient, dInputs: new Float64Array(0) }).length, 0);
  });

  it('shows of many inputs the forty with the largest gradient, in their order', () => {
    const inputNames = Array.from({ length: 50 }, (_, i) => String(i));
    // Inputs 10 to 49 grow, 0 to 9 have none.
    const dInputs = Float64Array.from({ length: 50 }, (_, i) => (i < 10 ? 0 : i));
    const shown = shownInputs({ ...gradient, inputNames, steps: 1, dInputs });
    assert.deepEqual(
      shown,
      Array.from({ length: 40 }, (_, i) => i + 10),
    );
  });

  it('has the names of its rows, of many rows as many as have room', () => {
    assert.deepEqual(namedRows(3, 42), [0, 1, 2]);
    assert.equal(namedRows(14, 196).length, 14);
    // 40 rows of 5 pixels: a name of 13 pixels at every third.
    assert.deepEqual(namedRows(40, 200).slice(0, 3), [0, 3, 6]);
    assert.equal(namedRows(40, 200).at(-1), 39);
    assert.deepEqual(namedRows(0, 28), []);
  });

  it('is said in words and is in the table, per input', () => {
    const inspection = {
      ...inspected({ data: { task: 'adding', length: 3 } }),
      ...gradient,
      inputNames: ['value', 'marker'],
    };
    assert.match(formatInputGradient(inspection), /depends most on the input at t = 2, .*‖∂L\/∂x_2‖ = 13\.0\./);
    assert.match(formatInputGradientAt(inspection, 0), /‖∂L\/∂x_0‖ = 5\.00 · largest at marker: 4\.00$/);
    assert.match(
      formatInputGradient({ ...inspection, dInputs: new Float64Array(6) }),
      /The gradient of every input is exactly 0/,
    );
    const empty = new Float64Array(3);
    const { columns, rows } = backwardTable(inspection, 0, { total: empty, local: empty, later: empty });
    assert.deepEqual(columns.slice(4), ['‖∂L/∂x_t‖', '∂L/∂x_t[value]', '∂L/∂x_t[marker]']);
    assert.deepEqual(rows[2]?.slice(4), [13, -5, 12]);
  });
});
