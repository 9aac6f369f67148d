import assert from 'node:assert/strict';
import { Worker } from 'node:worker_threads';
import { Uri } from 'vscode';
import type { StartParams } from '../../src/protocol/trainer';
import { Session } from '../../src/session/session';
import type { StartTrainerWorker } from '../../src/session/trainerWorker';

/** A thread that runs `script` in place of the trainer. */
function threadOf(script: string): StartTrainerWorker {
  return () => {
    const worker = new Worker(script, { eval: true });
    worker.on('error', () => undefined);
    return {
      port: {
        post: (message) => {
          worker.postMessage(message);
        },
        listen: (listener) => {
          worker.on('message', listener);
          return () => worker.off('message', listener);
        },
      },
      onGone: (listener) => {
        worker.once('exit', (code) => {
          listener(`The trainer's thread ended by itself (exit code ${code}).`);
        });
      },
      terminate: () => void worker.terminate(),
    };
  };
}

const params = {} as StartParams;
const session = (): Session => new Session(Uri.parse('file:///nowhere.rnn.json'), undefined);

describe('A session whose trainer is deaf in a long update', () => {
  it('ends it when stop is asked for a second time', async () => {
    const facts = {
      layout: { parameters: [], layers: 1, steps: 1, hasCellState: false, saturating: [] },
      recordEvery: 1,
    };
    const deaf = `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ id, name }) => {
        if (name === 'start') parentPort.postMessage({ kind: 'result', id, value: { kind: 'started', facts: ${JSON.stringify(facts)} } });
      });`;
    const one = session();
    await one.start(threadOf(deaf), params);
    assert.equal(one.status.state, 'running');
    const first = one.stop().catch((error: unknown) => String(error));
    await one.stop();
    assert.equal(one.status.state, 'stopped');
    assert.match(one.status.message ?? '', /in the middle of an update/);
    await first;
    one.dispose();
  });
});

describe('A session whose trainer does not start', () => {
  it('has failed when the trainer answers with a failure', async () => {
    const one = session();
    const answers = `const { parentPort } = require('node:worker_threads');
      parentPort.on('message', ({ id }) => parentPort.postMessage({ kind: 'failure', id, message: 'No.' }));`;
    await assert.rejects(one.start(threadOf(answers), params), /No\./);
    assert.equal(one.status.state, 'failed');
    assert.equal(one.status.message, 'No.');
    one.dispose();
  });

  it('has failed when the thread is gone before it answers', async () => {
    const one = session();
    await assert.rejects(one.start(threadOf('process.exit(3)'), params), /exit code 3/);
    assert.equal(one.status.state, 'failed');
    assert.match(one.status.message ?? '', /exit code 3/);
    one.dispose();
  });
});
