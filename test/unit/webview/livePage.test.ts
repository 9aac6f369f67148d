import assert from 'node:assert/strict';
import type { RunInfo, RunState } from '../../../src/protocol/run';
import type { Pace } from '../../../src/protocol/pace';
import { paceOfKey } from '../../../webview/notebook/header/paceControl';
import { FirstPicture } from '../../../webview/store/firstPicture';
import { emptyModel, type Model } from '../../../webview/store/model';

const modelOf = (state: RunState, pace: Pace | undefined, info = {} as RunInfo): Model => ({
  ...emptyModel,
  run: { info, status: { state, pace, updates: 0 } } as unknown as NonNullable<Model['run']>,
});

describe('The keys of the pace', () => {
  it('choose the next slower or faster pace of a run that trains', () => {
    assert.equal(paceOfKey('<', modelOf('running', 'max')), 100);
    assert.equal(paceOfKey('<', modelOf('paused', 100)), 10);
    assert.equal(paceOfKey('<', modelOf('running', 10)), 1);
    assert.equal(paceOfKey('>', modelOf('running', 1)), 10);
    assert.equal(paceOfKey('>', modelOf('running', 100)), 'max');
  });

  it('do nothing at the ends, for other keys, and where no run trains', () => {
    assert.equal(paceOfKey('<', modelOf('running', 1)), undefined);
    assert.equal(paceOfKey('>', modelOf('running', 'max')), undefined);
    assert.equal(paceOfKey('-', modelOf('running', 10)), undefined);
    assert.equal(paceOfKey('<', modelOf('finished', 10)), undefined);
    assert.equal(paceOfKey('<', modelOf('finished', undefined)), undefined);
    assert.equal(paceOfKey('<', emptyModel), undefined);
  });
});

describe('The first picture', () => {
  it('is reported once for each run, in the frame after it was drawn', () => {
    const frames: (() => void)[] = [];
    const before = globalThis.requestAnimationFrame;
    globalThis.requestAnimationFrame = (frame) => frames.push(frame as () => void);
    try {
      let draw: (model: Model) => void = () => undefined;
      let reports = 0;
      const store = {
        subscribe: (listener: (model: Model) => void) => {
          draw = listener;
        },
      };
      new FirstPicture(store, () => reports++);
      draw(emptyModel);
      assert.equal(frames.length, 0);
      const first = modelOf('running', 'max');
      draw(first);
      assert.equal(reports, 0);
      draw({ ...first });
      for (const frame of frames.splice(0)) frame();
      assert.equal(reports, 1);
      draw(modelOf('running', 'max'));
      for (const frame of frames.splice(0)) frame();
      assert.equal(reports, 2);
    } finally {
      globalThis.requestAnimationFrame = before;
    }
  });
});
