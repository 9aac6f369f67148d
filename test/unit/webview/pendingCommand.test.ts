import assert from 'node:assert/strict';
import type { PanelState } from '../../../src/protocol/panel';
import type { RunInfo, RunStatus } from '../../../src/protocol/run';
import { DisplaySeries } from '../../../src/run/series/displaySeries';
import { emptyModel, type Model } from '../../../webview/store/model';
import { pendingCommandOf } from '../../../webview/store/pendingCommand';
import { reduce } from '../../../webview/store/reducer';
import { exampleLayout } from '../run/exampleRecords';

const status = (updates: number, more: Partial<RunStatus> = {}): RunStatus => ({
  ...{ state: 'running', updates, updatesPerSecond: undefined, secondsLeft: undefined, learningRate: undefined },
  ...{ loss: undefined, validationLoss: undefined, seconds: 0, findings: [], queuePosition: undefined },
  ...{ nonFinite: undefined, clipped: 0, lastClip: undefined, saved: 'whole', message: undefined },
  ...more,
});

const info = { layout: exampleLayout, recordEvery: 1, plannedUpdates: 1000, folder: '/run' } as unknown as RunInfo;
const shown = (now: RunStatus): PanelState => ({
  ...{ uri: 'file:///a.rnn.json', folder: undefined, title: 'a', startTime: '', fileName: 'a.rnn.json', entries: [] },
  ...{ selected: undefined, message: undefined },
  run: { info, status: now, series: new DisplaySeries(exampleLayout, 1).whole() },
});

const running = reduce(emptyModel, { kind: 'runLoaded', state: shown(status(5)) });
const told = (model: Model, now: RunStatus): Model =>
  reduce(model, { kind: 'statusChanged', status: now, entries: [] });

describe('A pressed button', () => {
  it('shows its command at once, and until the run has paused', () => {
    const pressed = reduce(running, { kind: 'commandSent', command: 'pause' });
    assert.equal(pendingCommandOf(pressed), 'pause');
    // This status was sent before the host received the command.
    const late = told(pressed, status(9));
    assert.equal(pendingCommandOf(late), 'pause');
    const answered = told(late, status(9, { pending: 'pause' }));
    assert.equal(pendingCommandOf(answered), 'pause');
    assert.equal(pendingCommandOf(told(answered, status(10, { state: 'paused' }))), undefined);
  });

  it('shows a step until its update is there', () => {
    const paused = told(running, status(5, { state: 'paused' }));
    const pressed = reduce(paused, { kind: 'commandSent', command: 'step' });
    assert.equal(pendingCommandOf(told(pressed, status(5, { state: 'paused' }))), 'step');
    assert.equal(pendingCommandOf(told(pressed, status(6, { state: 'paused' }))), undefined);
  });

  it('shows a stop until the run is over, also when the run finishes by itself', () => {
    const pressed = reduce(running, { kind: 'commandSent', command: 'stop' });
    assert.equal(pendingCommandOf(told(pressed, status(700))), 'stop');
    for (const state of ['stopped', 'finished'] as const) {
      assert.equal(pendingCommandOf(told(pressed, status(1000, { state }))), undefined);
    }
  });

  it('shows nothing for another run, for a run that is over, and after a failure', () => {
    const pressed = reduce(running, { kind: 'commandSent', command: 'stop' });
    const other = reduce(pressed, { kind: 'runLoaded', state: { ...shown(status(0)), selected: 'variant' } });
    assert.equal(pendingCommandOf(other), undefined);
    assert.equal(pendingCommandOf(reduce(pressed, { kind: 'commandFailed' })), undefined);
    const over = told(running, status(1000, { state: 'finished' }));
    assert.equal(pendingCommandOf(reduce(over, { kind: 'commandSent', command: 'pause' })), undefined);
    assert.equal(pendingCommandOf(reduce(running, { kind: 'commandSent', command: 'train' })), undefined);
  });
});
