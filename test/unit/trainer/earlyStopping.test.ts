import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isResumable } from '../../../src/protocol/run';
import { readManifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { Replay } from '../../../src/trainer/replay/replay';
import { restoreCheckpoint, updatesOfBest } from '../../../src/trainer/storage/checkpoint';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import { Run } from '../../../src/trainer/training/run';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { exampleTraining } from './exampleTraining';

/** A learning rate at which the validation loss soon stops falling. */
const keysWith = (training: object) => ({
  optimizer: { kind: 'sgd', learningRate: 0.5 },
  clip: { norm: 1 },
  training: { steps: 200, batch: 3, validateEvery: 2, checkpointEvery: 0, ...training },
});
type Keys = ReturnType<typeof keysWith>;

/** Trains a run in a folder, or resumes it, until its end or a number of updates. */
async function train(folder: string, keys: Keys, until?: number) {
  mkdirSync(folder, { recursive: true });
  const training = exampleTraining(keys);
  const storage = new FolderStorage(folder);
  const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, folder, 1));
  const before = readManifest((await storage.read('run.json', 1e6)) ?? new Uint8Array(0));
  if (before === undefined) await writer.begin();
  else assert.deepEqual(await writer.resume(before), []);
  const begun = training.updates;
  const run = new Run({
    training,
    writer,
    observer: { records: () => undefined, saveStatus: ({ message }) => assert.fail(message) },
    yieldToMessages: () =>
      new Promise((resolve) => {
        setImmediate(resolve);
      }),
  });
  const isPaused = until === undefined ? undefined : run.pause();
  const ended = run.train();
  await isPaused;
  if (until !== undefined) {
    while (training.updates < until) await run.step();
    run.suspend();
  }
  const ending = await ended;
  const { batches } = readRecords(readFileSync(join(folder, 'records.arrows')));
  const loss = batches.flatMap((batch) => [...batch.loss]);
  const validation = batches.flatMap(({ validationLoss }) => [...validationLoss]);
  const manifest = readManifest(readFileSync(join(folder, 'run.json')));
  assert.ok(manifest !== undefined);
  return { begun, ending, loss, validation, manifest, storage };
}

/** The lowest of the validation losses, and the updates made before it was measured. */
function lowest(validation: readonly number[]): { readonly updates: number; readonly loss: number } {
  const loss = Math.min(...validation.filter((value) => !Number.isNaN(value)));
  return { updates: validation.indexOf(loss) + 1, loss };
}

