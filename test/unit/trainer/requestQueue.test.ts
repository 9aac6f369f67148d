import assert from 'node:assert/strict';
import { RequestQueue } from '../../../src/trainer/replay/requestQueue';

describe('Questions about single updates', () => {
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** A queue whose answers take until the next turn, and what was answered, in order. */
  const asked = () => {
    const queue = new RequestQueue(nextTurn);
    const order: string[] = [];
    return {
      order,
      ask: (purpose: 'look' | 'detail' | 'survey', update: number) =>
        queue.ask(purpose, update, async () => {
          await nextTurn();
          order.push(`${purpose} ${update}`);
          return update;
        }),
    };
  };

  it('are answered one after the other', async () => {
    const { ask, order } = asked();
    await Promise.all([ask('look', 9), ask('detail', 9), ask('detail', 9), ask('survey', 3)]);
    assert.deepEqual(order, ['look 9', 'detail 9', 'detail 9', 'survey 3']);
  });

  it('do not keep who leafs on waiting: what was asked about the update left behind falls, a survey goes on', async () => {
    const { ask, order } = asked();
    const first = ask('look', 9);
    const running = ask('detail', 9);
    await first;
    const behind = [ask('detail', 9), ask('detail', 9)].map((question) =>
      assert.rejects(question, /Update 8 is looked/),
    );
    const survey = ask('survey', 3);
    const second = ask('look', 8);
    const detail = ask('detail', 8);
    assert.deepEqual(await Promise.all([running.catch(() => 'fallen'), survey, second, detail]), ['fallen', 3, 8, 8]);
    await Promise.all(behind);
    assert.deepEqual(order, ['look 9', 'look 8', 'detail 8', 'survey 3'], 'a survey comes last');
  });

  it('are broken off for what is more urgent, and begun anew where they are still wanted', async () => {
    const queue = new RequestQueue(nextTurn);
    const done: string[] = [];
    /** Rests ten times on its way. */
    const long = (purpose: 'detail' | 'survey', update: number): Promise<string> =>
      queue.ask(purpose, update, async (pause) => {
        const name = `${purpose} ${update}`;
        done.push(`${name} begins`);
        for (let rest = 0; rest < 10; rest++) await pause();
        done.push(`${name} ends`);
        return name;
      });
    const look = (update: number): Promise<unknown> =>
      queue.ask('look', update, () => {
        done.push(`look ${update}`);
        return Promise.resolve();
      });
    const begun = async (what: string): Promise<void> => {
      while (!done.includes(`${what} begins`)) await nextTurn();
    };
    await look(9);
    const behind = long('detail', 9);
    await begun('detail 9');
    const survey = long('survey', 3);
    await Promise.all([look(8), assert.rejects(behind, /Update 8 is looked at/)]);
    await begun('survey 3');
    const detail = long('detail', 8);
    await begun('detail 8');
    const again = look(8);
    assert.deepEqual(await Promise.all([survey, detail, again]), ['survey 3', 'detail 8', undefined]);
    assert.deepEqual(done.slice(0, 3), ['look 9', 'detail 9 begins', 'look 8'], 'who leafs on does not wait');
    assert.deepEqual(
      done.filter((what) => what.endsWith('ends')),
      ['detail 8 ends', 'survey 3 ends'],
    );
    assert.ok(done.indexOf('look 8') < done.indexOf('detail 8 ends'));
  });

  it('that fail do not hold up the others', async () => {
    const queue = new RequestQueue(nextTurn);
    const failing = queue.ask('look', 1, () => Promise.reject(new Error('gone')));
    const other = queue.ask('look', 2, () => Promise.resolve('there'));
    await assert.rejects(failing, /gone/);
    assert.equal(await other, 'there');
  });
});
