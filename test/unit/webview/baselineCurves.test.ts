import assert from 'node:assert/strict';
import { baselineCurves } from '../../../webview/notebook/loss/lossCurves';
import type { Theme } from '../../../webview/theme/theme';

const theme = { baseline: 'green', validation: 'orange' } as Theme;
const baseline = (name: string, value: number, heldOut = false) => ({ name, value, source: '', heldOut });

describe('The curves of the baselines', () => {
  it('of held-out data have the color of the validation loss, and the dashes of those in training', () => {
    const curves = baselineCurves(
      [
        baseline('mean', 1),
        baseline('mean, held out', 5, true),
        baseline('persistence', 0.1),
        baseline('persistence, held out', 0.3, true),
      ],
      [0, 10],
      theme,
    );
    const [mean, meanHeldOut, persistence, persistenceHeldOut] = curves;
    assert.deepEqual(
      curves.map(({ color }) => color),
      ['green', 'orange', 'green', 'orange'],
    );
    assert.deepEqual(meanHeldOut.dash, mean.dash);
    assert.deepEqual(persistenceHeldOut.dash, persistence.dash);
    assert.notDeepEqual(persistence.dash, mean.dash);
    assert.equal(persistenceHeldOut.label, 'persistence, held out: 0.300');
  });
});
