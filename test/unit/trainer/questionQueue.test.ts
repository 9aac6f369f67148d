import assert from 'node:assert/strict';
import { QuestionQueue } from '../../../src/trainer/questionQueue';

describe('Questions about single updates', () => {
  const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

  /** A queue whose answers take until the next turn, and what was answered, in order. */
  const asked = () => {
    const queue = new QuestionQueue(nextTurn);
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
    assert.deepEqual(order, ['look 9', 'look 8', 'survey 3', 'detail 8']);
  });

  it('that fail do not hold up the others', async () => {
    const queue = new QuestionQueue(nextTurn);
    const failing = queue.ask('look', 1, () => Promise.reject(new Error('gone')));
    const other = queue.ask('look', 2, () => Promise.resolve('there'));
    await assert.rejects(failing, /gone/);
    assert.equal(await other, 'there');
  });
});
