import assert from 'node:assert/strict';
import { emptyModel, type Model, type ShownRun } from '../../../webview/store/model';
import { reduce, type Action } from '../../../webview/store/reducer';
import { RunPlayback, type FrameClock } from '../../../webview/store/runPlayback';

/** A clock whose time the test sets; each tick calls what waits for the next frame. */
class ManualClock implements FrameClock {
  time = 0;
  #waiting: (() => void) | undefined;

  now(): number {
    return this.time;
  }

  next(call: () => void): () => void {
    this.#waiting = call;
    return () => {
      this.#waiting = undefined;
    };
  }

  tick(seconds: number): void {
    this.time += seconds * 1000;
    const call = this.#waiting;
    this.#waiting = undefined;
    call?.();
  }

  get isIdle(): boolean {
    return this.#waiting === undefined;
  }
}

function playbackOf(updates: number) {
  const run = { status: { updates, state: 'finished' }, info: {}, version: 1 } as unknown as ShownRun;
  const store = {
    model: { ...emptyModel, isReady: true, run } as Model,
    dispatch(action: Action) {
      store.model = reduce(store.model, action);
    },
    redraw: () => undefined,
  };
  const clock = new ManualClock();
  return { store, clock, playback: new RunPlayback(store, clock) };
}

const select = (update: number, t?: number) => ({ kind: 'viewChanged', view: { selection: { update, t } } }) as const;

describe('Playing a recorded run', () => {
  it('moves the selection from the first update to the last in 20 seconds, and stops there', () => {
    const { store, clock, playback } = playbackOf(1000);
    playback.start();
    assert.deepEqual(store.model.view.selection, { update: 0, t: undefined });
    clock.tick(5);
    assert.equal(store.model.view.selection?.update, 250);
    clock.tick(5);
    assert.equal(store.model.view.selection?.update, 500);
    clock.tick(60);
    assert.equal(store.model.view.selection?.update, 999);
    assert.deepEqual([playback.isPlaying, clock.isIdle], [false, true]);
  });

  it('starts at the selected update and keeps the selected step', () => {
    const { store, clock, playback } = playbackOf(1000);
    store.dispatch(select(400, 3));
    playback.start();
    clock.tick(2);
    assert.deepEqual(store.model.view.selection, { update: 500, t: 3 });
  });

  it('goes on from where it is at another speed', () => {
    const { store, clock, playback } = playbackOf(1000);
    playback.start();
    clock.tick(2);
    playback.changeSpeed();
    assert.equal(playback.speed, 2);
    assert.equal(store.model.view.selection?.update, 100);
    clock.tick(2);
    assert.equal(store.model.view.selection?.update, 300);
  });

  it('stops where something else is selected', () => {
    const { store, clock, playback } = playbackOf(1000);
    playback.start();
    clock.tick(2);
    store.dispatch(select(7));
    clock.tick(2);
    assert.equal(store.model.view.selection?.update, 7);
    assert.deepEqual([playback.isPlaying, clock.isIdle], [false, true]);
  });

  it('has nothing to play in a run of one update', () => {
    const { store, playback } = playbackOf(1);
    playback.start();
    assert.deepEqual([playback.isPlaying, store.model.view.selection], [false, undefined]);
  });
});
