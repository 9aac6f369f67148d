import assert from 'node:assert/strict';
import { setImmediate as turn, setTimeout as sleep } from 'node:timers/promises';
import { LatestCheck } from '../../../src/editor/latestCheck';

/** A check that ends on command. */
function openCheck(): { readonly check: () => Promise<void>; readonly end: () => void; readonly begun: () => number } {
  let begun = 0;
  let end: () => void = () => undefined;
  return {
    check: () => {
      begun++;
      return new Promise((resolve) => {
        end = resolve;
      });
    },
    end: () => {
      end();
    },
    begun: () => begun,
  };
}

describe('The check of a text that is being edited', () => {
  it('runs once at a time; of the changes in the meantime only the last is checked', async () => {
    const checked: string[] = [];
    const first = openCheck();
    const latest = new LatestCheck(() => assert.fail('nothing is outdated yet'));
    latest.schedule(0, false, first.check);
    await sleep(5);
    for (const text of ['second', 'third', 'fourth']) {
      latest.schedule(0, false, () => {
        checked.push(text);
        return Promise.resolve();
      });
      await sleep(5);
    }
    assert.deepEqual([first.begun(), checked], [1, []]);
    first.end();
    await turn();
    assert.deepEqual(checked, ['fourth']);
  });

  it('is aborted if its text has changed and it takes too long, and the newest text is checked next', async () => {
    let now = 0;
    const first = openCheck();
    const checked: string[] = [];
    const latest = new LatestCheck(first.end, () => now);
    latest.schedule(0, true, first.check);
    await sleep(5);
    now = 60_000;
    latest.schedule(0, true, () => {
      checked.push('newest');
      return Promise.resolve();
    });
    await sleep(20);
    assert.deepEqual(checked, ['newest']);
  });

  it('waits in proportion to the duration of the last check', async () => {
    let now = 0;
    const first = openCheck();
    const latest = new LatestCheck(
      () => undefined,
      () => now,
    );
    latest.schedule(0, true, first.check);
    await sleep(5);
    // An hour, so that the next one cannot begin while this test runs.
    now = 3_600_000;
    first.end();
    await turn();
    latest.schedule(0, true, () => assert.fail('it has begun at once'));
    await sleep(20);
    latest.dispose();
  });
});