describe('Early stopping', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-patience-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  it('ends the run after `patience` validations without a lower validation loss, and says why', async () => {
    const { ending, validation, manifest } = await train(folder, keysWith({ patience: 3 }));
    const { updates } = lowest(validation);
    assert.ok(ending.kind === 'finished' && ending.updates < 200);
    assert.equal(ending.reason, 'patience');
    assert.equal(ending.updates, updates + 2 * 3);
    const said = new RegExp(
      `^Stopped early: no lower validation loss in 3 validations\\. It was lowest after ${updates} updates: [\\d.]+\\. That state is kept\\.$`,
    );
    assert.match(ending.message ?? '', said);
    assert.deepEqual([manifest.state, manifest.reason, manifest.message], ['finished', 'patience', ending.message]);
  });

  it('trains all updates without the key, and keeps the state of the lowest validation loss all the same', async () => {
    const keys = keysWith({ steps: 30 });
    const { ending, validation, storage } = await train(folder, keys);
    assert.deepEqual(ending, { kind: 'finished', updates: 30, reason: 'steps' });
    const { updates } = lowest(validation);
    assert.equal(await updatesOfBest(storage), updates);

    const kept = exampleTraining(keys);
    restoreCheckpoint(kept, readFileSync(join(folder, 'checkpoints', 'best.safetensors')), updates);
    const again = exampleTraining(keys);
    while (again.updates < updates) again.advance();
    for (const [name, { values }] of again.setup.learner.parameters) {
      assert.deepEqual(kept.setup.learner.parameters.get(name)?.values, values, name);
    }
  });

  it('keeps no such state where nothing is validated', async () => {
    const { storage } = await train(folder, keysWith({ steps: 10, validateEvery: 0 }));
    assert.equal(await updatesOfBest(storage), undefined);
    assert.ok(!existsSync(join(folder, 'checkpoints', 'best.safetensors')));
  });

  it('counts on bit for bit in a resumed run', async () => {
    const keys = keysWith({ patience: 3 });
    const whole = await train(join(folder, 'whole'), keys);
    for (const until of [3, whole.loss.length - 1]) {
      const parted = join(folder, `parted-${until}`);
      await train(parted, keys, until);
      const resumed = await train(parted, keys);
      assert.deepEqual([resumed.ending, resumed.loss], [whole.ending, whole.loss], `after ${until}`);
    }
  });

  it('resumes a killed run from the state of the lowest validation loss where that is the newest', async () => {
    const keys = keysWith({ patience: 3 });
    const whole = await train(join(folder, 'whole'), keys);
    const { updates } = lowest(whole.validation);
    const killed = join(folder, 'killed');
    await train(killed, keys, updates + 1);
    // A killed process writes no checkpoint at its end.
    rmSync(join(killed, 'checkpoints', `update-${updates + 1}.safetensors`));
    const resumed = await train(killed, keys);
    assert.equal(resumed.begun, updates);
    assert.deepEqual([resumed.ending, resumed.loss], [whole.ending, whole.loss]);
    assert.ok(existsSync(join(killed, 'checkpoints', `update-${updates}.safetensors`)));
  });

  it('resumes from that state where the checkpoint of the same update is damaged', async () => {
    const keys = keysWith({ patience: 3, checkpointEvery: 2 });
    const whole = await train(join(folder, 'whole'), keys);
    const { updates } = lowest(whole.validation);
    const damaged = join(folder, 'damaged');
    await train(damaged, keys, updates);
    truncateSync(join(damaged, 'checkpoints', `update-${updates}.safetensors`), 100);
    const training = exampleTraining(keys);
    const storage = new FolderStorage(damaged);
    const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, damaged, 1));
    const manifest = readManifest(readFileSync(join(damaged, 'run.json')));
    assert.ok(manifest !== undefined);
    const [said] = await writer.resume(manifest);
    assert.match(
      said ?? '',
      new RegExp(`update-${updates}\\.safetensors can't be used.*continues from update ${updates}`),
    );
    assert.equal(training.updates, updates);
    restoreCheckpoint(
      exampleTraining(keys),
      readFileSync(join(damaged, 'checkpoints', `update-${updates}.safetensors`)),
      updates,
    );
  });

  it('can be resumed, which grants the same patience again', async () => {
    const keys = keysWith({ patience: 3 });
    const first = await train(folder, keys);
    assert.ok(isResumable(first.manifest.state, 'whole', first.manifest.reason));
    const second = await train(folder, keys);
    assert.equal(second.begun, first.loss.length);
    assert.deepEqual(second.loss.slice(0, first.loss.length), first.loss);
    assert.ok(second.loss.length >= first.loss.length + 2 * 3, `${second.loss.length} updates`);
  });

  it('is replayed from the state of the lowest validation loss', async () => {
    const keys = keysWith({ patience: 3 });
    const { validation, loss, storage } = await train(folder, keys);
    const { updates } = lowest(validation);
    // Without the other checkpoint before it, only that state is left.
    rmSync(join(folder, 'checkpoints', 'update-0.safetensors'));
    const replay = new Replay(exampleTraining(keys), storage, []);
    for (const update of [updates, updates + 3]) {
      const { capture } = await replay.captureUpdate(update);
      assert.equal(Number(capture.metadata['loss']), loss[update], `update ${update}`);
    }
  });
});
