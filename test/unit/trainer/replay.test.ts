import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Capture } from '../../../src/engine/instruments/capture';
import { readRateChanges } from '../../../src/run/rateChanges';
import { readManifest } from '../../../src/run/manifest';
import { restoreCheckpoint } from '../../../src/trainer/storage/checkpoint';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { inspectionOf, parameterUpdateOf } from '../../../src/trainer/replay/inspection';
import { Replay } from '../../../src/trainer/replay/replay';
import { Run } from '../../../src/trainer/training/run';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import { slotName } from '../../../webview/notebook/update/slotNames';
import { exampleText, exampleTraining } from './exampleTraining';

const kinds: Readonly<Record<string, readonly [Readonly<Record<string, unknown>>, ReadonlyMap<string, Uint8Array>?]>> =
  {
    'a task of varying length': [{ training: { steps: 12, batch: 3, checkpointEvery: 5 } }],
    'windows of a task that reach back': [
      {
        data: { task: 'echo', length: 12 },
        bptt: { forward: 4, backward: 7 },
        training: { steps: 12, batch: 3, checkpointEvery: 5 },
      },
    ],
    'contiguous text': [
      { data: { text: 'text.txt', length: 5 }, training: { steps: 12, batch: 3, checkpointEvery: 5 } },
      exampleText,
    ],
  };

const bytesOf = ({ tensors, metadata }: Capture) => ({
  metadata,
  tensors: [...tensors].map(([name, { data }]) => [
    name,
    Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('base64'),
  ]),
});

class CountingStorage extends FolderStorage {
  reads = 0;

  override read(path: string, largest: number): Promise<Uint8Array | undefined> {
    this.reads++;
    return super.read(path, largest);
  }
}

describe('A replay', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-replay-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const cases = Object.entries(kinds).flatMap(([kind, [keys, files]]) =>
    [1, 3].map((shards) => ({ kind, keys, files, shards })),
  );
  for (const { kind, keys, files, shards } of cases) {
    it(`recomputes every update bit for bit, in any order, with manual changes of the learning rate: ${kind}, ${shards} shards`, async () => {
      const storage = new FolderStorage(folder);
      const training = exampleTraining(keys, files, shards);
      const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, folder, 1));
      await writer.begin();
      const seen: unknown[] = [];
      const advance = training.advance.bind(training);
      training.advance = () => {
        const outcome = advance(() => true);
        assert.ok(outcome.kind === 'updated' && outcome.capture !== undefined);
        seen.push(bytesOf(outcome.capture));
        return { ...outcome, capture: undefined };
      };
      const run = new Run({
        training,
        writer,
        observer: { records: () => undefined, saveStatus: ({ message }) => assert.fail(message) },
        yieldToMessages: () =>
          new Promise((resolve) => {
            setImmediate(resolve);
          }),
      });
      const paused = run.pause();
      const ended = run.train();
      await paused;
      for (let n = 0; n < 7; n++) await run.step();
      run.setLearningRate(0.0375);
      run.resume();
      await ended;
      const { changes } = readRateChanges(await storage.read('rate-changes.jsonl', 1e6));
      assert.deepEqual(changes, [{ update: 7, learningRate: 0.0375 }]);

      const replay = new Replay(exampleTraining(keys, files, shards), storage, changes);
      for (const update of [11, 0, 1, 7, 6, 8, 3, 10]) {
        assert.deepEqual(bytesOf((await replay.captureUpdate(update)).capture), seen[update], `update ${update}`);
      }
    });
  }

  const explosions: typeof kinds = {
    'whole sequences': [
      { data: { task: 'adding', length: 40 }, model: { cell: 'rnn', activation: 'identity', hidden: 4 } },
    ],
    'windows that carry the state on': [
      {
        data: { task: 'echo', length: 24 },
        model: { cell: 'rnn', activation: 'identity', hidden: 4 },
        bptt: { forward: 6, backward: 6 },
      },
    ],
  };
  for (const [kind, [keys]] of Object.entries(explosions)) {
    it(`of a diverged run finds the same value at the same place, and reaches all earlier updates: ${kind}`, async () => {
      const storage = new FolderStorage(folder);
      const broken = {
        ...keys,
        clip: null,
        optimizer: { kind: 'sgd', learningRate: 30 },
        training: { steps: 5000, batch: 3 },
      };
      const training = exampleTraining(broken);
      const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, folder, 1));
      await writer.begin();
      const run = new Run({
        training,
        writer,
        observer: { records: () => undefined, saveStatus: ({ message }) => assert.fail(message) },
        yieldToMessages: () =>
          new Promise((resolve) => {
            setImmediate(resolve);
          }),
      });
      const ending = await run.train();
      assert.ok(ending.kind === 'diverged' && ending.updates > 0, JSON.stringify(ending));
      const manifest = readManifest((await storage.read('run.json', 1e6)) ?? new Uint8Array());
      assert.deepEqual(manifest?.nonFinite, ending.place);

      const again = exampleTraining(broken);
      restoreCheckpoint(
        again,
        (await storage.read(`checkpoints/update-${ending.updates}.safetensors`, 1e6)) ?? new Uint8Array(),
        ending.updates,
      );
      const advance = again.advance();
      assert.ok(advance.kind === 'nonFinite');
      const { kind: _, loss: __, ...place } = advance.where;
      // When the divergence began is known from the updates before, which a replay of the last one does not see.
      const { began, ...found } = ending.place;
      assert.ok(began === undefined || began <= ending.updates);
      assert.deepEqual(place, found);

      const replay = new Replay(exampleTraining(broken), storage, []);
      await assert.rejects(replay.captureUpdate(ending.updates), /diverged/);
      const before = (await replay.captureUpdate(ending.updates - 1)).capture;
      assert.equal(before.metadata['step'], String(ending.updates - 1));
    });
  }
  it('goes back without reading a checkpoint again, with the same bits', async () => {
    const keys = { training: { steps: 200, batch: 3, checkpointEvery: 0 } };
    const training = exampleTraining(keys);
    const storage = new FolderStorage(folder);
    const writer = new RunWriter(storage, training, runInfoOf(training.setup, undefined, folder, 1));
    await writer.begin();
    const seen: unknown[] = [];
    for (let update = 0; update < 200; update++) {
      const advance = training.advance((at) => at > 180);
      assert.ok(advance.kind === 'updated');
      if (advance.capture !== undefined) seen[update] = bytesOf(advance.capture);
    }
    const counting = new CountingStorage(folder);
    const replay = new Replay(exampleTraining(keys), counting, []);
    for (const update of [199, 198, 197, 183, 190, 199]) {
      assert.deepEqual(bytesOf((await replay.captureUpdate(update)).capture), seen[update], `update ${update}`);
    }
    assert.equal(counting.reads, 1, 'the checkpoint before the first update, once');
  });

  it('of a run without the required checkpoint fails with a message', async () => {
    const replay = new Replay(exampleTraining(), new FolderStorage(folder), []);
    await assert.rejects(replay.captureUpdate(3), /no longer has a checkpoint: its folder was moved or deleted/);
  });
});

