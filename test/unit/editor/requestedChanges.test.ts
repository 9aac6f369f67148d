import assert from 'node:assert/strict';
import { mock } from 'node:test';
import { RequestedChanges } from '../../../src/editor/requestedChanges';

const document = 'a.rnn.json';

/** A window that requests the content of the document some milliseconds after the last event, as VS Code does. */
function openWindow(wait: number): { readonly changes: RequestedChanges<string>; readonly requests: number[] } {
  const requests: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const changes = new RequestedChanges(
    () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        changes.requested(document);
        requests.push(Date.now());
      }, wait);
    },
    () => [document],
  );
  return { changes, requests };
}

describe('Changes of the lenses', () => {
  beforeEach(() => {
    mock.timers.enable({ apis: ['setTimeout', 'Date'] });
  });
  afterEach(() => {
    mock.timers.reset();
  });

  /** Changes the content every half second, for a number of seconds. */
  const changeFor = (changes: RequestedChanges<string>, seconds: number): void => {
    for (let half = 0; half < 2 * seconds; half++) {
      changes.change();
      mock.timers.tick(500);
    }
  };

  for (const wait of [250, 700, 3_000, 20_000]) {
    it(`are requested while they go on, by a window that waits ${wait} ms after an event`, () => {
      const { changes, requests } = openWindow(wait);
      changeFor(changes, 120);
      // Each request waits at most three times as long as the window: for events that were fired too early.
      const fewest = Math.floor(120_000 / (3 * Math.max(wait, 500) + 500));
      assert.ok(requests.length >= fewest, `${requests.length} requests, at least ${fewest} expected`);
      changes.dispose();
    });
  }

  it('are requested after the last one', () => {
    const { changes, requests } = openWindow(700);
    changeFor(changes, 3);
    const last = Date.now();
    changes.change();
    mock.timers.tick(10_000);
    assert.ok((requests.at(-1) ?? 0) > last);
    changes.dispose();
  });

  it('are fired again if the window drops the request, and end if it never asks', () => {
    let events = 0;
    const changes = new RequestedChanges(
      () => {
        events++;
      },
      () => [document],
    );
    changes.change();
    mock.timers.tick(1_000);
    assert.equal(events, 2);
    for (let second = 0; second < 1_000; second++) mock.timers.tick(1_000);
    assert.equal(events, 7);
    changes.change();
    assert.equal(events, 8);
    changes.dispose();
  });

  it('of a document that is no longer visible are not waited for', () => {
    let [visible, events] = [['a'], 0];
    const changes = new RequestedChanges(
      () => {
        events++;
      },
      () => visible,
    );
    changes.change();
    visible = ['b'];
    changes.change();
    assert.equal(events, 2);
    changes.dispose();
  });
});
