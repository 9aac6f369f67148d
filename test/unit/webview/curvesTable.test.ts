import assert from 'node:assert/strict';
import { curvesTable } from '../../../webview/comparison/curvesTable';

describe('The table of compared curves', () => {
  const curve = (name: string, updates: number, stride: number) => ({
    name,
    updates,
    stride,
    valueAt: (update: number) => (update < updates ? update / 10 : NaN),
  });

  it('has a column for every run, with empty cells after the end of a shorter one', () => {
    assert.deepEqual(curvesTable('training loss', [curve('long', 3, 1), curve('short', 2, 1)]), {
      caption: 'training loss of every run',
      columns: ['update', 'long', 'short'],
      rows: [
        [0, 0, 0],
        [1, 0.1, 0.1],
        [2, 0.2, NaN],
      ],
    });
  });

  it('is as coarse as its coarsest curve, and shows that', () => {
    const { caption, rows } = curvesTable('training loss', [curve('long', 9, 4), curve('short', 2, 1)]);
    assert.match(caption, /; a row every 4 updates$/);
    assert.deepEqual(
      rows.map(([update]) => update),
      [0, 4, 8],
    );
  });
});
