import assert from 'node:assert/strict';
import { pack } from '../../../src/run/records/recordBatch';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import type { ComparedRun, ComparisonState } from '../../../src/protocol/comparison';
import type { RunInfo, RunStatus } from '../../../src/protocol/run';
import { lineOutcome, type ShownLine } from '../../../webview/comparison/lines';
import { lineStyle } from '../../../webview/comparison/lineStyle';
import { emptyComparison, reduceComparison } from '../../../webview/comparison/model';
import { formatShare } from '../../../webview/comparison/formatShare';
import type { Theme } from '../../../webview/theme/theme';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

const status = { state: 'running', updates: 3, clipped: 0, seconds: 1 } as unknown as RunStatus;

function compared(id: number, updates = 3): ComparedRun {
  const series = new DisplaySeries(exampleLayout, 1);
  series.append(
    pack(
      exampleLayout,
      Array.from({ length: updates }, (_, update) => exampleRecord(update)),
    ),
  );
  const facts = { layout: exampleLayout, recordEvery: 1 } as unknown as RunInfo;
  return {
    id,
    name: `run ${id}`,
    status,
    data: { info: facts, series: series.whole() },
    values: {},
    problem: undefined,
  };
}

const state = (runs: readonly ComparedRun[]): ComparisonState => ({
  title: '',
  subjects: [],
  keys: ['model.cell'],
  runs,
  groups: [],
});

describe('The gradient that remains at step 0', () => {
  /** One layer of a run with these norms at every step, update by update. */
  const words = (stride: number, ...columns: readonly (readonly number[])[]) => {
    const rows = columns[0]?.length ?? 0;
    return formatShare({
      values: Float64Array.from(columns.flat()),
      columns: columns.length,
      width: rows,
      offset: 0,
      rows,
      stride,
    });
  };

  it('is the median over the run of its ratio to the last step that has one, with the lowest', () => {
    assert.equal(words(1, [0.5, 1, 2], [0.02, 1, 2], [1, 1, 2]), '0.250 (lowest 0.0100 at update 1)');
    assert.equal(words(1, [0.5, 2, NaN]), '0.250 (lowest 0.250 at update 0)');
    assert.equal(words(1, [0, 1, 2]), '0 (lowest 0 at update 0)');
    assert.equal(words(5, [2, 1], [1, 1], [3, 1]), '2.00 (lowest 1.00 at update 5)');
  });

  it('leaves out updates without a gradient at the last step', () => {
    assert.equal(words(1, [0.5, 1, 0], [1, 1, 2]), '0.500 (lowest 0.500 at update 1)');
    assert.equal(words(1, [0, 1, 0]), 'none with a gradient at the last step');
  });
});

describe('What a line of the curves comes to', () => {
  const line = (...losses: readonly (readonly number[])[]): ShownLine => ({
    id: 0,
    name: 'run',
    runs: losses.map((values, id) => {
      const series = new DisplaySeries(exampleLayout, 1);
      const records = values.map((loss, update) => ({
        ...exampleRecord(update),
        loss,
        validationLoss: update % 5 === 4 ? loss / 10 : NaN,
      }));
      series.append(pack(exampleLayout, records));
      const info = { layout: exampleLayout, recordEvery: 1 } as unknown as RunInfo;
      const run = { info, status: { ...status, updates: values.length }, series, version: 1 };
      return { id, name: `run ${id}`, status, run, values: {}, problem: undefined };
    }),
  });
  const rounded = ({ value, last }: ReturnType<typeof lineOutcome>): readonly (number | undefined)[] =>
    [value, last].map((one) => (one === undefined ? undefined : Number(one.toFixed(6))));
  /** 20 updates, of which the last two are the last tenth. */
  const losses = [...Array.from({ length: 14 }, () => 5), 2, 9, 9, 9, 6, 8];

  it('is the median of the last tenth of the updates, not the value at one of them', () => {
    assert.deepEqual(rounded(lineOutcome(line(losses), 'loss')), [7, undefined]);
    assert.deepEqual(rounded(lineOutcome(line([3]), 'loss')), [3, undefined]);
  });

  it('is of a validation the best one, with the last', () => {
    assert.deepEqual(rounded(lineOutcome(line(losses), 'validationLoss')), [0.2, 0.8]);
    assert.ok(Number.isNaN(lineOutcome(line([1, 2]), 'validationLoss').value));
  });

  it('is of a group of seeds the median over its runs, without those that are not finite', () => {
    const group = line(
      losses,
      losses.map((loss) => 3 * loss),
      losses.map((loss) => 2 * loss),
    );
    assert.deepEqual(rounded(lineOutcome(group, 'loss')), [14, undefined]);
    assert.deepEqual(
      rounded(
        lineOutcome(
          line(
            losses,
            losses.map(() => Infinity),
          ),
          'loss',
        ),
      ),
      [7, undefined],
    );
  });
});

describe('A comparison', () => {
  it('keeps a run’s colour and dashes when another is taken out', () => {
    const theme = { runs: ['a', 'b', 'c'], foreground: 'x' } as unknown as Theme;
    const all = reduceComparison(emptyComparison(undefined), {
      kind: 'comparisonLoaded',
      state: state([0, 1, 2].map((id) => compared(id))),
    });
    const before = all.members.map(({ id }) => lineStyle(id, theme));
    const fewer = reduceComparison(all, { kind: 'comparisonLoaded', state: state([0, 2].map((id) => compared(id))) });
    assert.deepEqual(
      fewer.members.map(({ id }) => lineStyle(id, theme)),
      [before[0], before[2]],
    );
  });

  it('gives thirty runs different lines, and neighbours different colours and dashes', () => {
    const theme = { runs: ['a', 'b', 'c', 'd', 'e', 'f'], foreground: 'x' } as unknown as Theme;
    const styles = Array.from({ length: 30 }, (_, id) => lineStyle(id, theme));
    assert.equal(new Set(styles.map((style) => JSON.stringify(style))).size, 30);
    for (let id = 1; id < styles.length; id++) {
      assert.notEqual(styles[id].color, styles[id - 1].color);
      assert.notDeepEqual(styles[id].dash, styles[id - 1].dash);
    }
  });

  it('shows a run that has not started, and redraws it when it grows', () => {
    const waiting = {
      ...compared(1),
      data: undefined,
      status: { ...status, state: 'waiting', queuePosition: 1 } as RunStatus,
    };
    const first = reduceComparison(emptyComparison(undefined), {
      kind: 'comparisonLoaded',
      state: state([compared(0), waiting]),
    });
    assert.equal(first.members[1].run, undefined);
    assert.equal(first.members[1].status?.state, 'waiting');
    const grown = reduceComparison(first, { kind: 'statusChanged', id: 0, status: { ...status, updates: 4 } });
    assert.notEqual(grown.members[0].run?.version, first.members[0].run?.version);
    assert.equal(grown.members[1], first.members[1]);
  });

  it('restores the valid parts of a saved state, and defaults for the rest', () => {
    const { view } = emptyComparison({
      view: { measure: 'gradNorm', lossAxis: 'cubic', smoothing: -1, folded: [3, 'Loss'] },
    });
    assert.equal(view.measure, 'gradNorm');
    assert.equal(view.lossAxis, 'auto');
    assert.equal(view.smoothing, 0);
    assert.deepEqual(view.folded, ['Loss']);
    assert.equal(emptyComparison('damaged').view.measure, 'loss');
  });
});
