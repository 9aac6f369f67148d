import assert from 'node:assert/strict';
import fc from 'fast-check';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import type { PanelState } from '../../../src/protocol/panel';
import type { RunInfo, RunStatus } from '../../../src/protocol/run';
import { pack } from '../../../src/run/records/recordBatch';
import { trainingAxis, updateAt } from '../../../webview/plot/trainingAxis';
import { smoothed } from '../../../webview/notebook/loss/lossCurves';
import { emptyModel, standardView } from '../../../webview/store/model';
import { reduce } from '../../../webview/store/reducer';
import { savedStateOf, restoreView } from '../../../webview/store/savedView';
import { exampleLayout, exampleRecord } from '../run/exampleRecords';

const facts = { layout: exampleLayout, recordEvery: 1, plannedUpdates: 1000 } as unknown as RunInfo;
const status = (updates: number, state: RunStatus['state'] = 'running'): RunStatus => ({
  state,
  updates,
  updatesPerSecond: undefined,
  secondsLeft: undefined,
  learningRate: undefined,
  loss: undefined,
  validationLoss: undefined,
  seconds: 0,
  findings: [],
  queuePosition: undefined,
  nonFinite: undefined,
  clipped: 0,
  lastClip: undefined,
  saved: 'whole',
  message: undefined,
});

function shown(updates: number, selected?: string): PanelState {
  const series = new DisplaySeries(exampleLayout, 1);
  if (updates > 0)
    series.append(
      pack(
        exampleLayout,
        Array.from({ length: updates }, (_, update) => exampleRecord(update)),
      ),
    );
  return {
    uri: 'file:///a.rnn.json',
    folder: undefined,
    title: 'a',
    startTime: '',
    fileName: 'a.rnn.json',
    entries: [],
    selected,
    run: { info: facts, status: status(updates), series: series.whole() },
    message: undefined,
  };
}

describe('The store', () => {
  it('keeps the view when the panel is shown again, and resets it for another run', () => {
    const before = {
      ...emptyModel,
      view: { ...standardView, lossAxis: 'log' as const, selection: { update: 3, t: 1 } },
    };
    const back = reduce(before, { kind: 'runLoaded', state: shown(5) });
    assert.deepEqual(back.view.selection, { update: 3, t: 1 });
    const other = reduce(back, { kind: 'runLoaded', state: shown(5, 'variant') });
    assert.equal(other.view.selection, undefined);
    assert.equal(other.view.lossAxis, 'log');
  });

  it('keeps a threshold for the same run only', () => {
    const before = reduce(emptyModel, { kind: 'runLoaded', state: shown(5) });
    const moved = reduce(before, { kind: 'viewChanged', view: { clipThreshold: 2 } });
    assert.equal(reduce(moved, { kind: 'runLoaded', state: shown(6) }).view.clipThreshold, 2);
    assert.equal(reduce(moved, { kind: 'runLoaded', state: shown(6, 'variant') }).view.clipThreshold, undefined);
  });

  it('keeps the colour scales of the gradient flow and of the net for the same run only', () => {
    const scales = { gradientFlowColours: { layer: 0, from: -3, to: 1 }, netLimits: { h_t: 0.5 } };
    const before = reduce(emptyModel, { kind: 'runLoaded', state: shown(5) });
    const grown = reduce(before, { kind: 'viewChanged', view: scales });
    const same = reduce(grown, { kind: 'runLoaded', state: shown(6) }).view;
    assert.deepEqual([same.gradientFlowColours, same.netLimits], [scales.gradientFlowColours, scales.netLimits]);
    const other = reduce(grown, { kind: 'runLoaded', state: shown(6, 'variant') }).view;
    assert.deepEqual([other.gradientFlowColours, other.netLimits], [undefined, {}]);
  });

  it('keeps a fitted colour scale for the same picture only', () => {
    const fittedColours = { from: -3, to: 1, updates: 5 };
    const fitted = reduce(emptyModel, { kind: 'viewChanged', view: { fittedColours } });
    const smoothing = reduce(fitted, { kind: 'viewChanged', view: { smoothing: 10, quantity: 'dh' } });
    assert.equal(smoothing.view.fittedColours, fittedColours);
    assert.equal(reduce(fitted, { kind: 'viewChanged', view: { layer: 1 } }).view.fittedColours, undefined);
    assert.equal(reduce(fitted, { kind: 'viewChanged', view: { quantity: 'dc' } }).view.fittedColours, undefined);
  });

  it('pans the visible ranges only as far as needed to show what is selected', () => {
    const select = (update: number, t: number | undefined) => {
      const zoomed = { ...emptyModel, view: { ...standardView, range: [40, 60], stepRange: [10, 13] } } as const;
      return reduce(zoomed, { kind: 'viewChanged', view: { selection: { update, t } } }).view;
    };
    assert.deepEqual(
      [select(50, 11).range, select(50, 11).stepRange],
      [
        [40, 60],
        [10, 13],
      ],
    );
    assert.deepEqual(
      [select(60, 13).range, select(60, 13).stepRange],
      [
        [41, 61],
        [11, 14],
      ],
    );
    assert.deepEqual(
      [select(3, 0).range, select(3, 0).stepRange],
      [
        [3, 23],
        [0, 3],
      ],
    );
    assert.deepEqual(select(50, undefined).stepRange, [10, 13]);
    const whole = reduce(emptyModel, { kind: 'viewChanged', view: { selection: { update: 7, t: 2 } } }).view;
    assert.deepEqual([whole.range, whole.stepRange], [undefined, undefined]);
  });

  it('never shows a layer or a quantity that the run does not have', () => {
    const model = { ...emptyModel, view: { ...standardView, layer: 7 } };
    assert.equal(reduce(model, { kind: 'runLoaded', state: shown(1) }).view.layer, 1);
  });

  it('restores the saved view', () => {
    const view = {
      ...standardView,
      smoothing: 50,
      range: [10, 20] as const,
      folded: ['Loss'],
      helpOpen: ['Clipping'],
      tablesOpen: ['Loss', 'Run'],
      selection: { update: 12, t: undefined },
      fittedColours: { from: -7, to: 2, updates: 300 },
      horizons: { folder: '/run', layer: 0, measured: [{ update: 3, horizon: 5, longestLag: null }] },
      clipThreshold: 0.5,
      output: 2,
      gradientFlowOf: 'median' as const,
      gradientFlowLoss: 7,
      gradientFlowColours: { layer: 1, from: -9, to: 0 },
      netLimits: { x_t: 1, h_t: 0.75 },
      heldOutSequence: 3,
      stateColour: 'input' as const,
      whatIf: { clipping: 'norm', threshold: 1.5, covered: 'last', backward: 4, learningRate: 0.3 } as const,
    };
    assert.deepEqual(restoreView(savedStateOf({ ...emptyModel, uri: 'x', view })), view);
  });

  it('restores what the host has stored: the whole view of this panel, the folded cells of a closed one', () => {
    const own = { smoothing: 50, selection: { update: 0, t: 1 }, presented: 'Loss' };
    const view = { ...standardView, ...own, folded: ['Loss'] };
    const loaded = (isOfThisPanel: boolean) =>
      reduce(emptyModel, { kind: 'runLoaded', state: { ...shown(1), saved: { view: { ...view }, isOfThisPanel } } })
        .view;
    assert.deepEqual(loaded(true), view);
    assert.deepEqual(loaded(false), { ...standardView, folded: ['Loss'] });
    assert.deepEqual(
      reduce(emptyModel, { kind: 'runLoaded', state: shown(1) }).view,
      standardView,
      'nothing is stored',
    );
  });

  it('restores the default view from anything else', () => {
    fc.assert(
      fc.property(fc.anything(), (saved) => {
        const view = restoreView({ view: saved });
        assert.ok(['auto', 'linear', 'log'].includes(view.lossAxis));
        assert.ok(Number.isSafeInteger(view.layer) && view.layer >= 0);
        assert.ok(Object.values(view.netLimits).every((limit) => limit >= 0));
        assert.ok(view.range === undefined || view.range[0] < view.range[1]);
      }),
    );
    assert.deepEqual(restoreView(undefined), standardView);
  });
});

