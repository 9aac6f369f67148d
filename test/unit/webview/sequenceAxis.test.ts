import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  fewestSteps,
  startOfStep,
  middleOfStep,
  labelledSteps,
  sequenceAxis,
  showsAll,
  stepAt,
  visibleSteps,
} from '../../../webview/plot/sequenceAxis';
import { zoomedRange } from '../../../webview/plot/zoomedRange';

/** The panel beside an editor: 370 pixels of plot. */
const panel = 450;

describe('The axis of sequence time', () => {
  it('shows every step unless a range is given', () => {
    const axis = sequenceAxis(3, panel);
    assert.ok(showsAll(axis));
    assert.deepEqual(visibleSteps(axis), [0, 1, 2]);
    assert.equal(startOfStep(axis, 3), axis.width);
  });

  it('finds the step under a pixel, at any zoom', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, at) => {
        const range = zoomedRange(sequenceAxis(steps, panel), Math.floor(at * (steps - 1)), 0.25, fewestSteps);
        const axis = sequenceAxis(steps, panel, range);
        for (const t of visibleSteps(axis)) {
          const x = middleOfStep(axis, t);
          if (x > 0 && x < axis.width) assert.equal(stepAt(axis, x), t);
        }
      }),
    );
  });

  it('keeps the step under the pointer in place when zooming', () => {
    const axis = sequenceAxis(500, panel, [100, 300]);
    const closer = sequenceAxis(500, panel, zoomedRange(axis, 250, 0.5, fewestSteps));
    assert.ok(Math.abs(middleOfStep(axis, 250) - middleOfStep(closer, 250)) < 1e-9);
    assert.equal(closer.domain[1] - closer.domain[0], 100);
  });

  it('stays within the sequence, and shows all of one that is shorter than the visible range', () => {
    assert.deepEqual(sequenceAxis(500, panel, [450, 560]).domain, [390, 500]);
    assert.deepEqual(sequenceAxis(40, panel, [450, 500]).domain, [0, 40]);
    assert.equal(zoomedRange(sequenceAxis(500, panel, [0, 300]), 10, 2, fewestSteps), undefined);
  });

  it('labels only visible steps, with space for each', () => {
    const axis = sequenceAxis(500, panel, [100, 150]);
    const named = labelledSteps(axis);
    assert.ok(named.length > 3 && named.every((t) => t >= 100 && t < 150 && t % 5 === 0), named.join());
    assert.deepEqual(labelledSteps(sequenceAxis(3, panel)), [0, 1, 2]);
  });
});
