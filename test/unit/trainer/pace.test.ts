import assert from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import type { Pace } from '../../../src/protocol/pace';
import { Run } from '../../../src/trainer/training/run';
import type { RecordBatch } from '../../../src/run/records/recordBatch';
import { Training } from '../../../src/trainer/training/training';
import { exampleTraining } from './exampleTraining';

const keys = { training: { steps: 16, batch: 3, validateEvery: 5 } };

/** A run whose clock is set by the test. */
function clockedRun(begin: 'now' | 'held' | 'paused' = 'now') {
  let now = 100;
  const training = new Training(exampleTraining(keys).setup, () => now);
  const batches: RecordBatch[] = [];
  const run = new Run({
    training,
    writer: undefined,
    observer: { records: (batch) => batches.push(batch), saveStatus: () => undefined },
    yieldToMessages: () => turn(),
    begin,
  });
  return {
    run,
    training,
    batches,
    /** Moves the clock; the run looks at it again when a message arrives. */
    pass: (seconds: number): void => {
      now += seconds;
    },
  };
}

/** Everything that a run records, without the time it took, and the parameters at its end. */
async function resultsAt(change: (run: Run, updates: number) => void): Promise<unknown> {
  const training = exampleTraining(keys);
  const batches: RecordBatch[] = [];
  const run: Run = new Run({
    training,
    writer: undefined,
    observer: { records: (batch) => batches.push(batch), saveStatus: () => undefined },
    yieldToMessages: () => turn(),
    capturing: (update) => {
      change(run, update);
      return false;
    },
  });
  await run.train();
  const columns = ['update', 'loss', 'gradNorm', 'clippedNorm', 'validationLoss', 'learningRate', 'dh'] as const;
  return [
    columns.map((name) => batches.flatMap((batch) => [...batch[name]])),
    structuredClone(training.setup.learner.snapshot()),
  ];
}

describe('The pace of a run', () => {
  it('never changes a number, also when it is changed while the run trains', async () => {
    const changes = new Map<number, Pace>([
      [0, 100],
      [6, 10],
      [8, 1],
      [9, 100],
      [12, 'max'],
    ]);
    const paced = await resultsAt((run, update) => {
      const pace = changes.get(update);
      if (pace !== undefined) run.setPace(pace);
    });
    assert.deepEqual(paced, await resultsAt(() => undefined));
  });

  it('lets no update start before its time', async () => {
    const { run, training, pass } = clockedRun();
    run.setPace(1);
    const ended = run.train();
    await turn();
    assert.equal(training.updates, 1);
    pass(0.75);
    run.setPace(1);
    await turn();
    assert.equal(training.updates, 1);
    pass(0.25);
    // A tenth of a second has not passed since the change.
    run.setPace(10);
    await turn();
    assert.equal(training.updates, 2);
    run.stop();
    await ended;
  });

  it('does not delay a single step, a pause or a stop', async () => {
    const { run, training } = clockedRun();
    run.setPace(1);
    const ended = run.train();
    await turn();
    const first = training.updates;
    await run.step();
    await run.step();
    assert.equal(training.updates, first + 2);
    run.resume();
    await turn();
    await run.pause();
    const { updates } = training;
    run.resume();
    run.stop();
    assert.deepEqual(await ended, { kind: 'stopped', updates });
  });
});

describe('The start of a run', () => {
  it('held, comes before the first update until it is released', async () => {
    const { run, training, batches } = clockedRun('held');
    const ended = run.train();
    for (let n = 0; n < 5; n++) await turn();
    assert.equal(training.updates, 0);
    assert.equal(batches.length, 0);
    run.release();
    assert.equal((await ended).kind, 'finished');
  });

  it('held, comes by itself after a second', async () => {
    const { run, pass } = clockedRun('held');
    pass(1);
    assert.equal((await run.train()).kind, 'finished');
  });

  it('paused, is at update 0, and the run takes single steps and resumes', async () => {
    const { run, training } = clockedRun('paused');
    const ended = run.train();
    await turn();
    assert.equal(training.updates, 0);
    await run.step();
    assert.equal(training.updates, 1);
    run.resume();
    assert.equal((await ended).kind, 'finished');
  });
});
