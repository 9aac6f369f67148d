import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { format, resolveConfig } from 'prettier';
import { runnableKernelSets } from '../../src/engine/kernels/open';
import type { Contender } from './contender';
import { brain, tensorflow } from './libraries';
import { measurePerLossGradients } from './perLossGradients';
import { ourContenders } from './ours';
import { measurePeak } from './peak';
import { report, type Measured } from './report';
import { torchContenders } from './torch';
import { workloads, type Workload } from './workloads';

/** Milliseconds of one window of steps: short, so that on a busy machine some windows are undisturbed. */
const windowLength = 25;
const rounds = 60;

/** Windows of a contender whose step takes that long, in ms. */
function windowsFor(step: number): number {
  if (step < 100) return rounds;
  if (step < 400) return 12;
  return step < 2000 ? 4 : 1;
}

/** Workloads that some libraries would take minutes for. */
const large = ({ hidden }: Workload): boolean => hidden > 128;
const largest = ({ hidden }: Workload): boolean => hidden > 256;

/**
 * Measures all contenders on one workload in turns, so that other load of the machine affects all of them equally.
 * The first steps of each, compiled by the slower tier, are not counted.
 */
async function compare(workload: Workload, contenders: readonly Contender[]): Promise<readonly Measured[]> {
  const runners = [];
  for (const contender of contenders) {
    const trial = await contender.prepare(workload);
    if (trial === undefined) continue;
    let once = await trial.measure(1);
    if (windowsFor(once) > 1) {
      once = await trial.measure(Math.max(1, Math.ceil(windowLength / once)));
      once = Math.min(once, await trial.measure(Math.max(1, Math.ceil(windowLength / once))));
    }
    runners.push({ contender, trial, once, times: [] as number[] });
  }
  for (let round = 0; round < rounds; round++) {
    for (const { trial, once, times } of runners) {
      if (round >= windowsFor(once)) continue;
      times.push(await trial.measure(Math.max(1, Math.round(windowLength / once))));
    }
  }
  return runners.map(({ contender, trial, times }) => {
    trial.close();
    return { contender: contender.name, what: contender.what, times };
  });
}

const chosen = process.argv.slice(2);
const relaxed = runnableKernelSets().includes('simd-fma');
const contenders = [
  ...ourContenders,
  ...(await torchContenders()),
  tensorflow('wasm', largest),
  tensorflow('cpu', large),
  brain(large),
];
const load = loadavg()[0];
const peak = await measurePeak(relaxed);
const perLossGradients = measurePerLossGradients();
const results = [];
for (const workload of workloads.filter(({ name }) => chosen.length === 0 || chosen.includes(name))) {
  console.error(`${workload.name}: ${workload.what}`);
  results.push({ workload, measured: await compare(workload, contenders) });
}
const file = 'test/bench/RESULTS.md';
const text = report({
  machine: `${cpus()[0]?.model ?? 'unknown processor'}, ${cpus().length} cores, ${process.platform} ${process.arch}`,
  node: `Node ${process.version} (V8 ${process.versions.v8})`,
  load: [load, loadavg()[0]],
  peak,
  relaxed,
  perLossGradients,
  results,
});
if (chosen.length === 0) {
  writeFileSync(file, await format(text, { ...(await resolveConfig(file)), filepath: file }));
}
console.log(text);
process.exit(0);
