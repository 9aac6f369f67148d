import assert from 'node:assert/strict';
import fc from 'fast-check';
import { sequenceAxis } from '../../../webview/plot/sequenceAxis';
import { columnsOf, layoutOf, lineLayout, partAt } from '../../../webview/net/layout';
import type { NetRow } from '../../../webview/net/rows';
import { movingStep, unrolledColumns, unrollingSeconds } from '../../../webview/net/unrolling';

const axis = sequenceAxis(3, 450);
const columns = columnsOf(axis);
const middle = axis.width / 2;

const row = (node: string, units: number, role: NetRow['role']): NetRow => ({
  node,
  layer: role === 'state' || role === 'gate' ? 0 : -1,
  symbol: `${node}_t`,
  values: new Float64Array(3 * units),
  units,
  limit: 1,
  role,
  isAt: () => true,
});
const small = [row('L', 1, 'loss'), row('y', 1, 'output'), row('h', 2, 'state'), row('x', 1, 'input')];

describe('The unrolling animation', () => {
  it('starts with one column in the middle and ends with every step at its place on the axis', () => {
    assert.deepEqual(unrolledColumns(columns, middle, 0), [{ t: 0, x: middle }]);
    assert.deepEqual(unrolledColumns(columns, middle, 1), columns);
  });

  it('moves the copies out in the order of the steps, never beyond their places, never backwards', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.double({ min: 0, max: 1, noNaN: true }), (steps, share) => {
        const all = columnsOf(sequenceAxis(steps, 450));
        const seen = unrolledColumns(all, 0, share);
        assert.ok(seen.length >= 1 && seen.length <= steps);
        seen.forEach(({ t, x }, i) => {
          assert.equal(t, i);
          assert.ok(x <= (all[i]?.x ?? NaN) + 1e-9);
          if (i > 0) assert.ok(x >= (seen[i - 1]?.x ?? NaN) - 1e-9);
        });
        assert.ok(movingStep(all, share) < steps);
      }),
    );
  });

  it('takes long enough to be seen, but is short', () => {
    assert.ok(unrollingSeconds(3) > 1 && unrollingSeconds(500) <= 4);
  });
});

describe('The layout of the net', () => {
  it('shows numbers if there is space, nodes if there is less, and colours only for 500 steps', () => {
    assert.equal(lineLayout(small, axis).detail, 'numbers');
    assert.equal(lineLayout(small, sequenceAxis(20, 450)).detail, 'nodes');
    assert.equal(lineLayout(small, sequenceAxis(500, 450)).detail, 'colours');
    assert.equal(layoutOf([...small, row('c', 16, 'state')], 130).detail, 'nodes');
  });

  it('finds the node and the unit under the pointer, or the nearest one', () => {
    const layout = lineLayout(small, axis);
    for (const placed of layout.rows) {
      for (let unit = 0; unit < placed.row.units; unit++) {
        const y = placed.top + ((unit + 0.5) / placed.row.units) * placed.height;
        assert.deepEqual(partAt(layout, y), { row: placed.row, unit });
      }
    }
    assert.equal(partAt(layout, -50)?.row.node, 'L');
    assert.equal(partAt(layout, 9999)?.row.node, 'x');
  });

  it('never overlaps rows', () => {
    for (const width of [130, 40, 2]) {
      const { rows, height } = layoutOf([...small, row('i', 64, 'gate'), row('f', 64, 'gate')], width);
      rows.forEach(({ top, height: tall }, i) => {
        assert.ok(top + tall <= (rows[i + 1]?.top ?? height));
      });
    }
  });
});
