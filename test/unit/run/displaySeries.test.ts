import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ColumnTable } from '../../../src/run/series/columnTable';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { pack, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { exampleLayout, exampleRecord } from './exampleRecords';

describe('ColumnTable', () => {
  it('allocates no memory for missing columns, whatever their claimed width', () => {
    const table = new ColumnTable({ wide: { width: 2 ** 40, merge: 'max' } }, 2048, 1);
    assert.equal(table.values('wide').length, 0);
  });

  it('keeps the maximum, the minimum, the sum and the last value when columns are merged', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ noNaN: true, min: -1e6, max: 1e6 }), { minLength: 1, maxLength: 300 }),
        (values) => {
          const table = new ColumnTable(
            {
              max: { width: 1, merge: 'max' },
              min: { width: 1, merge: 'min' },
              sum: { width: 1, merge: 'sum' },
              last: { width: 1, merge: 'last' },
            },
            8,
            1,
          );
          values.forEach((value, update) => {
            const column = table.columnOf(update);
            for (const name of ['max', 'min', 'sum', 'last'] as const) table.add(name, column, [value]);
          });
          assert.ok(table.count <= 8);
          for (let column = 0; column < table.count; column++) {
            const part = values.slice(column * table.stride, (column + 1) * table.stride);
            assert.equal(table.column('max', column)[0], Math.max(...part));
            assert.equal(table.column('min', column)[0], Math.min(...part));
            assert.equal(table.column('last', column)[0], part.at(-1));
            const sum = part.reduce((total, value) => total + value, 0);
            assert.ok(Math.abs(table.column('sum', column)[0] - sum) <= 1e-6 * (1 + Math.abs(sum)));
          }
        },
      ),
    );
  });
});

describe('DisplaySeries', () => {
  it('is the same on both sides of the channel after any sequence of slices', () => {
    fc.assert(
      fc.property(
        fc.array(fc.integer({ min: 1, max: 400 }), { minLength: 1, maxLength: 14 }),
        fc.integer({ min: 1, max: 3 }),
        (sizes, every) => {
          const host = new DisplaySeries(exampleLayout, every);
          const view = new DisplaySeries(exampleLayout, every);
          const rare = new DisplaySeries(exampleLayout, every);
          let seen = 0;
          let update = 0;
          for (const size of sizes) {
            const records = Array.from({ length: size }, () => exampleRecord(update++, every));
            const before = host.updates;
            host.append(pack(exampleLayout, records));
            // A second panel that is updated less often gets the same.
            view.write(structuredClone(host.since(before)));
            if (size % 2 === 0) {
              rare.write(structuredClone(host.since(seen)));
              seen = host.updates;
            }
          }
          assert.deepEqual(view.whole(), host.whole());
          rare.write(structuredClone(host.since(seen)));
          assert.deepEqual(rare.whole(), host.whole());
        },
      ),
      { numRuns: 30 },
    );
  });

  it('takes no more memory for very long windows than for long ones', () => {
    const layout = { ...exampleLayout, layers: 1, steps: 1 << 22 };
    const series = new DisplaySeries(layout, 1);
    for (let update = 0; update < 8; update++) {
      series.append({ ...pack(exampleLayout, [exampleRecord(update, 1)]), layout });
    }
    assert.deepEqual([series.heat.count, series.heat.stride, series.scalars.count], [2, 4, 8]);
  });

  it('never loses a spike of one update in a run of 100,000', () => {
    const series = new DisplaySeries(exampleLayout, 1);
    const spike = 77_777;
    for (let from = 0; from < 100_000; from += 5000) {
      const records: UpdateRecord[] = Array.from({ length: 5000 }, (_, i) => ({
        ...exampleRecord(from + i, 1),
        gradNorm: from + i === spike ? 1e9 : 1,
        record: undefined,
      }));
      series.append(pack(exampleLayout, records));
    }
    const column = Math.floor(spike / series.scalars.stride);
    assert.equal(series.scalars.column('gradNorm', column)[0], 1e9);
    assert.ok(series.scalars.count <= 2048);
  });
});
