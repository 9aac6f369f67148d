import assert from 'node:assert/strict';
import fc from 'fast-check';
import { labelledSteps, sequenceAxis, middleOfStep, stepAt } from '../../../webview/plot/sequenceAxis';
import { packed } from '../../../webview/plot/heatmap/magnitudeScale';
import { largestMagnitude, SignedScale } from '../../../webview/plot/heatmap/signedScale';
import type { Theme } from '../../../webview/theme/theme';

const theme = { kind: 'dark', background: '#1f1f1f' } as Theme;

describe('The scale of signed values', () => {
  const scale = new SignedScale(2, theme);

  it('shows 0 as the background, and the same shade beyond its ends', () => {
    assert.equal(scale.shade(0), packed(theme.background));
    assert.equal(scale.shade(2), scale.shade(9));
    assert.equal(scale.shade(-2), scale.shade(-9));
    assert.notEqual(scale.shade(2), scale.shade(-2));
  });

  it('shows only the background if all values are 0', () => {
    assert.equal(new SignedScale(0, theme).shade(0), packed(theme.background));
  });

  it('is limited by the largest finite magnitude', () => {
    assert.equal(largestMagnitude(Float64Array.of(1, -3, Infinity, NaN), Float64Array.of(2)), 3);
  });
});

describe('The axis of sequence time', () => {
  it('finds the step under the pointer, for every step and width', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 300, max: 2000 }), (steps, width) => {
        const axis = sequenceAxis(steps, width);
        for (let t = 0; t < steps; t++) assert.equal(stepAt(axis, middleOfStep(axis, t)), t);
      }),
    );
  });

  it('labels steps evenly, including the first, with space for each', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 600 }), fc.integer({ min: 300, max: 2000 }), (steps, width) => {
        const axis = sequenceAxis(steps, width);
        const named = labelledSteps(axis);
        assert.equal(named[0], 0);
        assert.ok(named.every((t) => t < steps));
        assert.ok(named.length === 1 || (axis.width / steps) * (named[1] - named[0]) >= 33);
      }),
    );
  });
});
