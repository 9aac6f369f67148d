import assert from 'node:assert/strict';
import { pack } from '../../../src/run/records/recordBatch';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import type { RunInfo, RunStatus } from '../../../src/protocol/run';
import { curvesOf, isLit, lineLabel, linesOf, lineValueAt, spreadAt } from '../../../webview/comparison/lines';
import { emptyComparison, type Comparison, type Member } from '../../../webview/comparison/model';
import { spreadCurves } from '../../../webview/comparison/seedCurves';
import { spreadRows, spreadSummary } from '../../../webview/comparison/seedTable';
import type { Theme } from '../../../webview/theme/theme';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

const theme = { runs: ['rgb(1, 2, 3)', 'rgb(4, 5, 6)'], foreground: 'rgb(0, 0, 0)' } as unknown as Theme;

/** A run with these losses, one an update. */
function member(id: number, losses: readonly number[], state: RunStatus['state'] = 'finished'): Member {
  const series = new DisplaySeries(exampleLayout, 1);
  series.append(
    pack(
      exampleLayout,
      losses.map((loss, update) => ({ ...exampleRecord(update), loss })),
    ),
  );
  const status = { state, updates: losses.length, loss: losses.at(-1) } as unknown as RunStatus;
  const info = { layout: exampleLayout, loss: { kind: 'mse', reduction: 'mean' } } as unknown as RunInfo;
  return { id, name: `run ${id}`, status, run: { info, status, series, version: 1 }, values: {}, problem: undefined };
}

const comparison = (members: readonly Member[], groups: Comparison['groups']): Comparison => ({
  ...emptyComparison(undefined),
  members,
  groups,
});

const three = [member(0, [1, 4]), member(1, [3, 2]), member(2, [2, 9]), member(3, [8, 8])];
const group = { name: 'lstm', runs: [2, 0, 1] };

describe('The curves of a group of seeds', () => {
  it('are the median of the runs at each update, and their lowest and highest value', () => {
    const lines = linesOf(comparison(three, [group]));
    assert.deepEqual(lines.map(lineLabel), ['lstm, median of 3 seeds', 'run 3']);
    const [lstm] = lines;
    assert.ok(lstm);
    assert.equal(lstm.id, 0);
    assert.deepEqual([lineValueAt(lstm, 0, 'loss'), lineValueAt(lstm, 1, 'loss')], [2, 4]);
    assert.equal(lineValueAt(lstm, 2, 'loss'), NaN);
    const curves = curvesOf(lines, comparison(three, [group]), theme);
    assert.deepEqual(
      curves.map(({ label, points }) => [label, points.map(({ y }) => y)]),
      [
        ['', [3, 9]],
        ['', [1, 2]],
        ['lstm, median of 3 seeds', [2, 4]],
        ['run 3', [8, 8]],
      ],
    );
    assert.ok(curves[1]?.fillToPrevious !== undefined, 'the band is between the highest and the lowest');
  });

  it('are over the runs that have come so far, whose number is told', () => {
    const grown = [member(0, [1, 4, 6]), member(1, [3, 2]), member(2, [2])];
    const [line] = linesOf(comparison(grown, [group]));
    assert.ok(line);
    assert.deepEqual(
      [0, 1, 2, 3].map((update) => spreadAt(line, update, 'loss')?.n),
      [3, 2, 1, undefined],
    );
    assert.equal(lineValueAt(line, 1, 'loss'), 3);
  });

  it('leave out what is not finite', () => {
    assert.deepEqual(spreadCurves([[{ x: 0.5, y: 1 }], [{ x: 0.5, y: NaN }], [{ x: 0.5, y: Infinity }]], 1).highest, [
      { x: 0.5, y: 1 },
    ]);
  });

  it('have the resolution of the coarsest run, with the mean of the points of each other one', () => {
    const fine = [0, 1, 2, 3].map((x) => ({ x: x + 0.5, y: x }));
    const coarse = [1, 3].map((x) => ({ x, y: 10 }));
    assert.deepEqual(spreadCurves([fine, coarse], 2), {
      median: [
        { x: 1, y: 5.25 },
        { x: 3, y: 6.25 },
      ],
      lowest: [
        { x: 1, y: 0.5 },
        { x: 3, y: 2.5 },
      ],
      highest: [
        { x: 1, y: 10 },
        { x: 3, y: 10 },
      ],
    });
  });

  it('can be shown run by run', () => {
    const model = comparison(three, [group]);
    const lines = linesOf({ ...model, view: { ...model.view, seeds: 'runs' } });
    assert.deepEqual(lines.map(lineLabel), ['run 0', 'run 1', 'run 2', 'run 3']);
  });
});

describe('A highlighted group of seeds', () => {
  it('has all of its runs highlighted, as long as it is one line', () => {
    const model = { ...comparison(three, [group]), highlighted: 1 };
    const lit = (one: Comparison): readonly boolean[] => one.members.map(({ id }) => isLit(one, id));
    assert.deepEqual(lit(model), [true, true, true, false]);
    assert.deepEqual(lit({ ...model, view: { ...model.view, seeds: 'runs' } }), [false, true, false, false]);
    assert.deepEqual(lit({ ...model, highlighted: undefined }), [false, false, false, false]);
    assert.deepEqual(lit({ ...model, highlighted: 3 }), [false, false, false, true]);
  });
});

describe('The table of a group of seeds', () => {
  it('has the number of runs, median, quartiles and range of each outcome', () => {
    assert.deepEqual(spreadRows(comparison(three, [group])), [
      { group: 'lstm', cells: ['loss', '3', '4.00', '3.00 to 6.50', '2.00 to 9.00'] },
      { group: 'lstm', cells: ['lowest loss', '3', '2.00', '1.50 to 2.00', '1.00 to 2.00'] },
    ]);
  });

  it('says how many runs have diverged or are not finished, and leaves them out', () => {
    const runs = [member(0, [1, 4]), member(1, [3, 2], 'diverged'), member(2, [2, 9], 'running')];
    const [row] = spreadRows(comparison(runs, [group]));
    assert.deepEqual(row?.cells, ['loss', '1 of 3 (1 diverged, 1 training)', '4.00', '4.00 to 4.00', '4.00 to 4.00']);
  });

  it('says whether the seeds alone may be the reason of a difference', () => {
    const runs = [member(0, [1]), member(1, [2]), member(2, [1.5]), member(3, [6]), member(4, [7]), member(5, [8])];
    const groups = (...others: readonly number[]): Comparison['groups'] => [
      { name: 'gru', runs: others },
      { name: 'lstm', runs: [0, 1] },
    ];
    assert.match(
      spreadSummary(comparison(runs, groups(2, 3))),
      /^“lstm” has the lowest median loss of the last update, 1\.50 \(n = 2, 1\.00 to 2\.00\)\. Its range overlaps that of “gru”, so the seeds alone may be the reason\.$/,
    );
    assert.match(
      spreadSummary(comparison(runs, groups(4, 5))),
      /Even its highest is below the lowest of “gru”, 7\.00\.$/,
    );
    assert.match(spreadSummary(comparison([member(0, [1], 'running')], [group])), /No run has finished yet\.$/);
  });
});
