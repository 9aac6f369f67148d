import assert from 'node:assert/strict';
import type { RunInfo } from '../../../src/protocol/run';
import { formatMetrics } from '../../../src/run/series/formatMetric';
import { metricNamed, metricName } from '../../../src/run/series/validationMetrics';
import { pack, type RecordLayout } from '../../../src/run/records/recordBatch';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { allPoints, lineValueAt } from '../../../webview/comparison/lines';
import { measureLabel, measureUnit, offeredMeasures } from '../../../webview/comparison/measures';
import { emptyComparison } from '../../../webview/comparison/model';
import { lastMetric, isUnrecorded, metricsOf } from '../../../webview/comparison/lastMetrics';
import type { Member } from '../../../webview/comparison/model';
import { spreadRows } from '../../../webview/comparison/seedTable';
import { chosenMeasure, measuresOf } from '../../../webview/notebook/validation/measures';
import { validationCell } from '../../../webview/notebook/validation/validationCell';
import { validationSummary } from '../../../webview/notebook/validation/validationSummary';
import { trainingAxis } from '../../../webview/plot/trainingAxis';
import { restoreView } from '../../../webview/store/savedView';
import { emptyModel, standardView, type ShownRun } from '../../../webview/store/model';
import type { Theme } from '../../../webview/theme/theme';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

type Facts = Partial<Pick<RunInfo, 'baselines' | 'scaling' | 'loss' | 'validateEvery'>>;

/** A run of nine updates, validated after every third, with these metrics. */
function runOf(metrics: readonly string[] | undefined, values: readonly (readonly number[])[], facts: Facts = {}) {
  const layout: RecordLayout = metrics === undefined ? exampleLayout : { ...exampleLayout, metrics };
  const series = new DisplaySeries(layout, 1);
  const records = Array.from({ length: 9 }, (_, update) => ({
    ...exampleRecord(update),
    metrics: update % 3 === 2 ? values[(update - 2) / 3] : undefined,
  }));
  series.append(pack(layout, records));
  const info = {
    layout,
    validateEvery: 3,
    plannedUpdates: 9,
    baselines: [],
    scaling: null,
    loss: { kind: 'crossEntropy', reduction: 'mean' },
    ...facts,
  } as unknown as RunInfo;
  const status = { updates: 9, state: 'finished', validationLoss: 1 };
  return { info, series, version: 1, status } as unknown as ShownRun;
}

function said(run: ShownRun, at = 8, validationMeasure = ''): string {
  const measure = chosenMeasure(measuresOf(run.series, run.info), { ...standardView, validationMeasure });
  return validationSummary(run, measure, at);
}

const classes = ['accuracy', 'most_frequent_class'];
const rates = [
  [0.25, 0.3],
  [0.875, 0.3],
  [0.75, 0.3],
];

const theme = { train: 'blue', validation: 'orange', baseline: 'green' } as unknown as Theme;