describe('An inspection', () => {
  const looked = (keys: Readonly<Record<string, unknown>>, sequence: number) => {
    const training = exampleTraining(keys);
    const advance = training.advance(() => true);
    assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
    return {
      inspection: inspectionOf(advance.capture, training.setup, sequence),
      batch: training.setup.source.batch,
      advance,
    };
  };
  const losses: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
    'squared error, mean': { data: { task: 'sine', length: 7 } },
    'squared error, sum': { data: { task: 'sine', length: 7 }, loss: { kind: 'mse', reduction: 'sum' } },
    'cross-entropy, mean, masked': { data: { task: 'reber' } },
    'cross-entropy, sum': { data: { task: 'echo', length: 9 }, loss: { kind: 'crossEntropy', reduction: 'sum' } },
  };
  for (const [name, keys] of Object.entries(losses)) {
    it(`splits each L_t exactly among the sequences of the batch (${name})`, () => {
      const { inspection, batch } = looked(keys, 0);
      const sum = new Float64Array(inspection.steps);
      for (let sequence = 0; sequence < batch; sequence++) {
        looked(keys, sequence).inspection.sequenceLoss.forEach((share, t) => {
          sum[t] += share;
        });
      }
      inspection.lossPerStep.forEach((loss, t) =>
        assert.ok(Math.abs(loss - sum[t]) <= 1e-12 * Math.max(1, loss), `t = ${t}`),
      );
    });
  }

  it('has the same norms as the records', () => {
    const { inspection, advance } = looked({}, 1);
    assert.ok(advance.kind === 'updated');
    inspection.parameters.forEach((parameter, p) => {
      const recorded = advance.record.parameterNorms[p];
      for (const norm of ['gradNorm', 'clippedNorm', 'weightNorm', 'updateNorm'] as const) {
        assert.ok(
          Math.abs(parameter[norm] - recorded[norm]) <= 1e-12 * (1 + recorded[norm]),
          `${parameter.name} ${norm}`,
        );
      }
    });
  });

  it('has the elements of one parameter, which plain gradient descent moves along the negative gradient', () => {
    const training = exampleTraining({ optimizer: { kind: 'sgd', learningRate: 0.5 } });
    const advance = training.advance(() => true, true);
    assert.ok(advance.kind === 'updated' && advance.captured !== undefined);
    const { capture, after } = advance.captured;
    for (const { name, rows, columns, before, descent } of inspectionOf(capture, training.setup, 0).parameters) {
      const elements = parameterUpdateOf(capture, name, training.setup, after);
      assert.deepEqual([elements.rows, elements.columns, elements.slots], [rows, columns, []], name);
      assert.deepEqual(elements.before, before);
      assert.equal(before.length, rows * columns);
      elements.after.forEach((value, i) => {
        assert.ok(Math.abs(value - (before[i] - 0.5 * elements.clipped[i])) < 1e-6, `${name}, element ${i}`);
      });
      assert.ok(Math.abs(descent - 1) < 1e-6, `${name}: ${descent}`);
    }
    assert.throws(
      () => parameterUpdateOf(capture, 'head.colour', training.setup, after),
      /no parameter "head\.colour"/,
    );
  });

  it('names what each optimizer remembers of a parameter, after two updates', () => {
    const remembered = (optimizer: object): ReadonlyMap<string, number> => {
      const training = exampleTraining({
        data: { sequences: [{ inputs: [[1], [0.5]], targets: [[0.5], [0.25]] }] },
        optimizer: { learningRate: 1e-30, ...optimizer },
        training: { steps: 12 },
      });
      training.advance();
      const advance = training.advance(() => true, true);
      assert.ok(advance.kind === 'updated' && advance.captured !== undefined);
      const { capture, after } = advance.captured;
      const elements = parameterUpdateOf(capture, 'head.bias', training.setup, after);
      const g = elements.clipped[0] ?? NaN;
      return new Map(
        elements.slots.flatMap(({ name, values }) => {
          const value = values[0] ?? NaN;
          return [
            [`${slotName(elements, name)} / g`, value / g],
            [`${slotName(elements, name)} / g²`, value / g ** 2],
            [slotName(elements, name), value],
          ] as const;
        }),
      );
    };
    // The weights do not move, so that g is the same at both updates.
    const near = (value: number | undefined, expected: number): void => {
      assert.ok(Math.abs((value ?? NaN) / expected - 1) < 1e-6, `${value}, not ${expected}`);
    };
    near(remembered({ kind: 'sgd', momentum: 0.5 }).get('momentum, decayed sum of g / g'), 1 + 0.5);
    near(remembered({ kind: 'adagrad' }).get('sum of g² / g²'), 2);
    near(remembered({ kind: 'rmsprop', decay: 0.9 }).get('v, running mean of g² / g²'), 0.1 * (1 + 0.9));
    const withMomentum = remembered({ kind: 'rmsprop', decay: 0.9, momentum: 0.5 });
    const steps = 0.5 / Math.sqrt(0.1) + 1 / Math.sqrt(0.19);
    near(Math.abs(withMomentum.get('momentum, decayed sum of g / √v') ?? NaN), steps);
    near(remembered({ kind: 'adam' }).get('first moment m, running mean of g / g'), 0.1 * (1 + 0.9));
    near(remembered({ kind: 'adam' }).get('second moment v, running mean of g² / g²'), 0.001 * (1 + 0.999));
  });

  it('has the optimizer state of a parameter', () => {
    const training = exampleTraining({ optimizer: { kind: 'adam', learningRate: 0.01 } });
    const advance = training.advance(() => true, true);
    assert.ok(advance.kind === 'updated' && advance.captured !== undefined);
    const { capture, after } = advance.captured;
    const { clipped, slots } = parameterUpdateOf(capture, 'head.weight', training.setup, after);
    assert.deepEqual(slots.map(({ name }) => name).sort(), ['mean', 'squares']);
    const mean = slots.find(({ name }) => name === 'mean')?.values ?? [];
    // m after the first update is (1 − β₁) g.
    clipped.forEach((value, i) => assert.ok(Math.abs(mean[i] - 0.1 * value) < 1e-6, `element ${i}`));
    // Adam’s first step is ±η for every element, so it is not a multiple of the gradient.
    const descent = inspectionOf(capture, training.setup, 0).parameters.find(
      ({ name }) => name === 'head.weight',
    )?.descent;
    assert.ok(descent !== undefined && descent > 0 && descent < 0.999, String(descent));
  });

  it('of a sequence that is not in the batch is rejected', () => {
    assert.throws(() => looked({}, 3), /^RangeError: Sequence 3 doesn't exist; the batch has sequences 0 to 2/);
  });
});
