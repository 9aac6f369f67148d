// `node dist/test/bench/commandDelay.bench.mjs [times]`: the time from a Stop of the host to its effect in the trainer,
// on a machine whose cores are all busy, by the request alone and with the signal beside it, in turn.
import { fork } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { exampleExperiment, exampleStart } from '../unit/trainer/exampleTraining';
import { trainerChannel } from '../../scripts/trainerChannel';
import type { Ending } from '../../src/protocol/trainer';
import { forkTrainers } from '../../src/session/trainers/trainerProcess.node';

/** Processes that compute for each core. */
const processesPerCore = 2;
/** Milliseconds of training before the command. */
const before = 1500;

const startTrainer = forkTrainers(resolve('dist/trainer.cjs'));

const params = exampleStart(
  exampleExperiment({
    data: { task: 'adding', length: 50 },
    model: { cell: 'lstm', hidden: 32 },
    training: { steps: 100_000_000, batch: 16 },
  }),
  1,
);

/** Milliseconds and updates from the command to the end of the training. */
async function stop(isSignaled: boolean): Promise<{ readonly milliseconds: number; readonly updates: number }> {
  const worker = startTrainer();
  const channel = trainerChannel(worker.port);
  let seen = 0;
  channel.on('records', ({ count }) => {
    seen += count;
  });
  await channel.request('start', params);
  await sleep(before);
  const ended = new Promise<Ending>((done) => channel.on('ended', done));
  const seenBefore = seen;
  const from = performance.now();
  if (isSignaled) worker.signal({ kind: 'stop' });
  void channel.request('stop', undefined).catch(() => undefined);
  const { updates } = await ended;
  const milliseconds = performance.now() - from;
  channel.close('It is over.');
  worker.terminate();
  return { milliseconds, updates: updates - seenBefore };
}

function formatMedian(values: readonly number[]): string {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): string => (sorted[Math.floor(share * (sorted.length - 1))] ?? NaN).toFixed(1);
  return `median ${at(0.5)}, 90 % within ${at(0.9)}, longest ${at(1)}`;
}

if (process.argv[2] === 'busy') for (;;);
const times = Number(process.argv[2] ?? 20);
const script = process.argv[1] ?? '';
const busy = Array.from({ length: processesPerCore * availableParallelism() }, () => fork(script, ['busy']));
try {
  const measured = { request: [] as number[], signal: [] as number[] };
  const updates = { request: [] as number[], signal: [] as number[] };
  for (let n = 0; n < 2 * times; n++) {
    const kind = n % 2 === 0 ? 'request' : 'signal';
    const result = await stop(kind === 'signal');
    measured[kind].push(result.milliseconds);
    updates[kind].push(result.updates);
  }
  for (const kind of ['request', 'signal'] as const) {
    console.log(
      `${kind}: ms ${formatMedian(measured[kind])}; updates since the last that the host had seen ${formatMedian(updates[kind])}`,
    );
  }
} finally {
  for (const process of busy) process.kill('SIGKILL');
}
