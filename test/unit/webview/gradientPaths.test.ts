import assert from 'node:assert/strict';
import { formatPaths, pathsOf } from '../../../webview/notebook/gradientFlow/pathsView';

describe('The path of c beside that of h', () => {
  const nan = NaN;
  const state = (matrix: readonly number[], median: readonly number[]) => ({
    matrix: Float64Array.from(matrix),
    median: Float64Array.from(median),
    horizon: 1,
    gain: new Float64Array(2),
  });
  const flow = {
    steps: 2,
    h: state([1, nan, 0.01, 2], [1, nan, 0.02, 2]),
    c: state([3, nan, 2, 4], [3, nan, 1, 4]),
    medianOf: 2,
    longestLag: 1,
    recurrent: [],
    bound: null,
  };

  it('is the row of the selected loss in both matrices', () => {
    const paths = pathsOf({ flow, losses: [0, 1] }, 1, 'sequence');
    assert.deepEqual(paths, { t: 1, h: Float64Array.of(0.01, 2), c: Float64Array.of(2, 4) });
    assert.deepEqual(pathsOf({ flow, losses: [1] }, 0, 'median')?.c, Float64Array.of(1, 4));
    assert.equal(pathsOf({ flow: { ...flow, c: null }, losses: [0, 1] }, 1, 'sequence'), undefined);
    assert.ok(paths !== undefined);
    assert.equal(
      formatPaths(paths, 0),
      'loss at t = 1, step k = 0 · ‖∂L_1/∂h_0‖ = 0.0100, 0.00500 of its value at the loss · ‖∂L_1/∂c_0‖ = 2.00, 0.500 of its value at the loss',
    );
  });
});
