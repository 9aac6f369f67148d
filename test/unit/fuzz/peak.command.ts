// Reads a hostile file in its own process, and reports the result and the increase of its resident memory.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { RunHistory } from '../../../src/run/series/runHistory';
import { readManifest } from '../../../src/run/manifest';
import { readTensorFile } from '../../../src/run/storage/safetensors';
import { restoreCheckpoint } from '../../../src/trainer/storage/checkpoint';
import { StoredZoomedSeries } from '../../../src/trainer/storage/zoomedSeries';
import type { HistoryRequest } from '../../../src/protocol/storedRun';
import { answerHistory, readHistory } from '../../../src/trainer/storage/recordHistory';
import { readRecords } from '../../../src/run/records/recordDecoder';
import { exampleTraining } from '../trainer/exampleTraining';
import { peakMemory, type HostileReader } from './peakMemory';
import { FolderStorage } from '../../../src/run/storage/folderStorage.node';

const [reader = '', folder = ''] = process.argv.slice(2);
const bytesOf = (name: string): Uint8Array => readFileSync(join(folder, name));

const runInfo = () => {
  const manifest = JSON.parse(readFileSync(join(folder, 'run.json'), 'utf8')) as Parameters<typeof readHistory>[1];
  return manifest.facts;
};

const readers: Readonly<Record<HostileReader, () => unknown>> = {
  tensors: () => [...readTensorFile(bytesOf('file.safetensors')).tensors.values()].map(({ data }) => data.length),
  weights: () =>
    exampleTraining(
      { model: { cell: 'lstm', hidden: 4, weights: 'w' } },
      new Map([['w', bytesOf('file.safetensors')]]),
    ),
  checkpoint: () => restoreCheckpoint(exampleTraining(), bytesOf('file.safetensors'), 0),
  records: () => {
    const { batches, incompleteReason: incompleteReason } = readRecords(bytesOf('records.arrows'));
    if (incompleteReason !== undefined) throw new Error(incompleteReason);
    return batches;
  },
  history: () => readHistory(new FolderStorage(folder), { facts: runInfo() }),
  added: () => {
    const after = JSON.parse(readFileSync(join(folder, 'after.json'), 'utf8')) as HistoryRequest['after'];
    return answerHistory(new FolderStorage(folder), { info: runInfo(), end: Infinity, after });
  },
  detail: () => new StoredZoomedSeries(new FolderStorage(folder), runInfo()).read({ from: 0, to: 1e9 }),
  manifest: () => {
    const manifest = readManifest(bytesOf('run.json'));
    if (manifest === undefined) throw new Error('no manifest');
    return new RunHistory(manifest.facts.layout, manifest.facts.recordEvery);
  },
};

const before = peakMemory();
let outcome = 'read';
try {
  await readers[reader as HostileReader]();
} catch (error) {
  outcome = error instanceof Error ? error.message : String(error);
}
process.stdout.write(JSON.stringify({ outcome, grown: (peakMemory() - before) / 1024 ** 2 }));