describe('The cell “Validation”', () => {
  it('says the accuracy of the last validation, the best one and that of the most frequent class', () => {
    const run = runOf(classes, rates);
    assert.equal(
      said(run),
      'After update 8, 75.0 % of the held-out targets are predicted correctly (best 87.5 % after update 5); always predicting their most frequent class would be correct for 30.0 %.',
    );
    assert.equal(
      said(run, 6),
      'After update 5, 87.5 % of the held-out targets are predicted correctly; always predicting their most frequent class would be correct for 30.0 %.',
    );
    assert.equal(said(run, 1), 'No validation up to update 1.');
  });

  it('says bits per character beside the lowest baseline, in bits', () => {
    const baselines = [
      { name: 'frequencies', value: 3, source: '' },
      { name: 'frequencies, held out', value: 4 * Math.LN2, source: '', heldOut: true },
    ];
    const run = runOf(
      ['bits_per_character', ...classes],
      [
        [2.5, 0.5, 0.2],
        [2, 0.6, 0.2],
        [2.25, 0.55, 0.2],
      ],
      { baselines },
    );
    assert.equal(
      said(run),
      'After update 8, a held-out character takes 2.25 bits (lowest 2.00 after update 5); the lowest baseline: frequencies, 4.00.',
    );
    assert.match(said(run, 8, 'accuracy'), /^After update 8, 55\.0 % of/);
    assert.deepEqual(
      measuresOf(run.series, run.info).map(({ label, unit }) => [label, unit]),
      [
        ['bits per character', 'bits per character'],
        ['accuracy', 'share of targets'],
      ],
    );
  });

  it('says the errors of a target in its unit, with persistence in the same unit', () => {
    const scaling = { kind: 'standard', inputs: [], targets: [{ shift: 10, scale: 4 }] } as const;
    const run = runOf(
      ['rmse/temp', 'mae/temp'],
      [
        [3, 2],
        [2, 1.5],
        [1, 0.75],
      ],
      {
        scaling,
        loss: { kind: 'mse', reduction: 'mean' },
        baselines: [{ name: 'persistence, held out', value: 0.25, source: '', heldOut: true, answer: 'persistence' }],
      },
    );
    assert.equal(
      said(run),
      'After update 8, the error of temp on held-out rows has RMSE 1.00 and MAE 0.750, in the column’s unit; the lowest baseline: RMSE of persistence, 2.00.',
    );
  });

  it('offers each of several targets, without the baselines of their mean', () => {
    const run = runOf(
      ['rmse/a', 'mae/a', 'rmse/b', 'mae/b'],
      [
        [1, 1, 2, 2],
        [1, 1, 2, 2],
        [1, 1, 2, 2],
      ],
      {
        scaling: {
          kind: 'standard',
          inputs: [],
          targets: [
            { shift: 0, scale: 1 },
            { shift: 0, scale: 1 },
          ],
        },
        loss: { kind: 'mse', reduction: 'mean' },
        baselines: [{ name: 'persistence, held out', value: 0.25, source: '', heldOut: true }],
      },
    );
    const measures = measuresOf(run.series, run.info);
    assert.deepEqual(
      measures.map(({ label, baselines }) => [label, baselines.length]),
      [
        ['a', 0],
        ['b', 0],
      ],
    );
    assert.match(said(run, 8, 'error/b'), /^After update 8, the error of b on held-out rows has RMSE 2\.00/);
  });

  it('says that a run of an earlier version recorded nothing, and why another has nothing', () => {
    assert.match(said(runOf(undefined, [])), /not recorded: this run was made by an earlier version/);
    assert.match(said(runOf([], [])), /Nothing but the loss is measured/);
    assert.match(said(runOf([], [], { validateEvery: 0 })), /doesn’t validate/);
  });

  it('has a curve, a read-out and a table of the same values', () => {
    const run = runOf(classes, rates);
    const model = { ...emptyModel, run };
    const drawing = { model, axis: trainingAxis(model, 600), theme };
    const { picture } = validationCell;
    assert.ok(picture?.kind === 'curves');
    const { curves, yTitle, yRange } = picture.content(run, drawing);
    assert.deepEqual([yTitle, yRange], ['share of targets', [0, 1]]);
    assert.deepEqual(
      curves.map(({ label, points }) => [label, points.map(({ x, y }) => [x, y])]),
      [
        [
          'accuracy',
          [
            [2.5, 0.25],
            [5.5, 0.875],
            [8.5, 0.75],
          ],
        ],
        [
          'always the most frequent class',
          [
            [2.5, 0.3],
            [5.5, 0.3],
            [8.5, 0.3],
          ],
        ],
      ],
    );
    assert.equal(
      validationCell.readout?.(run, { ...drawing, model: { ...model, hover: { update: 4, t: undefined } } }),
      'update 4 · last validation after update 2: accuracy 25.0 %, always the most frequent class 30.0 %',
    );
    assert.deepEqual(validationCell.table(run, drawing)?.make(), {
      caption: 'Validations',
      columns: ['after update', 'accuracy', 'always the most frequent class'],
      rows: [
        [2, 0.25, 0.3],
        [5, 0.875, 0.3],
        [8, 0.75, 0.3],
      ],
    });
  });

  it('keeps the last validation where a column covers several updates', () => {
    const layout = { ...exampleLayout, metrics: ['accuracy'] };
    const series = new DisplaySeries(layout, 1);
    const records = Array.from({ length: 4096 }, (_, update) => ({
      ...exampleRecord(update, 4096),
      metrics: update < 2 ? [update + 0.5] : undefined,
    }));
    series.append(pack(layout, records));
    assert.equal(series.scalars.stride, 2);
    assert.deepEqual([...series.scalars.values('metrics').subarray(0, 2)], [1.5, NaN]);
  });

  it('keeps the chosen measure over a reload', () => {
    assert.equal(restoreView({ view: { validationMeasure: 'accuracy' } }).validationMeasure, 'accuracy');
    assert.equal(restoreView({ view: { validationMeasure: 3 } }).validationMeasure, '');
  });
});

