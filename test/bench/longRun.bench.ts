// `node dist/test/bench/longRun.bench.mjs [updates]`: writes the records of a long run, then measures opening it,
// requests for ranges of it, and whether the memory of the charts grows with them.
import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DisplaySeries } from '../../src/run/series/displaySeries';
import type { ZoomedSeries } from '../../src/protocol/panel';
import { RunHistory } from '../../src/run/series/runHistory';
import type { Manifest } from '../../src/run/manifest';
import { runFiles } from '../../src/run/storage/runFiles';
import { writeOverview } from '../../src/run/overview';
import { pack, type RecordLayout, type UpdateRecord } from '../../src/run/records/recordBatch';
import { RecordEncoder } from '../../src/run/records/recordEncoder';
import { StoredZoomedSeries } from '../../src/trainer/storage/zoomedSeries';
import { readHistory } from '../../src/trainer/storage/recordHistory';
import { FolderStorage } from '../../src/run/storage/folderStorage.node';

/** The records of a small character-level net. */
const layout: RecordLayout = {
  parameters: ['rnn.weight_ih_l0', 'rnn.weight_hh_l0', 'rnn.bias_ih_l0', 'rnn.bias_hh_l0', 'head.weight', 'head.bias'],
  layers: 1,
  steps: 25,
  hasCellState: false,
  saturating: ['h'],
};
const recordEvery = 10;
const batchSize = 1000;

function recordOf(update: number): UpdateRecord {
  const value = 1 + Math.sin(update / 1000);
  const through = Float64Array.from({ length: layout.steps }, (_, t) => value / (t + 1));
  const series = {
    steps: layout.steps,
    lossPerStep: through,
    layers: [{ dh: through, dhLocal: through, saturation: [{ name: 'h', low: 0.1, high: 0.1 }] }],
  };
  return {
    update,
    loss: value,
    validationLoss: undefined,
    gradNorm: value,
    clippedNorm: value,
    clipCoefficient: 1,
    clipped: false,
    learningRate: 0.1,
    seconds: update / batchSize,
    parameterNorms: layout.parameters.map(() => ({ gradNorm: 1, clippedNorm: 1, updateNorm: value, weightNorm: 1 })),
    record: update % recordEvery === 0 ? series : undefined,
  };
}

function writeRun(folder: string, updates: number): void {
  const encoder = new RecordEncoder(layout);
  const history = new RunHistory(layout, recordEvery);
  const path = join(folder, runFiles.records);
  writeFileSync(path, encoder.head());
  for (let from = 0; from < updates; from += batchSize) {
    const count = Math.min(batchSize, updates - from);
    const batch = pack(
      layout,
      Array.from({ length: count }, (_, i) => recordOf(from + i)),
    );
    appendFileSync(path, encoder.encode(batch));
    history.append(batch);
  }
  const tables = history.series.whole();
  const overview = { recordBytes: statSync(path).size, numbers: history.numbers, tables };
  writeFileSync(join(folder, runFiles.overview), writeOverview(overview, layout));
}

async function measured<Result>(what: string, task: () => Promise<Result>): Promise<Result> {
  const before = performance.now();
  const result = await task();
  console.log(`${what}: ${(performance.now() - before).toFixed(1)} ms`);
  return result;
}

/** Bytes outside the heap, where the tables are, and in it. */
function held(): string {
  globalThis.gc?.();
  const { arrayBuffers, heapUsed } = process.memoryUsage();
  return `${(arrayBuffers / 2 ** 20).toFixed(1)} MiB of tables, ${(heapUsed / 2 ** 20).toFixed(1)} MiB of heap`;
}

/** The webview's processing of a reply. */
function tableOf({ from, series: slice }: ZoomedSeries): DisplaySeries {
  const series = new DisplaySeries(layout, recordEvery, from);
  series.write(slice);
  return series;
}

const updates = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(join(tmpdir(), 'unroll-long-run-'));
try {
  writeRun(folder, updates);
  const { size } = statSync(join(folder, runFiles.records));
  console.log(`${updates.toLocaleString('en-US')} updates, ${(size / 2 ** 20).toFixed(0)} MiB of records`);
  const manifest = { facts: { layout, recordEvery } } as unknown as Manifest;
  const history = await measured('Opened', () => readHistory(new FolderStorage(folder), manifest));
  const detail = new StoredZoomedSeries(new FolderStorage(folder), { layout, recordEvery });
  const middle = Math.floor(updates / 2);
  await measured('The first stretch, with the index: 2,048 updates', () =>
    detail.read({ from: middle, to: middle + 2048 }),
  );
  for (const span of [100, 2048, 20_000, 100_000, updates]) {
    const answer = await measured(`${span.toLocaleString('en-US')} updates`, () =>
      detail.read({ from: middle - Math.min(middle, span), to: middle - Math.min(middle, span) + span }),
    );
    console.log(answer === undefined ? '  too many: the overview stands' : `  stride ${answer.series.scalars.stride}`);
  }
  console.log(`Before 500 stretches: ${held()}`);
  let shown: DisplaySeries | undefined;
  const times: number[] = [];
  for (let n = 0; n < 500; n++) {
    const from = Math.floor(((n * 0.618) % 1) * Math.max(1, updates - 2048));
    const before = performance.now();
    const answer = await detail.read({ from, to: from + 2000 });
    times.push(performance.now() - before);
    shown = answer && tableOf(answer);
  }
  times.sort((a, b) => a - b);
  console.log(`After: ${held()}; shown from update ${shown?.origin ?? NaN}, of ${history.numbers.updates}`);
  console.log(
    `One of them: median ${(times[250] ?? NaN).toFixed(1)} ms, slowest ${(times.at(-1) ?? NaN).toFixed(1)} ms`,
  );
} finally {
  rmSync(folder, { recursive: true });
}