describe('The axis of training time', () => {
  const model = (updates: number, state: RunStatus['state'], range?: readonly [number, number]) => {
    const first = reduce(emptyModel, { kind: 'runLoaded', state: shown(0) });
    const run = first.run;
    assert.ok(run !== undefined);
    return { ...first, run: { ...run, status: status(updates, state) }, view: { ...standardView, range } };
  };

  it('keeps its range between doublings while the run grows, and ends with the run', () => {
    assert.deepEqual(trainingAxis(model(65, 'running'), 500).domain, [0, 128]);
    assert.deepEqual(trainingAxis(model(127, 'running'), 500).domain, [0, 128]);
    assert.deepEqual(trainingAxis(model(900, 'running'), 500).domain, [0, 1000]);
    assert.deepEqual(trainingAxis(model(129, 'stopped'), 500).domain, [0, 129]);
  });

  it('finds for every pixel an update that is drawn there', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 5000 }),
        fc.integer({ min: 100, max: 2000 }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (updates, width, share) => {
          const axis = trainingAxis(model(updates, 'finished'), width);
          const update = updateAt(axis, share * axis.width);
          assert.ok(axis.scale(update) <= share * axis.width + 1e-6 || update === 0);
          assert.ok(axis.scale(update + 1) >= share * axis.width - 1e-6);
        },
      ),
    );
  });

  it('finds the visible updates, wherever a zoom starts and ends', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: 900, noNaN: true }),
        fc.double({ min: 1, max: 99, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (from, length, share) => {
          const axis = trainingAxis(model(1000, 'finished', [from, from + length]), 500);
          const update = updateAt(axis, share * axis.width);
          assert.ok(Number.isInteger(update), `update ${update}`);
          assert.ok(update + 1 >= axis.domain[0] && update <= axis.domain[1]);
        },
      ),
    );
  });
});

describe('Smoothing', () => {
  it('is the mean of the last updates, without later ones', () => {
    const dots = [8, 4, 6, 2, 10].map((y, x) => ({ x, y }));
    assert.deepEqual(
      smoothed(dots, 2, 1).map(({ y }) => y),
      [8, 6, 5, 4, 6],
    );
    assert.deepEqual(
      smoothed(dots, 4, 2).map(({ y }) => y),
      [8, 6, 5, 4, 6],
    );
  });

  it('continues after missing updates', () => {
    const dots = [8, 4, NaN, NaN, NaN, 2, 10].map((y, x) => ({ x, y }));
    assert.deepEqual(
      smoothed(dots, 2, 1).map(({ y }) => y),
      [8, 6, NaN, NaN, NaN, 2, 6],
    );
  });
});
