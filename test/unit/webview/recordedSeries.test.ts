import assert from 'node:assert/strict';
import { cellNames } from '../../../src/experiment/schema/cellNames';
import type { RunInfo } from '../../../src/protocol/run';
import { gatesOf } from '../../../src/run/cellGates';
import { pack, type UpdateRecord } from '../../../src/run/records/recordBatch';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { candidates, gateShares, shareAt } from '../../../webview/notebook/gates/gateShares';
import { gatesCell, gateSummary } from '../../../webview/notebook/gates/gatesCell';
import {
  parameterGradientCell,
  parameterGradientSummary,
} from '../../../webview/notebook/parameterGradient/parameterGradientCell';
import { parameterGradientTable } from '../../../webview/notebook/trainingTables';
import { emptyModel, standardView, type Model, type ShownRun } from '../../../webview/store/model';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

/** A record whose gates, of both layers, have these shares: (layer, gate, end). */
function recordWith(update: number, shares: readonly (readonly [low: number, high: number])[][]): UpdateRecord {
  const record = exampleRecord(update);
  const series = record.record ?? assert.fail('it is recorded');
  const layers = series.layers.map((layer, l) => ({
    ...layer,
    saturation: exampleLayout.saturating.map((name, gate) => {
      const [low, high] = shares[l]?.[gate] ?? assert.fail(name);
      return { name, low, high };
    }),
  }));
  return { ...record, record: { ...series, layers } };
}

function runOf(records: readonly UpdateRecord[]): { readonly run: ShownRun; readonly model: Model } {
  const series = new DisplaySeries(exampleLayout, 1);
  series.append(pack(exampleLayout, records));
  const info = { layout: exampleLayout, cell: 'lstm', activation: null } as unknown as RunInfo;
  const run = { info, series, version: 1, status: { updates: records.length } } as unknown as ShownRun;
  return { run, model: { ...emptyModel, run } };
}

const first = [
  [
    [0.1, 0.2],
    [0.3, 0.4],
  ],
  [
    [0, 0.6],
    [0.25, 0.5],
  ],
] as const;

describe('The saturation of gates over training', () => {
  it('has the recorded share of every layer, gate and end', () => {
    const { run } = runOf([
      recordWith(
        0,
        first.map((layer) => [...layer]),
      ),
      recordWith(
        1,
        first.map((layer) => [...layer]),
      ),
    ]);
    for (const layer of [0, 1]) {
      const shares = gateShares(run.series, { cell: 'lstm', activation: null }, layer);
      assert.deepEqual(
        shares.map((share) => [share.name, share.end, shareAt(run.series, share, 1)]),
        (['i', 'f'] as const).flatMap((name, gate) => [
          [name, 'open', first[layer]?.[gate]?.[1]],
          [name, 'closed', first[layer]?.[gate]?.[0]],
        ]),
      );
    }
  });

  it('keeps the largest share where a column covers several updates', () => {
    const many = Array.from({ length: 4096 }, (_, update) =>
      recordWith(update, [
        [
          [update === 1000 ? 0.9 : 0.1, 0],
          [0, 0],
        ],
        [
          [0, 0],
          [0, 0],
        ],
      ]),
    );
    const { run } = runOf(many);
    assert.ok(run.series.heat.stride > 1);
    const [, closed] = gateShares(run.series, { cell: 'lstm', activation: null }, 0);
    assert.ok(closed !== undefined);
    assert.equal(shareAt(run.series, closed, run.series.heat.columnAt(1000)), 0.9);
  });

  it('tells candidates from gates for every recurrent cell, and dead ones for a relu only', () => {
    for (const cell of cellNames) {
      const candidate = gatesOf(cell).filter(({ role }) => role === 'candidate');
      assert.deepEqual(
        candidate.map(({ name }) => name),
        [candidates[cell]],
      );
    }
    const layout = { ...exampleLayout, saturating: ['h'] };
    const ends = (activation: string): readonly string[] =>
      gateShares({ layout }, { cell: 'rnn', activation }, 0).map(({ end }) => end);
    assert.deepEqual(ends('tanh'), ['saturated']);
    assert.deepEqual(ends('relu'), ['saturated', 'dead']);
  });

  it('is summed up by the gate that is most at one end', () => {
    const { run, model } = runOf([
      recordWith(
        0,
        first.map((layer) => [...layer]),
      ),
    ]);
    assert.equal(gateSummary(run, model), 'At update 0 most is f: 40 % of its values are open.');
    const second = { ...model, view: { ...standardView, layer: 1 } };
    assert.equal(gateSummary(run, second), 'At update 0 most is i: 60 % of its values are open.');
    assert.equal(gatesCell.title, 'Gate saturation');
  });
});

describe('The gradient norm per parameter over training', () => {
  it('has the recorded norm of every parameter', () => {
    const { run } = runOf([exampleRecord(0), exampleRecord(1), exampleRecord(2)]);
    assert.deepEqual(parameterGradientTable(run.series), {
      caption: 'Gradient norm per parameter',
      columns: ['update', ...exampleLayout.parameters],
      rows: [
        [0, 0, 1],
        [1, 1, 2],
        [2, 2, 3],
      ],
    });
  });

  it('is summed up beside the largest one', () => {
    const { run } = runOf([exampleRecord(0), exampleRecord(1)]);
    assert.equal(
      parameterGradientSummary(run, standardView),
      'At the last update ‖∂L/∂W‖ of W_xh, layer 0 — rnn.weight_ih_l0 is 1.00, and the largest 2.00, of b_y — head.bias.',
    );
    assert.equal(
      parameterGradientSummary(run, {
        ...standardView,
        parameter: 'head.bias',
        selection: { update: 0, t: undefined },
      }),
      'At update 0 ‖∂L/∂W‖ of b_y — head.bias is 1.00, the largest of all.',
    );
    assert.equal(parameterGradientCell.title, 'Gradient norm per parameter');
  });
});
