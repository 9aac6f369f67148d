import assert from 'node:assert/strict';
import { titleThatFits } from '../../../webview/plot/charts/axisTitle';
import { lossTitles } from '../../../webview/notebook/loss/lossName';

const widthOf = (text: string): number => 6 * text.length;

describe('The title of a vertical axis', () => {
  it('is the longest that fits', () => {
    const titles = ['L, squared error (log)', 'L (log)', 'L'];
    assert.equal(titleThatFits(titles, 132, widthOf), 'L, squared error (log)');
    assert.equal(titleThatFits(titles, 131, widthOf), 'L (log)');
    assert.equal(titleThatFits(titles, 20, widthOf), 'L');
  });

  it('is shortened where none fits', () => {
    assert.equal(titleThatFits(['temperature, held out'], 60, widthOf), 'temperatu…');
    assert.equal(titleThatFits(['share of values'], 42, widthOf), 'share…');
    assert.equal(titleThatFits(['xy'], 1, widthOf), 'x…');
    assert.equal(titleThatFits([''], 60, widthOf), '');
  });

  it('of a loss keeps its symbol and its scale longest', () => {
    const mse = { loss: { kind: 'mse', reduction: 'mean', output: 'linear' }, scaling: null } as const;
    assert.deepEqual(lossTitles(mse, 'log'), ['L, squared error (log)', 'L (log)', 'L']);
    assert.deepEqual(lossTitles(mse, 'linear'), ['L, squared error', 'L']);
  });
});
