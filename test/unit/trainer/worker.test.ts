import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { Channel } from '../../../src/protocol/channel';
import type { Ending, StartParams, TrainerContract, TrainerHostContract } from '../../../src/protocol/trainer';
import { nodeTrainers } from '../../../src/session/trainerWorker.node';
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

function start(keys: Readonly<Record<string, unknown>>, workers = 0): StartParams {
  return {
    experiment: exampleExperiment(keys),
    variant: undefined,
    files: new Map(),
    memoryLimit: 1e9,
    folder: undefined,
    source: undefined,
    earlier: undefined,
    workers,
    reproducible: false,
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

  it('shares a long update with a helper, which ends with it', async function () {
    if (process.platform !== 'linux') this.skip();
    const threads = (): number => readdirSync('/proc/self/task').length;
    const { worker, channel } = trainer();
    const alone = await channel.request('start', start({ training: { steps: 1, batch: 3 } }));
    assert.ok(alone.kind === 'started' && alone.facts.workers === 1);
    await worker.terminate();
    const before = threads();
    const { worker: sharing, channel: shared } = trainer();
    const long = { data: { task: 'adding', length: 50 }, model: { cell: 'lstm', hidden: 64 } };
    const reply = await shared.request('start', start({ ...long, training: { steps: 1e6, batch: 32 } }, 2));
    assert.ok(reply.kind === 'started');
    assert.deepEqual([reply.facts.shards, reply.facts.workers], [3, 2]);
    assert.ok(threads() >= before + 2, 'the trainer and its helper');
    // In the middle of whatever they do.
    await sharing.terminate();
    assert.equal(threads(), before);
  });

  it('leaves no thread, no handle and no listener, however often it is started and stopped', async function () {
    if (process.platform !== 'linux') this.skip();
    const startTrainer = nodeTrainers(resolve('dist/worker.cjs'));
    const held = () => ({
      threads: readdirSync('/proc/self/task').length,
      handles: process.getActiveResourcesInfo().filter((name) => name !== 'Immediate' && name !== 'Timeout').length,
      listeners: process.eventNames().reduce((sum, name) => sum + process.listenerCount(name), 0),
    });
    const once = async (): Promise<void> => {
      const worker = startTrainer();
      const channel = new Channel<TrainerHostContract, TrainerContract>(worker.port, {});
      const ended = new Promise<Ending>((done) => channel.on('ended', done));
      const gone = new Promise<void>((done) => worker.onGone(() => done()));
      await channel.request('start', start({ training: { steps: 1_000_000, batch: 3 } }));
      await channel.request('stop', undefined);
      assert.equal((await ended).kind, 'stopped');
      channel.close('It is over.');
      worker.terminate();
      await gone;
    };
    await once();
    // Node's own threads for files come one by one as they are asked for, and stay.
    await Promise.all(Array.from({ length: 64 }, () => readFile(resolve('dist/worker.cjs'))));
    const before = held();
    for (let n = 0; n < 20; n++) await once();
    const isMore = (): boolean => {
      const { threads, handles, listeners } = held();
      return threads > before.threads || handles > before.handles || listeners > before.listeners;
    };
    // What has ended is listed a moment longer; what leaks is there for good, and this does not end.
    while (isMore()) await setTimeout(10);
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
