import { join } from 'node:path';
import { readManifest, maxManifestBytes, type Manifest } from '../../run/manifest';
import { formatSpread, spreadOf } from '../../run/series/spread';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { runFiles } from '../../run/storage/runFiles';
import { seedFolder } from '../../run/storage/runFolder';
import { formatCount } from '../../text/numbers';
import type { Threads } from '../training/workerPool';
import type { CheckReport } from './checkReport';
import { printerTo, type HeadlessEnd, type Print } from './closingMessages';
import type { CommandLine } from './commandLine/trainingCommandLine.node';
import { folderOf, trainRun } from './headless.node';
import { openExperiment } from './openedExperiment.node';
import { groupFolderProblem } from './outFolder.node';
import { StartError } from './startError';

/**
 * Trains what a command line names without an editor: one run, or one for each of the experiment's `seeds`, one after the
 * other. A seed that diverges or fails does not stop the others; a signal does.
 *
 * @param listenToSignals see `trainRun`
 * @param report gets the judgements of the runs
 * @throws StartError when none of them can start
 */
export async function trainHeadless(
  commandLine: CommandLine,
  threads: Threads,
  listenToSignals: () => AbortSignal,
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  report: CheckReport,
): Promise<HeadlessEnd> {
  const print = printerTo(stderr);
  const runs = await runsOf(commandLine);
  let signal: AbortSignal | undefined;
  const listenOnce = (): AbortSignal => (signal ??= listenToSignals());
  const train = (run: CommandLine): Promise<HeadlessEnd> => trainRun(run, threads, listenOnce, stdout, stderr, report);
  const [only] = runs;
  if (runs.length === 1 && only !== undefined && only.seed === commandLine.seed) return train(only);
  const ends: HeadlessEnd[] = [];
  for (const run of runs) {
    print(`Seed ${run.seed}, ${ends.length + 1} of ${runs.length}:`);
    ends.push(await train(run));
    if (ends.some((end) => end === 'refused' || end === 'interrupted')) break;
  }
  // Nothing has been trained.
  if (ends.length === 1 && ends[0] === 'refused') return 'refused';
  await printGroup(runs, ends, print);
  if (ends.includes('interrupted') && commandLine.out !== undefined) {
    print('Resume all of them with the same options and --resume.');
  }
  return worstOf(ends);
}

/**
 * The command lines of the runs: that of each seed, with a folder of its own.
 *
 * @throws StartError when they can't start
 */
async function runsOf(commandLine: CommandLine): Promise<readonly CommandLine[]> {
  const { seeds } = await openExperiment(commandLine);
  const { out, predictions, resume } = commandLine;
  if (seeds.length === 0 || commandLine.seed !== undefined) return [commandLine];
  if (predictions !== undefined) {
    throw new StartError(
      `--predictions names one file, but this experiment is trained with ${formatCount(seeds.length, 'seed')}. Add --seed N to train one of them: ${seeds.join(', ')}.`,
    );
  }
  if (out === undefined) return seeds.map((seed) => withFolder({ ...commandLine, seed }));
  const misfit = await groupFolderProblem(out, seeds.map(seedFolder), resume);
  if (misfit !== undefined) throw new StartError(misfit);
  return Promise.all(
    seeds.map(async (seed) => {
      const folder = join(out, seedFolder(seed));
      // An interrupted group has no runs of its later seeds.
      return { ...commandLine, seed, out: folder, resume: resume && (await manifestIn(folder)) !== undefined };
    }),
  );
}

/** With the folder of its run, which the summary reads at the end. */
function withFolder(commandLine: CommandLine): CommandLine {
  return { ...commandLine, out: folderOf(commandLine) };
}

async function manifestIn(folder: string): Promise<Uint8Array | undefined> {
  // What can't be read is explained where the run is resumed.
  return new FolderStorage(folder).read(runFiles.manifest, maxManifestBytes).catch(() => new Uint8Array());
}

/** Prints how the runs of a group ended, and what their losses have in common. */
async function printGroup(runs: readonly CommandLine[], ends: readonly HeadlessEnd[], print: Print): Promise<void> {
  const named = runs.map(({ seed }, i) => ({ seed, end: ends[i] ?? 'not started' }));
  const kinds = [...new Set(named.map(({ end }) => end))];
  const counts = kinds.map((kind) => {
    const those = named.filter(({ end }) => end === kind).map(({ seed }) => seed);
    return `${those.length} ${endWords[kind] ?? kind} (${those.length === 1 ? 'seed' : 'seeds'} ${those.join(', ')})`;
  });
  print(`${formatCount(runs.length, 'seed')}: ${counts.join('; ')}.`);
  const finished = await Promise.all(
    runs.filter((_, i) => ends[i] === 'finished' || ends[i] === 'unmet').map(({ out = '' }) => finishedRunIn(out)),
  );
  for (const [name, key] of [
    ['Loss of the last update', 'loss'],
    ['Last validation loss', 'validationLoss'],
  ] as const) {
    const spread = spreadOf(finished.map((manifest) => manifest?.[key] ?? NaN));
    if (spread !== undefined) print(`${name} of the finished runs: ${formatSpread(spread)}.`);
  }
}

const endWords: Readonly<Partial<Record<string, string>>> = {
  refused: 'failed',
  unmet: 'finished without what is expected',
};

async function finishedRunIn(folder: string): Promise<Manifest | undefined> {
  const bytes = await manifestIn(folder);
  return bytes === undefined ? undefined : readManifest(bytes);
}

/** How several runs ended: as the one that ended worst. */
export function worstOf(ends: readonly HeadlessEnd[]): HeadlessEnd {
  if (ends.includes('interrupted')) return 'interrupted';
  if (ends.includes('failed') || ends.includes('refused')) return 'failed';
  if (ends.includes('diverged')) return 'diverged';
  return ends.includes('unmet') ? 'unmet' : 'finished';
}
