import assert from 'node:assert/strict';
import { resolve } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Channel } from '../../../src/protocol/channel';
import type { Ending, StartParams, TrainerContract, TrainerHostContract } from '../../../src/protocol/trainer';
import { exampleExperiment } from './exampleTraining';

function trainer(): { readonly worker: Worker; readonly channel: Channel<TrainerHostContract, TrainerContract> } {
  const worker = new Worker(resolve('dist/worker.cjs'));
  const channel = new Channel<TrainerHostContract, TrainerContract>(
    {
      post: (message) => {
        worker.postMessage(message);
      },
      listen: (listener) => {
        worker.on('message', listener);
        return () => worker.off('message', listener);
      },
    },
    {},
  );
  return { worker, channel };
}

function start(keys: Readonly<Record<string, unknown>>): StartParams {
  return {
    experiment: exampleExperiment(keys),
    variant: undefined,
    files: new Map(),
    memoryLimit: 1e9,
    folder: undefined,
    source: undefined,
    earlier: undefined,
  };
}

describe('The trainer’s worker', () => {
  it('trains to the end and hands over every record', async () => {
    const { worker, channel } = trainer();
    let updates = 0;
    channel.on('records', ({ count }) => {
      updates += count;
    });
    const ended = new Promise<Ending>((done) => channel.on('ended', done));
    const reply = await channel.request('start', start({}));
    assert.ok(reply.kind === 'started');
    assert.equal(reply.facts.parameterCount, 4 * 4 * (2 + 4 + 2) + 4 + 1);
    assert.deepEqual(await ended, { kind: 'finished', updates: 12, reason: 'steps' });
    assert.equal(updates, 12);
    await worker.terminate();
  });

  it('answers while it trains at full speed', async () => {
    const { worker, channel } = trainer();
    await channel.request('start', start({ training: { steps: 1_000_000, batch: 3 } }));
    await channel.request('setLearningRate', 0.01);
    await channel.request('pause', undefined);
    await channel.request('step', undefined);
    await channel.request('resume', undefined);
    const ended = new Promise<Ending>((done) => channel.on('ended', done));
    await channel.request('stop', undefined);
    assert.equal((await ended).kind, 'stopped');
    await worker.terminate();
  });

  it('refuses more memory than it may have, names the estimate, and trains nothing', async () => {
    const { worker, channel } = trainer();
    const reply = await channel.request('start', start({ model: { cell: 'lstm', hidden: 1_000_000 } }));
    assert.ok(reply.kind === 'refused');
    assert.match(reply.refusals[0]?.message ?? '', /hidden: 1000000 needs about [\d,]+ MiB.*the limit is 954 MiB/);
    assert.deepEqual(reply.refusals[0]?.keyPath, ['model', 'hidden']);
    await assert.rejects(channel.request('pause', undefined), /No run has been started/);
    await worker.terminate();
  });
});
