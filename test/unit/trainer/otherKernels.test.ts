import assert from 'node:assert/strict';
import { streamedFile } from '../../../src/data/files/streamedFile.node';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Inspection } from '../../../src/protocol/inspection';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';
import { withKernelChange, kernelsAt, type KernelHistory } from '../../../src/run/kernelHistory';
import { readManifest, type Manifest } from '../../../src/run/manifest';
import { runInfoOf } from '../../../src/trainer/training/runInfo';
import { inspectionOf } from '../../../src/trainer/replay/inspection';
import { ReplayService } from '../../../src/trainer/replay/replayService';
import { RunWriter } from '../../../src/trainer/storage/runWriter';
import type { Training } from '../../../src/trainer/training/training';
// Makes every kernel set available in these tests.
import '../engine/kernelSets';
import { exampleTraining } from './exampleTraining';

const keys = { model: { cell: 'lstm', hidden: 12 }, training: { steps: 16, batch: 5, checkpointEvery: 4 } };

describe('A run that other kernels have resumed', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-kernels-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const manifest = (): Manifest => {
    const read = readManifest(readFileSync(join(folder, 'run.json')));
    assert.ok(read !== undefined);
    return read;
  };
  const begun = (kernels: 'simd' | 'simd-fma'): { readonly training: Training; readonly writer: RunWriter } => {
    const training = exampleTraining(keys, new Map(), undefined, kernels);
    const facts = runInfoOf(training.setup, undefined, folder, 1);
    return { training, writer: new RunWriter(new FolderStorage(folder), training, facts) };
  };
  /** Trains up to a number of updates and writes a checkpoint; returns the inputs of the second sequence in each. */
  const trained = async ({ training, writer }: ReturnType<typeof begun>, updates: number): Promise<Inspection[]> => {
    const seen: Inspection[] = [];
    while (training.updates < updates) {
      const advance = training.advance(() => true);
      assert.ok(advance.kind === 'updated' && advance.capture !== undefined);
      seen.push(inspectionOf(advance.capture, training.setup, 1));
    }
    await writer.writeCheckpoint();
    await writer.writeManifest('stopped', undefined);
    return seen;
  };
  const replayed = async (kernels: KernelHistory): Promise<ReplayService> => {
    const { experiment } = exampleTraining(keys).setup;
    const service = new ReplayService(
      (path) => new FolderStorage(path),
      streamedFile,
      () => 0,
      () => Promise.resolve(),
    );
    const shared = { experiment, files: new Map<string, Uint8Array>(), memoryLimit: 1e9, shards: 1, folder };
    assert.deepEqual(await service.open({ ...shared, kernels }), { kind: 'opened' });
    return service;
  };

  it('replays each update with the kernels that computed it, bit for bit', async () => {
    const one = begun('simd');
    await one.writer.begin();
    const seen = await trained(one, 8);
    const other = begun('simd-fma');
    assert.deepEqual(await other.writer.resume(manifest()), []);
    seen.push(...(await trained(other, 16)));
    const { kernels, facts } = manifest();
    assert.deepEqual(
      [kernels, facts.kernels, facts.kernelChanges],
      ['simd', 'simd', [{ update: 8, kernels: 'simd-fma' }]],
    );
    const service = await replayed(facts);
    for (const update of [15, 7, 8, 2, 9, 0]) {
      assert.deepEqual(
        await service.answer('inspect', { update: update, sequence: 1 }),
        seen[update],
        `update ${update}`,
      );
    }
  });

  it('shows the caveat only at updates whose kernels cannot run here', async () => {
    const one = begun('simd');
    await one.writer.begin();
    const seen = await trained(one, 8);
    await trained(one, 16);
    const service = await replayed({ kernels: 'simd-1024', kernelChanges: [{ update: 8, kernels: 'simd' }] });
    assert.equal((await service.answer('inspect', { update: 8, sequence: 1 })).caveat, undefined);
    const { caveat, h } = await service
      .answer('inspect', { update: 7, sequence: 1 })
      .then(({ caveat: words, layers }) => ({ caveat: words, h: layers }));
    assert.match(
      caveat ?? '',
      /^This update was computed by the simd-1024 kernels, which can't run here\. The simd\S* ker/,
    );
    assert.equal(h[0]?.h.length, seen[7]?.layers[0]?.h.length);
    assert.equal((await service.answer('inspect', { update: 12, sequence: 1 })).caveat, undefined);
  });

  it('otherwise has the current settings', async () => {
    const one = begun('simd');
    await one.writer.begin();
    await trained(one, 8);
    const training = exampleTraining(
      { ...keys, training: { ...keys.training, steps: 40 } },
      new Map(),
      undefined,
      'simd',
    );
    const writer = new RunWriter(new FolderStorage(folder), training, runInfoOf(training.setup, undefined, folder, 2));
    await writer.resume(manifest());
    assert.deepEqual([writer.info.plannedUpdates, writer.info.workers], [40, 2]);
  });

  it('keeps the part of the kernel history before the update from which it is resumed', () => {
    const history = { kernels: 'simd', kernelChanges: [{ update: 8, kernels: 'simd-fma' }] };
    assert.deepEqual(
      [0, 7, 8, Infinity].map((update) => kernelsAt(history, update)),
      ['simd', 'simd', 'simd-fma', 'simd-fma'],
    );
    assert.deepEqual(withKernelChange(history, 12, 'simd-fma'), history);
    assert.deepEqual(withKernelChange(history, 8, 'simd-fma'), history);
    assert.deepEqual(withKernelChange(history, 4, 'simd'), { kernels: 'simd', kernelChanges: [] });
    assert.deepEqual(withKernelChange(history, 0, 'simd-fma'), { kernels: 'simd-fma', kernelChanges: [] });
    assert.deepEqual(withKernelChange(history, 12, 'reference').kernelChanges, [
      ...history.kernelChanges,
      { update: 12, kernels: 'reference' },
    ]);
  });
});
