import assert from 'node:assert/strict';
import { fittingAxis } from '../../../webview/plot/charts/fittingAxis';

const curve = (value: (n: number) => number) => Array.from({ length: 200 }, (_, n) => ({ y: value(n) }));

describe('The axis that fits the curves', () => {
  it('is linear for a loss that falls to a few hundredths', () => {
    assert.equal(fittingAxis([curve((n) => Math.exp(-n / 40))]), 'linear');
    assert.equal(fittingAxis([[]]), 'linear');
  });

  it('is logarithmic if a loss explodes, or falls by a factor of thousands', () => {
    assert.equal(fittingAxis([curve(() => 1), curve((n) => (n === 150 ? 1e5 : 1))]), 'log');
    assert.equal(fittingAxis([curve(() => 1), curve((n) => Math.exp(-n / 10))]), 'log');
  });

  it('stays linear with a single low batch, and for a loss that ends at exactly 0', () => {
    assert.equal(fittingAxis([curve((n) => (n === 199 ? 1e-9 : 1))]), 'linear');
    assert.equal(fittingAxis([curve((n) => (n < 100 ? 1 : 0))]), 'linear');
  });
});
