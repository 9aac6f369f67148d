import assert from 'node:assert/strict';
import { OutcomeMeasurement, type MeasuredOutcome } from '../../../src/run/measuredOutcome';
import { pack, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { exampleLayout, exampleRecord } from './exampleRecords';

/** The records in batches of `size`, as a run writes them. */
function measured(records: readonly UpdateRecord[], size: number): MeasuredOutcome {
  const measurement = new OutcomeMeasurement();
  for (let from = 0; from < records.length; from += size) {
    measurement.add(pack(exampleLayout, records.slice(from, from + size)));
  }
  return measurement.outcome;
}

/** The record of an update with ∂L/∂h_t of the top layer as given. */
function withGradient(update: number, norms: readonly number[]): UpdateRecord {
  const record = exampleRecord(update);
  const { record: series } = record;
  assert.ok(series !== undefined);
  const layers = series.layers.map((layer) => ({ ...layer, dh: Float64Array.from(norms) }));
  return { ...record, record: { ...series, steps: norms.length, lossPerStep: new Float64Array(norms.length), layers } };
}

describe('The outcome of a run, measured from its records', () => {
  // Validation losses after updates 2, 5 and 8 are 2.25, 5.25 and 8.25; every second update is clipped.
  const records = Array.from({ length: 10 }, (_, update) => exampleRecord(update, 4));

  it('is the same in whatever batches they come', () => {
    const expected: MeasuredOutcome = {
      updates: 10,
      clipped: 5,
      loss: 9.5,
      validation: { updates: 9, validationLoss: 8.25 },
      accuracy: undefined,
      best: { updates: 3, validationLoss: 2.25 },
      // Update 8 has one step; its top layer has ‖∂L/∂h_0‖ = 8 + 200.
      gradient: { update: 8, first: 208, lastStep: 0, last: 208 },
    };
    for (const size of [1, 3, 10]) assert.deepEqual(measured(records, size), expected);
  });

  it('compares the first step with the last one that has a gradient', () => {
    const { gradient } = measured([exampleRecord(0), withGradient(1, [0.5, 1, 2, 0])], 2);
    assert.deepEqual(gradient, { update: 1, first: 0.5, lastStep: 2, last: 2 });
    assert.deepEqual(measured([withGradient(3, [0, 0, 0])], 1).gradient, {
      ...{ update: 3, first: 0, lastStep: undefined, last: NaN },
    });
  });

  it('has the accuracy of the last validation, where the records have one', () => {
    const layout = { ...exampleLayout, metrics: ['bits_per_character', 'accuracy', 'most_frequent_class'] };
    const accuracyOf = (metrics: readonly (readonly number[] | undefined)[]): number | undefined => {
      const measurement = new OutcomeMeasurement();
      const withMetrics = metrics.map((values, update) => ({
        ...{ ...exampleRecord(update), validationLoss: values === undefined ? undefined : 1 },
        ...(values === undefined ? {} : { metrics: values }),
      }));
      measurement.add(pack(layout, withMetrics));
      return measurement.outcome.accuracy;
    };
    assert.equal(accuracyOf([[2, 0.5, 0.25], [3, 0.75, 0.25], undefined]), 0.75);
    assert.equal(accuracyOf([undefined]), undefined);
  });

  it('is empty without records, and has no validation where there was none', () => {
    assert.deepEqual(new OutcomeMeasurement().outcome, {
      ...{ updates: 0, clipped: 0, loss: NaN, validation: undefined, accuracy: undefined },
      ...{ best: undefined, gradient: undefined },
    });
    const { validation, best } = measured([{ ...exampleRecord(0), validationLoss: undefined }], 1);
    assert.deepEqual([validation, best], [undefined, undefined]);
  });

  it('leaves a validation loss that is infinite out of the lowest one', () => {
    const { validation, best } = measured([{ ...exampleRecord(0), validationLoss: Infinity }], 1);
    assert.deepEqual([validation, best], [{ updates: 1, validationLoss: Infinity }, undefined]);
  });
});
