// `node dist/test/bench/startStop.bench.mjs [times]`: starts and stops a run in the trainer's own thread repeatedly,
// and, as controls, that thread without a run and threads with an empty script; each in its own process, with
// malloc's default arenas and with two of them. Prints heap, resident memory, handles and threads every so often.
import { exampleStart } from '../unit/trainer/exampleTraining';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { parseExperiment } from '../../src/experiment/parse';
import { trainerChannel } from '../../scripts/trainerChannel';
import type { StartParams } from '../../src/protocol/trainer';
import { forkTrainers } from '../../src/session/trainers/trainerProcess.node';

const printed = 10;

/** The kind of thread that is started and stopped. */
const subjects: Readonly<Record<string, () => Promise<void>>> = {
  'a run in the trainer’s thread': startAndStop,
  'the trainer’s thread without a run': async () => {
    const worker = startTrainer();
    const channel = trainerChannel(worker.port);
    // Answered, with a refusal, once its script has been loaded.
    await channel.request('pause', undefined).catch(() => undefined);
    const gone = new Promise<void>((done) => {
      worker.onExit(() => {
        done();
      });
    });
    worker.terminate();
    await gone;
  },
  'a thread with an empty script': async () => {
    await once(new Worker('', { eval: true }), 'exit');
  },
};

const startTrainer = forkTrainers(resolve('dist/trainer.cjs'));

function paramsOf(): StartParams {
  const parsed = parseExperiment(
    '{ "data": { "task": "adding", "length": 20 }, "model": { "cell": "lstm" }, "training": { "steps": 1000000 } }',
  );
  const resolved = parsed.kind === 'experiment' ? parsed.file.resolve() : undefined;
  if (resolved?.kind !== 'resolved') throw new Error('The experiment of this measurement is refused.');
  return exampleStart(resolved.experiment, 1);
}

async function startAndStop(): Promise<void> {
  const worker = startTrainer();
  const channel = trainerChannel(worker.port);
  const ended = new Promise<void>((done) => {
    channel.on('ended', () => {
      done();
    });
  });
  const gone = new Promise<void>((done) => {
    worker.onExit(() => {
      done();
    });
  });
  const reply = await channel.request('start', paramsOf());
  if (reply.kind !== 'started') throw new Error('The run was refused.');
  await channel.request('stop', undefined);
  await ended;
  channel.close('It is over.');
  worker.terminate();
  await gone;
}

async function measure(subject: string, times: number): Promise<void> {
  const startStop = subjects[subject];
  for (let n = 0; n <= times; n++) {
    if (n % Math.max(1, Math.floor(times / printed)) === 0) {
      await turn();
      globalThis.gc?.();
      const { heapUsed, rss } = process.memoryUsage();
      const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').length : NaN;
      const inMiB = (bytes: number): string => (bytes / 1024 ** 2).toFixed(1).padStart(6);
      console.log(
        `  after ${String(n).padStart(5)}: heap ${inMiB(heapUsed)} MiB, resident ${inMiB(rss)} MiB, ` +
          `${process.getActiveResourcesInfo().length} handles, ${threads} threads`,
      );
    }
    await startStop();
  }
}

const [first = '1000', times = ''] = process.argv.slice(2);
if (first in subjects) {
  await measure(first, Number(times));
} else {
  for (const arenas of [undefined, '2']) {
    for (const subject of Object.keys(subjects)) {
      console.log(`${subject}, ${first} times${arenas === undefined ? '' : `, MALLOC_ARENA_MAX=${arenas}`}`);
      const env = { ...process.env, ...(arenas === undefined ? {} : { MALLOC_ARENA_MAX: arenas }) };
      const child = fork(resolve(process.argv[1]), [subject, first], { env, execArgv: ['--expose-gc'] });
      await once(child, 'exit');
    }
  }
}
