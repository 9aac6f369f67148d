import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { runIsolated } from './isolatedRun';
import { runCommand } from './cleanup';
import { installedEmbedded } from './installation';
import { layers, type Layer, type Part } from './layers';
import { formatTally } from './counts';
import { failedSuites, oneFailure, report, sum, withSecondResults, type Tally } from './tally';

/** Argument of a process that runs one layer itself instead of starting a process for it. */
const inside = '--inside';

/** Time limit (ms) of a layer: the longest takes 35 minutes on two idle cores. */
const limit = 50 * 60_000;

/** More failed suites than these have one cause, which is no matter of time; they are not run again. */
const maxRunAgain = 5;

/** One process of a layer. */
interface Job {
  readonly layer: Layer;
  readonly part: Part;
}

/**
 * `npm test [LAYER...]`: runs all layers or the named ones, each in processes of its own; the last line is the sum.
 * Two processes with windows run at a time where there are cores for both; unit tests take all cores and run alone.
 */
async function testAll(names: readonly string[]): Promise<number> {
  const chosen = names.length > 0 ? names.map(layerNamed) : layers;
  // Installed while layers run that don't need it; if this fails, the layers that need it report why.
  const workbench = chosen.some(({ inWorkbench }) => inWorkbench)
    ? installedEmbedded().catch(() => undefined)
    : undefined;
  const tallies = new Map<Layer, Tally>();
  // A window and its trainer keep two cores busy; with less, tests wait for each other.
  const canShare = availableParallelism() > 2 && !process.env['UNROLL_TESTS'];
  const runJob = async (job: Job, output: 'shown' | 'atEnd'): Promise<void> => {
    const tally = await runPart(job, output);
    const before = tallies.get(job.layer);
    tallies.set(job.layer, before === undefined ? tally : sum([before, tally]));
  };
  const [alone, together] = [false, true].map((inWorkbench) =>
    jobsOf(
      chosen.filter((layer) => layer.inWorkbench === inWorkbench),
      canShare,
    ),
  );
  for (const job of alone) await runJob(job, 'shown');
  await workbench;
  const waiting = [...together];
  const isShared = canShare && waiting.length > 1;
  const next = async (): Promise<void> => {
    for (let job = waiting.shift(); job !== undefined; job = waiting.shift())
      await runJob(job, isShared ? 'atEnd' : 'shown');
  };
  await Promise.all(isShared ? [next(), next()] : [next()]);
  const results = chosen.map((layer) => tallies.get(layer) ?? oneFailure);
  const total = sum(results);
  console.log();
  if (chosen.length > 1) chosen.forEach(({ name }, index) => console.log(`${name}: ${formatTally(results[index])}`));
  console.log(formatTally(total));
  return total.failed > 0 ? 1 : 0;
}

/** All processes of the layers, those of the longest layer first; one per layer where none run at the same time. */
function jobsOf(chosen: readonly Layer[], canShare: boolean): readonly Job[] {
  const jobs = chosen.flatMap((layer) => {
    const of = canShare ? layer.parts : 1;
    return Array.from({ length: of }, (_, index) => ({ layer, part: { index, of } }));
  });
  return jobs.sort((a, b) => b.layer.parts - a.layer.parts);
}

/** Runs one process of a layer, and once more the suites in which something failed, where the layer does that. */
async function runPart(job: Job, output: 'shown' | 'atEnd'): Promise<Tally> {
  const { layer } = job;
  const first = await runOnce(job, output, {});
  const failed = failedSuites(first);
  // With a selection a person looks for what fails.
  if (!layer.runsFailedAgain || process.env['UNROLL_TESTS'] || failed.length === 0 || failed.length > maxRunAgain)
    return first;
  console.log(`\nFailed, and run again: ${quoted(failed)}.`);
  const again = failed.map((title) => title.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  const second = await runOnce(job, output, { UNROLL_TESTS: `^(?:${again.join('|')}) ` });
  const passed = failed.filter((title) => second.suites?.[title]?.failed === 0);
  if (passed.length > 0) console.log(`\nPassed when run again, so they depend on chance: ${quoted(passed)}.`);
  return withSecondResults(first, second);
}

async function runOnce(
  { layer, part }: Job,
  output: 'shown' | 'atEnd',
  environment: NodeJS.ProcessEnv,
): Promise<Tally> {
  const { name, title } = layer;
  const which = part.of === 1 ? '' : `, part ${part.index + 1} of ${part.of}`;
  console.log(`\n── ${title} (${name}${which})${output === 'atEnd' ? ': its results follow at its end' : ''}`);
  const args = [name, inside, String(part.index), String(part.of)];
  return runIsolated({
    what: `The layer “${name}”${which}`,
    script: resolve(process.argv[1]),
    args,
    limit,
    output,
    environment,
  });
}

function quoted(titles: readonly string[]): string {
  return titles.map((title) => `“${title}”`).join(', ');
}

async function testOne(name: string, part: Part): Promise<number> {
  process.setSourceMapsEnabled(true);
  const tally = await layerNamed(name).run(part);
  report(tally);
  return tally.failed > 0 ? 1 : 0;
}

function layerNamed(name: string): Layer {
  const layer = layers.find((candidate) => candidate.name === name);
  if (layer) return layer;
  throw new Error(`There is no layer “${name}”; there are ${layers.map((known) => known.name).join(', ')}.`);
}

const [first = '', second, index, of] = process.argv.slice(2);
await runCommand(() =>
  second === inside ? testOne(first, { index: Number(index), of: Number(of) }) : testAll(process.argv.slice(2)),
);