describe('The metrics of a validation elsewhere', () => {
  it('have names that are read back', () => {
    const all = [
      { kind: 'accuracy' },
      { kind: 'mostFrequent' },
      { kind: 'bits' },
      { kind: 'mae', target: 'a/b' },
    ] as const;
    for (const metric of all) assert.deepEqual(metricNamed(metricName(metric)), metric);
    assert.equal(metricNamed('f1'), undefined);
  });

  it('end a run in a terminal', () => {
    assert.equal(
      formatMetrics(['bits_per_character', ...classes], [2.125, 0.9999, 0.25]),
      '2.13 bits per character, accuracy 99.99 % (25.0 % by always predicting the most frequent class)',
    );
    assert.equal(formatMetrics([], []), '');
    assert.equal(formatMetrics(classes, []), '');
  });

  it('are outcomes of a comparison, and of its groups', () => {
    const member = (id: number, run: ShownRun): Member => ({
      id,
      name: `run ${id}`,
      status: run.status,
      run,
      values: {},
      problem: undefined,
    });
    const members = [member(0, runOf(classes, rates)), member(1, runOf(undefined, []))];
    assert.deepEqual(metricsOf(members), [{ name: 'accuracy', metric: { kind: 'accuracy' } }]);
    assert.deepEqual(
      members.map((one) => [lastMetric(one, 'accuracy'), isUnrecorded(one)]),
      [
        [0.75, false],
        [NaN, true],
      ],
    );
    const rows = spreadRows({ members, groups: [{ name: 'both', runs: [0, 1] }] });
    assert.deepEqual(rows.at(-1)?.cells, ['accuracy', '1 of 2', '75.0 %', '75.0 % to 75.0 %', '75.0 % to 75.0 %']);
  });
});

describe('The curves of a comparison', () => {
  const member = (id: number, run: ShownRun) =>
    ({ id, name: `run ${id}`, status: undefined, run, values: {}, problem: undefined }) as const;
  const one = runOf(classes, rates);
  const other = runOf(['rmse/temperature'], [[4], [2], [3]]);

  it('can show every metric that one of the runs has recorded', () => {
    assert.deepEqual(
      offeredMeasures([one, other]).map(({ label }) => label),
      [
        'training loss',
        'validation loss',
        '‖g‖ before clipping',
        'validation accuracy',
        'validation RMSE of temperature',
      ],
    );
    assert.equal(measureLabel('validation/accuracy'), 'validation accuracy');
    assert.equal(measureUnit([one, other], 'validation/rmse/temperature'), 'error, unit of temperature');
    assert.equal(measureUnit([one, other], 'validation/accuracy'), 'share of targets');
  });

  it('have the value of the last validation at every update, and none before the first', () => {
    const [line, without] = [one, other].map((run, id) => ({ id, name: '', runs: [member(id, run)] }));
    assert.ok(line !== undefined && without !== undefined);
    const valueAt = (update: number): number => lineValueAt(line, update, 'validation/accuracy');
    assert.deepEqual([1, 2, 4, 5, 8].map(valueAt), [NaN, 0.25, 0.25, 0.875, 0.75]);
    assert.deepEqual(lineValueAt(without, 8, 'validation/accuracy'), NaN);
    assert.deepEqual(allPoints([line, without], 'validation/accuracy'), [
      [
        { x: 2.5, y: 0.25 },
        { x: 5.5, y: 0.875 },
        { x: 8.5, y: 0.75 },
      ],
      [],
    ]);
  });

  it('keep the chosen metric over a reload of the window', () => {
    const { view } = emptyComparison({ view: { measure: 'validation/bits_per_character' } });
    assert.equal(view.measure, 'validation/bits_per_character');
  });
});
