import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { Projection } from '../../../src/protocol/output';
import { colour, colourings } from '../../../webview/plot/scatter/colouring';
import { nearestPoint, pixelOf, planeOf } from '../../../webview/plot/scatter/plane';
import type { Theme } from '../../../webview/theme/theme';

const dark = { kind: 'dark', background: '#1f1f1f' } as Theme;

const projection: Projection = {
  update: 3,
  sequence: 0,
  layer: 0,
  sequenceCount: 2,
  points: Float64Array.of(0, 0, 1, 0, 0, 2, 5, 1),
  explained: [0.7, 0.2],
  sequences: Int32Array.of(0, 0, 1, 1),
  steps: Int32Array.of(0, 1, 0, 1),
  inputs: Int32Array.of(0, 1, 1, 0),
  targets: Int32Array.of(-1, 1, -1, 0),
  topPredictions: Int32Array.of(0, 1, 0, 0),
  values: Float64Array.of(NaN, NaN, NaN, NaN),
};
const names = { inputs: ['0', '1'], outputs: ['even', 'odd'] };

describe('The plane of the states', () => {
  it('contains every point, and both directions have the same scale', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: -1e3, max: 1e3, noNaN: true }), { minLength: 2, maxLength: 40 }),
        (values) => {
          const points = Float64Array.from(values.length % 2 === 0 ? values : values.slice(1));
          const plane = planeOf(points, 370, 280);
          for (let n = 0; n < points.length / 2; n++) {
            const [x, y] = pixelOf(plane, points, n);
            assert.ok(x >= 11.9 && x <= 358.1 && y >= 11.9 && y <= 268.1, `${x}, ${y}`);
            assert.equal(nearestPoint(plane, points, [x, y], () => true) === undefined, false);
          }
        },
      ),
      { examples: [[[0, 999.9999999998389, -5e-324, 999.999999999779]], [[0, 0, 0, 0]], [[5, 0, 5, 1e-300]]] },
    );
  });

  it('finds the point under the pointer among the selectable ones', () => {
    const { points, sequences } = projection;
    const plane = planeOf(points, 370, 280);
    const at = pixelOf(plane, points, 3);
    assert.equal(
      nearestPoint(plane, points, at, () => true),
      3,
    );
    assert.equal(
      nearestPoint(plane, points, at, (n) => sequences[n] === 0),
      1,
    );
    assert.equal(
      nearestPoint(plane, points, at, () => false),
      undefined,
    );
  });

  it('can be coloured by the existing quantities only', () => {
    assert.deepEqual(colourings(projection, names), ['both', 'topPrediction', 'input', 'target', 'step']);
    const series = {
      ...projection,
      inputs: projection.inputs.map(() => -1),
      targets: projection.targets.map(() => -1),
      topPredictions: projection.topPredictions.map(() => -1),
      values: Float64Array.of(1, 2, 3, 4),
    };
    assert.deepEqual(colourings(series, names), ['value', 'step']);
  });

  it('gives equal values equal colours, and explains them in the legend', () => {
    const { colours, legend } = colour(projection, 'both', names, dark);
    assert.equal(colours[0], legend.find(({ words }) => words === '0, even')?.color);
    assert.equal(colours[1], legend.find(({ words }) => words === '1, odd')?.color);
    assert.equal(colours[3], colours[0]);
    assert.notEqual(colours[2], colours[1]);
    const byTarget = colour(projection, 'target', names, dark);
    assert.deepEqual(
      byTarget.colours.map((color) => color === undefined),
      [true, false, true, false],
    );
    const steps = colour(projection, 'step', names, dark);
    assert.equal(steps.colours[0], steps.legend[0]?.color);
    assert.equal(steps.colours[1], steps.legend.at(-1)?.color);
    assert.match(steps.legend.at(-1)?.words ?? '', /t = 1/);
  });
});
