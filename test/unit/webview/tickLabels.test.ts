import assert from 'node:assert/strict';
import fc from 'fast-check';
import { labelsThatFit } from '../../../webview/plot/charts/tickLabels';

const label = (pixel: number, text = '1', isMajor = false) => ({ pixel, text, isMajor });

describe('The labels of a vertical axis', () => {
  it('are all shown where there is room', () => {
    assert.deepEqual(labelsThatFit([label(0), label(13), label(26)], 13), [true, true, true]);
  });

  it('lose the one that would overlap its neighbour', () => {
    assert.deepEqual(labelsThatFit([label(100, '0.44'), label(92, '0.47'), label(40, '0.8')], 13), [true, false, true]);
  });

  it('keep a power of ten rather than its neighbours', () => {
    const labels = [label(30, '9'), label(26, '10', true), label(20, '20')];
    assert.deepEqual(labelsThatFit(labels, 13), [false, true, false]);
  });

  it('leave their room to others where they are empty', () => {
    assert.deepEqual(labelsThatFit([label(0, ''), label(5)], 13), [false, true]);
  });

  it('never overlap, and leave out only those that would', () => {
    const ticks = fc.array(fc.record({ pixel: fc.nat(200), text: fc.constantFrom('', '1'), isMajor: fc.boolean() }));
    fc.assert(
      fc.property(ticks, (labels) => {
        const shown = labelsThatFit(labels, 13);
        const near = (i: number, j: number): boolean =>
          Math.abs((labels[i]?.pixel ?? NaN) - (labels[j]?.pixel ?? NaN)) < 13;
        labels.forEach(({ text }, i) => {
          const neighbours = labels.filter((_, j) => j !== i && shown[j] && near(i, j));
          assert.equal(shown[i], text !== '' && neighbours.length === 0);
        });
      }),
    );
  });
});
