import assert from 'node:assert/strict';
import { connectPage } from '../../../src/panel/pageChannel';
import type { Handlers } from '../../../src/protocol/channel';
import { panelRequests, type PanelHostContract } from '../../../src/protocol/panel';

interface Failure {
  readonly kind: string;
  readonly id: number;
  readonly message: string;
}

/** The host's end of a page's channel, with a list of its replies. */
function page(handlers: Partial<Handlers<PanelHostContract>>) {
  const answers: Failure[] = [];
  let receive: (message: unknown) => void = () => undefined;
  const webview = {
    postMessage: (message: unknown) => {
      answers.push(message as Failure);
      return Promise.resolve(true);
    },
    onDidReceiveMessage: (listener: (message: unknown) => void) => {
      receive = listener;
      return { dispose: () => undefined };
    },
  };
  const log = { warn: () => undefined, error: () => undefined };
  connectPage<PanelHostContract>('Panel', webview, log, panelRequests, handlers as Handlers<PanelHostContract>);
  let id = 0;
  const ask = (name: string, params: unknown): number => {
    receive({ kind: 'request', id: ++id, name, params });
    return id;
  };
  const settled = (): Promise<void> =>
    new Promise((resolve) => {
      setImmediate(resolve);
    });
  return { answers, ask, settled };
}

describe('The channel to a page', () => {
  it('reports an invalid request in a sentence', async () => {
    const { answers, ask, settled } = page({ setLearningRate: () => undefined, zoomedSeries: () => undefined });
    ask('setLearningRate', 'fast');
    ask('zoomedSeries', { from: 9, to: 3 });
    ask('zoomedSeries', { from: 9 });
    await settled();
    assert.deepEqual(
      answers.map(({ kind, message }) => [kind, message.split('\n')[0]]),
      [
        ['failure', 'Invalid request "setLearningRate". ✖ Invalid input: expected number, received string'],
        ['failure', 'Invalid request "zoomedSeries". ✖ from must be before to'],
        ['failure', 'Invalid request "zoomedSeries". ✖ Invalid input: expected number, received undefined'],
      ],
    );
    assert.match(answers[2]?.message ?? '', /at to$/);
  });

  it('refuses too many pending requests, and serves again once some are answered', async () => {
    const waiting: ((value: undefined) => void)[] = [];
    const { answers, ask, settled } = page({
      zoomedSeries: () =>
        new Promise((resolve) => {
          waiting.push(resolve);
        }),
    });
    for (let i = 0; i < 1000; i++) ask('zoomedSeries', { from: 0, to: 1 });
    await settled();
    assert.equal(waiting.length, 200);
    assert.equal(answers.length, 800);
    for (const { kind, message } of answers) {
      assert.equal(kind, 'failure');
      assert.equal(message, '200 requests are still pending: wait for a reply before sending more.');
    }
    for (const answer of waiting.splice(0, 3)) answer(undefined);
    await settled();
    for (let i = 0; i < 5; i++) ask('zoomedSeries', { from: 0, to: 1 });
    await settled();
    assert.equal(waiting.length, 200);
    assert.deepEqual(
      answers.slice(800).map(({ kind }) => kind),
      ['result', 'result', 'result', 'failure', 'failure'],
    );
  });
});
