import assert from 'node:assert/strict';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { readManifest } from '../../../src/run/manifest';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { readTensorFile } from '../../../src/run/storage/safetensors';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { readHistory } from '../../../src/trainer/storage/recordHistory';
import { Run } from '../../../src/trainer/training/run';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import { Training } from '../../../src/trainer/training/training';
import { exampleTraining } from './exampleTraining';
import { PowerCutDisk } from './powerCutDisk';

const steps = 60;
const keys = {
  data: { task: 'adding', length: 4 },
  model: { cell: 'rnn', hidden: 2 },
  training: { steps, batch: 2, checkpointEvery: 17, validateEvery: 0 },
};
const secondsPerUpdate = 0.15;
/** A second of training, and the update at its end. */
const mostLost = Math.ceil(1 / secondsPerUpdate) + 1;

/** A training with a simulated clock: every update takes the same time. */
function timedTraining(): Training {
  const training: Training = new Training(
    exampleTraining(keys).setup,
    () => (training?.updates ?? 0) * secondsPerUpdate,
  );
  return training;
}

/** All values of a run except times. */
function numbersIn(folder: string) {
  const { batches, incompleteReason: incompleteReason } = readRecords(readFileSync(join(folder, 'records.arrows')));
  const columns = ['update', 'loss', 'gradNorm', 'parameterWeightNorm', 'dh'] as const;
  const { tensors } = readTensorFile(readFileSync(join(folder, 'checkpoints', `update-${steps}.safetensors`)));
  return {
    incompleteReason,
    columns: columns.map((name) => batches.flatMap((batch) => [...batch[name]])),
    tensors: [...tensors].map(([name, { data }]) => [name, [...data]]),
  };
}

interface Trained {
  /** Updates done at the power cut; all of them without one. */
  readonly updates: number;
  readonly said: readonly string[];
  readonly operations: number;
}

describe('A run after a power cut', function () {
  this.timeout(300_000);
  let scratch: string;
  beforeEach(() => {
    scratch = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'unroll-power-'));
  });
  afterEach(() => {
    rmSync(scratch, { recursive: true });
  });

  /** Trains in a folder until the power is cut, and creates a second folder in the state after that. */
  async function trainUntilCut(
    folder: string,
    after: string,
    cutAfter: number,
    random: () => number,
  ): Promise<Trained> {
    const training = timedTraining();
    let updates: number | undefined;
    let run: Run | undefined;
    const disk = await PowerCutDisk.over(folder, cutAfter, () => {
      updates ??= training.updates;
      run?.stop();
    });
    const writer = new RunWriter(
      new FolderStorage(folder, disk),
      training,
      runInfoOf(training.setup, undefined, folder, 1),
    );
    const manifest = existsSync(join(folder, 'run.json'))
      ? readManifest(readFileSync(join(folder, 'run.json')))
      : undefined;
    const opened = await (manifest === undefined ? writer.begin().then(() => []) : writer.resume(manifest)).catch(
      (error: unknown) => {
        assert.ok(updates !== undefined, String(error));
        return undefined;
      },
    );
    if (opened !== undefined) {
      const observer = { records: () => undefined, saveStatus: () => undefined };
      run = new Run({ training, writer, observer, yieldToMessages: () => Promise.resolve() });
      await run.train();
    }
    await disk.leave(after, random);
    return { updates: updates ?? training.updates, said: opened ?? [], operations: disk.operations };
  }

  it('ends with the results of an uninterrupted one, and loses at most the last second, at any time of the power cut', async () => {
    const whole = join(scratch, 'whole');
    mkdirSync(whole);
    const { operations } = await trainUntilCut(whole, join(scratch, 'whole after'), Infinity, () => 0);
    const expected = numbersIn(whole);
    assert.equal(expected.incompleteReason, undefined);
    assert.equal(expected.columns[0]?.length, steps);
    const cuts = fc.record({
      after: fc.array(fc.nat({ max: operations }), { minLength: 1, maxLength: 3 }),
      seed: fc.integer({ min: 1, max: 2 ** 31 - 2 }),
    });
    let cutRuns = 0;
    await fc.assert(
      fc.asyncProperty(cuts, async ({ after, seed }) => {
        let state = seed;
        const random = (): number => (state = (state * 48_271) % (2 ** 31 - 1)) / (2 ** 31 - 1);
        let folder = join(scratch, 'begun');
        rmSync(folder, { recursive: true, force: true });
        mkdirSync(folder);
        for (const [n, cutAfter] of [...after, Infinity].entries()) {
          const next = join(scratch, `cut-${n}`);
          rmSync(next, { recursive: true, force: true });
          const { updates, said } = await trainUntilCut(folder, next, cutAfter, random);
          assert.deepEqual(said, []);
          const bytes = existsSync(join(next, 'run.json')) ? readFileSync(join(next, 'run.json')) : undefined;
          const manifest = bytes && readManifest(bytes);
          // Before a run has started there is nothing to lose.
          if (manifest !== undefined && updates > 0) {
            cutRuns++;
            const history = await readHistory(new FolderStorage(next), manifest);
            assert.ok(history.numbers.updates >= updates - mostLost, `${history.numbers.updates} of ${updates}`);
            assert.equal(history.numbers.missing, undefined);
          }
          folder = next;
        }
        assert.deepEqual(numbersIn(folder), expected);
      }),
      { numRuns: process.env['UNROLL_FUZZ_SECONDS'] === undefined ? 150 : 3000 },
    );
    assert.ok(cutRuns > 100, String(cutRuns));
  });
});

describe('A folder after a power cut', () => {
  it('has no removed file, and the last content of each written file', async () => {
    const scratch = mkdtempSync(join(tmpdir(), 'unroll-power-'));
    try {
      const folder = join(scratch, 'run');
      mkdirSync(folder);
      const disk = await PowerCutDisk.over(folder, Infinity, () => undefined);
      const storage = new FolderStorage(folder, disk);
      for (const [name, byte] of [
        ['checkpoints/a', 1],
        ['checkpoints/b', 2],
        ['c', 3],
        ['c', 4],
      ] as const) {
        await storage.write(name, Uint8Array.of(byte));
      }
      await storage.append('c', Uint8Array.of(5));
      await storage.sync('c');
      await storage.append('c', Uint8Array.of(6));
      await storage.remove('checkpoints/a');
      // Unsynced data is lost or exists.
      for (const [n, kept] of [0.99, 0.3].entries()) {
        const after = join(scratch, String(n));
        await disk.leave(after, () => kept);
        assert.ok(!existsSync(join(after, 'checkpoints', 'a')));
        assert.deepEqual([...readFileSync(join(after, 'checkpoints', 'b'))], [2]);
        assert.deepEqual([...readFileSync(join(after, 'c'))].slice(0, 2), [4, 5]);
      }
    } finally {
      rmSync(scratch, { recursive: true });
    }
  });
});
