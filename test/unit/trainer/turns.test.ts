import assert from 'node:assert/strict';
import { Turns } from '../../../src/trainer/headless/tools/turns';

describe('Turns', () => {
  const { signal } = new AbortController();

  it('runs no more operations at once than it may, in their order, and all of them', async () => {
    const turns = new Turns(2);
    let running = 0;
    const most: number[] = [];
    const begun: number[] = [];
    await Promise.all(
      Array.from({ length: 7 }, (_, index) =>
        turns.run(async () => {
          running += 1;
          begun.push(index);
          most.push(running);
          await new Promise(setImmediate);
          running -= 1;
        }, signal),
      ),
    );
    assert.equal(Math.max(...most), 2);
    assert.deepEqual(begun, [0, 1, 2, 3, 4, 5, 6]);
  });

  it('gives the turn on after a failure, and none to what was aborted', async () => {
    const turns = new Turns(1);
    const failing = turns.run(() => Promise.reject(new Error('failed')), signal);
    const aborting = new AbortController();
    const aborted = turns.run(() => Promise.resolve('aborted'), aborting.signal);
    const last = turns.run(() => Promise.resolve('last'), signal);
    aborting.abort(new Error('given up'));
    await assert.rejects(failing, /failed/);
    await assert.rejects(aborted, /given up/);
    assert.equal(await last, 'last');
    await assert.rejects(
      turns.run(() => Promise.resolve(), aborting.signal),
      /given up/,
    );
  });
});
