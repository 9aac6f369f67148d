import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readManifest } from '../../../src/run/manifest';
import { readRateChanges, type RateChange } from '../../../src/run/rateChanges';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { Replay } from '../../../src/trainer/replay/replay';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import { Run } from '../../../src/trainer/training/run';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from './exampleTraining';

/** A rate at which the loss jumps up and down, so that the schedule has something to do. */
const keysWith = (training: object, plateau: object = { factor: 0.5, patience: 1 }) => ({
  optimizer: { kind: 'sgd', learningRate: 4, schedule: { plateau } },
  clip: { norm: 1 },
  training: { steps: 40, batch: 3, ...training },
});

/** Trains a run in a folder, or resumes it, until the end or a number of updates. */
async function train(folder: string, keys: ReturnType<typeof keysWith>, until?: number) {
  mkdirSync(folder, { recursive: true });
  const training = exampleTraining(keys);
  const storage = new FolderStorage(folder);
  const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, folder, 1));
  const manifest = readManifest((await storage.read('run.json', 1e6)) ?? new Uint8Array(0));
  if (manifest === undefined) await writer.begin();
  else assert.deepEqual(await writer.resume(manifest), []);
  const heard: RateChange[] = [];
  const run = new Run({
    training,
    writer,
    observer: {
      records: () => undefined,
      saveStatus: ({ message }) => assert.fail(message),
      rateReduced: (change) => heard.push(change),
    },
    yieldToMessages: () =>
      new Promise((resolve) => {
        setImmediate(resolve);
      }),
  });
  if (until === undefined) await run.train();
  else {
    const paused = run.pause();
    const ended = run.train();
    await paused;
    while (training.updates < until) await run.step();
    run.suspend();
    await ended;
  }
  const { changes } = readRateChanges(await storage.read('rate-changes.jsonl', 1e6));
  const { batches } = readRecords(readFileSync(join(folder, 'records.arrows')));
  const columns = {
    loss: batches.flatMap(({ loss }) => [...loss]),
    validation: batches.flatMap(({ validationLoss }) => [...validationLoss]),
    rate: batches.flatMap(({ learningRate }) => [...learningRate]),
  };
  return { changes, heard, columns, storage };
}

/** The rates by the definition, for a factor of 0.5, a patience of 1 and the threshold 1e-4 of the best loss. */
function expectedRates(metrics: readonly (number | undefined)[], start: number): readonly number[] {
  let [rate, best, bad] = [start, Infinity, 0];
  return metrics.map((metric) => {
    const before = rate;
    if (metric !== undefined) {
      if (metric < best * (1 - 1e-4)) [best, bad] = [metric, 0];
      else bad++;
      if (bad > 1) [rate, bad] = [rate / 2, 0];
    }
    return before;
  });
}

describe('A plateau schedule', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-plateau-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('follows the validation losses, and records every change', async () => {
    const { columns, changes, heard } = await train(folder, keysWith({ validateEvery: 2 }));
    const metrics = columns.validation.map((value) => (Number.isNaN(value) ? undefined : value));
    assert.deepEqual(columns.rate, expectedRates(metrics, 4));
    const changed = columns.rate.flatMap((learningRate, update) =>
      update > 0 && learningRate !== columns.rate[update - 1]
        ? [{ update, learningRate, cause: 'plateau' as const }]
        : [],
    );
    assert.ok(changed.length >= 2, `${changed.length} changes`);
    // The last validation may change a rate that no update uses.
    assert.deepEqual(
      changes.filter(({ update }) => update < 40),
      changed,
    );
    assert.deepEqual(heard, changes);
  });

  it('follows the training losses where nothing is validated', async () => {
    const { columns } = await train(folder, keysWith({ validateEvery: 0 }));
    assert.deepEqual(columns.rate, expectedRates(columns.loss, 4));
    assert.ok(new Set(columns.rate).size > 2);
  });

  it('follows the training losses of data without a held-out part', async () => {
    const sequences = [{ inputs: [[1], [0.5]], targets: [[1], [-1]] }];
    const keys = { ...keysWith({ validateEvery: 2, batch: undefined }), data: { sequences } };
    const { columns } = await train(folder, keys);
    assert.deepEqual(columns.rate, expectedRates(columns.loss, 4));
    assert.ok(new Set(columns.rate).size > 2);
  });

  it('is resumed bit for bit, also directly after a change of the rate', async () => {
    const keys = keysWith({ validateEvery: 2, checkpointEvery: 0 });
    const whole = await train(join(folder, 'whole'), keys);
    const { changes } = whole;
    for (const until of [7, changes[0]?.update ?? 0, (changes[1]?.update ?? 0) + 1]) {
      const parted = join(folder, `parted-${until}`);
      await train(parted, keys, until);
      const resumed = await train(parted, keys);
      assert.deepEqual(resumed.columns, whole.columns, `after ${until}`);
      assert.deepEqual(resumed.changes, whole.changes, `after ${until}`);
    }
  });

  it('is replayed with the recorded rates', async () => {
    const keys = keysWith({ validateEvery: 2, checkpointEvery: 0 });
    const { storage, changes, columns } = await train(folder, keys);
    const replay = new Replay(exampleTraining(keys), storage, changes);
    const first = changes[0]?.update ?? 0;
    for (const update of [first - 1, first, 39, 3]) {
      const { capture } = await replay.captureUpdate(update);
      assert.deepEqual(
        [Number(capture.metadata['learningRate']), Number(capture.metadata['loss'])],
        [columns.rate[update], columns.loss[update]],
        `update ${update}`,
      );
    }
  });
});
