import assert from 'node:assert/strict';
import { RequestQueue } from '../../../src/trainer/replay/requestQueue';

describe('Requests about single updates', () => {
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** A queue whose answers take until the next turn of the event loop, and the answered requests in order. */
  const asked = () => {
    const queue = new RequestQueue(nextTurn);
    const order: string[] = [];
    return {
      order,
      ask: (priority: 'selection' | 'detail' | 'background', update: number) =>
        queue.add(priority, update, async () => {
          await nextTurn();
          order.push(`${priority} ${update}`);
          return update;
        }),
    };
  };

  it('are answered one after the other', async () => {
    const { ask, order } = asked();
    await Promise.all([ask('selection', 9), ask('detail', 9), ask('detail', 9), ask('background', 3)]);
    assert.deepEqual(order, ['selection 9', 'detail 9', 'detail 9', 'background 3']);
  });

  it('do not delay the next selection: details of the previous update are rejected, background requests continue', async () => {
    const { ask, order } = asked();
    const first = ask('selection', 9);
    const running = ask('detail', 9);
    await first;
    const behind = [ask('detail', 9), ask('detail', 9)].map((question) =>
      assert.rejects(question, /Update 8 is selected/),
    );
    const background = ask('background', 3);
    const second = ask('selection', 8);
    const detail = ask('detail', 8);
    assert.deepEqual(await Promise.all([running.catch(() => 'rejected'), background, second, detail]), [
      'rejected',
      3,
      8,
      8,
    ]);
    await Promise.all(behind);
    assert.deepEqual(
      order,
      ['selection 9', 'selection 8', 'detail 8', 'background 3'],
      'a background request comes last',
    );
  });

  it('are interrupted for a higher priority, and start again if they are still needed', async () => {
    const queue = new RequestQueue(nextTurn);
    const done: string[] = [];
    /** Pauses ten times. */
    const long = (priority: 'detail' | 'background', update: number): Promise<string> =>
      queue.add(priority, update, async (pause) => {
        const name = `${priority} ${update}`;
        done.push(`${name} begins`);
        for (let rest = 0; rest < 10; rest++) await pause();
        done.push(`${name} ends`);
        return name;
      });
    const inspect = (update: number): Promise<unknown> =>
      queue.add('selection', update, () => {
        done.push(`selection ${update}`);
        return Promise.resolve();
      });
    const begun = async (what: string): Promise<void> => {
      while (!done.includes(`${what} begins`)) await nextTurn();
    };
    await inspect(9);
    const behind = long('detail', 9);
    await begun('detail 9');
    const background = long('background', 3);
    await Promise.all([inspect(8), assert.rejects(behind, /Update 8 is selected/)]);
    await begun('background 3');
    const detail = long('detail', 8);
    await begun('detail 8');
    const again = inspect(8);
    assert.deepEqual(await Promise.all([background, detail, again]), ['background 3', 'detail 8', undefined]);
    assert.deepEqual(done.slice(0, 3), ['selection 9', 'detail 9 begins', 'selection 8'], 'who leafs on does not wait');
    assert.deepEqual(
      done.filter((what) => what.endsWith('ends')),
      ['detail 8 ends', 'background 3 ends'],
    );
    assert.ok(done.indexOf('selection 8') < done.indexOf('detail 8 ends'));
  });

  it('that fail do not block the others', async () => {
    const queue = new RequestQueue(nextTurn);
    const failing = queue.add('selection', 1, () => Promise.reject(new Error('gone')));
    const other = queue.add('selection', 2, () => Promise.resolve('there'));
    await assert.rejects(failing, /gone/);
    assert.equal(await other, 'there');
  });
});
