import { readFile, stat } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { computeDataDigest } from '../../data/dataDigest';
import { diskAccess } from '../../data/fileAccess.node';
import { readFiles } from '../../data/fileReading';
import { defaultKernelSet, openKernels, type BuiltKernelSet } from '../../engine/kernels/open';
import { largestExperimentFile, parseExperiment } from '../../experiment/parse';
import type { Finding } from '../../diagnosis/finding';
import type { ExperimentFile } from '../../experiment/experimentFile';
import type { KeyProblem } from '../../experiment/problem';
import type { ResolvedExperiment } from '../../experiment/schema';
import { reasonOf } from '../../protocol/channel';
import { formatNumber, formatCount, formatExact, formatMebibytes, formatMemoryEstimate } from '../../text/numbers';
import type { RunInfo } from '../../protocol/run';
import type { Ending } from '../../protocol/trainer';
import { lockFolder, type FolderLock } from '../../run/storage/folderLock.node';
import { kernelsAt } from '../../run/kernelHistory';
import { runFiles } from '../../run/storage/runFiles';
import type { Manifest } from '../../run/manifest';
import type { RecordBatch } from '../../run/records/recordBatch';
import { newRunFolder } from '../../run/storage/runFolder';
import { withoutControls } from '../../text/plainText';
import type { CommandLine } from './commandLine.node';
import { earlierRun, matchingRun, isOver } from './earlierRun.node';
import { runInfoOf } from '../training/runInfo';
import type { FolderStorage } from '../../run/storage/folderStorage.node';
import { LockedFolder } from '../../run/storage/lockedFolder.node';
import { WorkerPool, type Threads } from '../training/workerPool';
import { prepareTraining, type TrainingSetup } from '../training/trainingSetup';
import { jsonLines, progressBar, type Progress } from './progress.node';
import { StartError } from './startError';
import { Run } from '../training/run';
import { resumedKernelsNotice, runnableKernels } from '../training/runnableKernels';
import { RunWriter } from '../storage/runWriter';
import { Training } from '../training/training';
import { formatComputation } from '../../text/computation';

/** How a headless run ended. */
export type HeadlessEnd = 'finished' | 'refused' | 'diverged' | 'failed' | 'interrupted';

/**
 * Trains one experiment from file to end, without an editor.
 *
 * @param listenToSignals called when files have been read and nothing has been written yet: from then on an interrupted
 *   run ends in order, where the signal tells it to
 */
export async function trainHeadless(
  commandLine: CommandLine,
  threads: Threads,
  listenToSignals: () => AbortSignal,
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
): Promise<HeadlessEnd> {
  const say = (message: string): void => {
    stderr.write(`${withoutControls(message)}\n`);
  };
  let lock: FolderLock | undefined;
  let pool: WorkerPool | undefined;
  try {
    const folder = commandLine.out ?? newRunFolder(commandLine.file, commandLine.variant, new Date());
    const storage = new LockedFolder(folder);
    const { plan, dataDigest } = await planned(commandLine, storage, threads);
    await matchingRun(storage, plan, dataDigest, commandLine);
    const interruption = listenToSignals();
    lock = await lockFolder(folder).catch(cannotKeep(commandLine, folder));
    // Only what is read under the lock holds: another process may have trained there until now.
    const before = await matchingRun(storage, plan, dataDigest, commandLine);
    if (before !== undefined && isOver(before, plan)) {
      say(`Already finished: ${formatCount(before.updates, 'update')} in ${folder}.`);
      return 'finished';
    }
    if (before !== undefined) sayOtherKernels(before, plan, say);
    const training = new Training(plan, () => performance.now() / 1000);
    pool = WorkerPool.start(plan.learner, commandLine.workers, threads, say);
    const facts = runInfoOf(plan, commandLine.variant, folder, pool.workers, dataDigest);
    const writer = new RunWriter(storage, training, facts, sourceFrom(folder, commandLine.file));
    const opening = before === undefined ? writer.begin().then(() => []) : writer.resume(before);
    for (const fault of await opening.catch(cannotKeep(commandLine, folder))) say(fault);
    say(introduction(writer.info, training.updates));
    const first = training.updates;
    const progress = commandLine.json ? jsonLines(stdout) : progressBar(stderr, facts);
    const { ending, isKept, losses } = await drive({ training, writer, progress, commandLine, interruption, say });
    sayFindings(writer.diagnosis.findings, ending, say);
    sayUncaptured(commandLine.captures, first, ending.updates, say);
    return isKept ? conclude(ending, losses, interruption.aborted, say, folder) : concludeUnkept(ending, say);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    say(error.message);
    return 'refused';
  } finally {
    pool?.dispose();
    await lock?.release();
  }
}

/** The experiment file, relative to the run's folder, as every system reads it. */
function sourceFrom(folder: string, file: string): string {
  return relative(folder, file).replaceAll('\\', '/');
}

function cannotKeep({ file }: CommandLine, folder: string): (error: unknown) => never {
  return (error) => {
    throw new StartError(`${file}:1:1: The run can't be saved in ${folder}: ${reasonOf(error)}.`);
  };
}

interface Drive {
  readonly training: Training;
  readonly writer: RunWriter;
  readonly progress: Progress;
  readonly commandLine: CommandLine;
  readonly interruption: AbortSignal;
  readonly say: (message: string) => void;
}

/** The last losses that were measured; NaN where there was none. */
interface Losses {
  readonly training: number;
  readonly validation: number;
}

interface Driven {
  readonly ending: Ending;
  readonly isKept: boolean;
  readonly losses: Losses;
}

async function drive({ training, writer, progress, commandLine, interruption, say }: Drive): Promise<Driven> {
  let losses: Losses = { training: NaN, validation: NaN };
  const run = new Run({
    training,
    writer,
    observer: {
      records: (batch: RecordBatch) => {
        progress.show(batch);
        losses = lastLosses(batch, losses);
      },
      saveStatus: ({ message }) => {
        say(message);
      },
    },
    yieldToMessages: () =>
      new Promise((resolve) => {
        setImmediate(resolve);
      }),
    capturing: (update) => commandLine.captures.has(update),
  });
  const stop = (): void => {
    run.stop();
  };
  interruption.addEventListener('abort', stop);
  if (interruption.aborted) stop();
  try {
    const ending = await run.train();
    return { ending, isKept: run.isKept, losses };
  } finally {
    interruption.removeEventListener('abort', stop);
    progress.close();
  }
}

function lastLosses({ count, loss, validationLoss }: RecordBatch, before: Losses): Losses {
  return {
    training: loss[count - 1] ?? before.training,
    validation: validationLoss.subarray(0, count).findLast((value) => !Number.isNaN(value)) ?? before.validation,
  };
}

function lossesInWords({ training, validation }: Losses): string {
  const named = { loss: training, 'validation loss': validation };
  return Object.entries(named)
    .map(([name, value]) => (Number.isNaN(value) ? '' : `, ${name} ${formatNumber(value)}`))
    .join('');
}

function conclude(
  ending: Ending,
  losses: Losses,
  interrupted: boolean,
  say: (message: string) => void,
  folder: string,
): HeadlessEnd {
  const records = join(relative(process.cwd(), folder) || '.', runFiles.records);
  switch (ending.kind) {
    case 'finished':
      say(
        ending.reason === 'stopAtLoss'
          ? `Finished after ${formatCount(ending.updates, 'update')}: the loss reached training.stopAtLoss${lossesInWords(losses)}. Records: ${records}`
          : `Finished: ${formatCount(ending.updates, 'update')}${lossesInWords(losses)}. Records: ${records}`,
      );
      return 'finished';
    case 'stopped':
      say(
        `Interrupted after ${formatCount(ending.updates, 'update')}; a checkpoint was saved. Resume with --out ${folder} --resume.`,
      );
      return interrupted ? 'interrupted' : 'failed';
    case 'diverged':
      say(ending.message);
      return 'diverged';
    case 'failed':
      say(ending.message);
      return 'failed';
    default:
      return ending satisfies never;
  }
}

/** Without its folder a headless run has failed at what it was for, wherever the training itself came to. */
function concludeUnkept(ending: Ending, say: (message: string) => void): HeadlessEnd {
  if ('message' in ending) say(ending.message);
  say(
    `${ending.kind === 'finished' ? 'Finished' : 'Ended'} after ${formatCount(ending.updates, 'update')}, but not everything was saved.`,
  );
  return ending.kind === 'diverged' ? 'diverged' : 'failed';
}

/** What stands out; a divergence is the ending, and said as such. */
function sayFindings(findings: readonly Finding[], ending: Ending, say: (message: string) => void): void {
  const cause = ending.kind === 'diverged' ? ending.message : undefined;
  for (const { level, keyPath, update, message } of findings) {
    if (message !== cause) say(`${level} at ${keyPath.join('.')}, update ${update}: ${message}`);
  }
}

/** A run that was resumed, or ended before its time, may have missed updates that were to be captured. */
function sayUncaptured(
  captures: ReadonlySet<number>,
  first: number,
  end: number,
  say: (message: string) => void,
): void {
  const missed = [...captures].filter((update) => update < first || update >= end);
  if (missed.length === 0) return;
  say(
    `Not captured: ${missed.join(', ')}. ${end > first ? `The updates now done are ${first} to ${end - 1}` : 'No update was done'}.`,
  );
}

async function planned(
  commandLine: CommandLine,
  storage: FolderStorage,
  { cores }: Threads,
): Promise<{ readonly plan: TrainingSetup; readonly dataDigest: string | null }> {
  const { file: path } = commandLine;
  const file = await openExperiment(path);
  const resolved = file.resolve(commandLine.variant);
  if (resolved.kind === 'refused') throw refusedAt(commandLine, file, resolved.problems);
  const experiment = withSteps(resolved.experiment, commandLine.steps);
  const late = lateCapture(commandLine.captures, experiment);
  if (late !== undefined) throw refusedAt(commandLine, file, [late]);
  const folder = dirname(path);
  const read = await readFiles(experiment, diskAccess(folder, commandLine.workspace ?? folder));
  if (read.kind === 'refused') throw refusedAt(commandLine, file, read.problems);
  // Before the data are opened: it takes a copy of the file's bytes, and gives it back.
  const dataDigest = await computeDataDigest(experiment, read.files);
  const before = commandLine.resume ? await earlierRun(storage, path) : undefined;
  const outcome = prepareTraining({
    experiment,
    files: read.files,
    kernels: openKernels(commandLine.kernels ?? kernelsThatFit(before)),
    memoryLimit: commandLine.memoryLimit,
    workers: { wanted: commandLine.workers, cores },
    ...(before === undefined ? {} : { shards: before.facts.shards }),
  });
  if (outcome.kind === 'refused') throw refusedAt(commandLine, file, outcome.problems);
  return { plan: outcome.setup, dataDigest };
}

/** The kernels of the run that is gone on with where they can run here, else the fastest. */
function kernelsThatFit(before: Manifest | undefined): BuiltKernelSet {
  return before === undefined ? defaultKernelSet() : runnableKernels(kernelsAt(before.facts, Infinity)).name;
}

function sayOtherKernels({ facts }: Manifest, { kernels }: TrainingSetup, say: (message: string) => void): void {
  const { missing } = runnableKernels(kernelsAt(facts, Infinity));
  const words = resumedKernelsNotice({ name: kernels.name, missing });
  if (words !== undefined) say(words);
}

function lateCapture(captures: ReadonlySet<number>, { training }: ResolvedExperiment): KeyProblem | undefined {
  const last = training.steps - 1;
  const late = [...captures].find((update) => update > last);
  if (late === undefined) return undefined;
  const message = `Update ${late} can't be captured: the last of ${training.steps} is update ${last}. Choose a smaller --capture, or more steps.`;
  return { code: 'capture', message, keyPath: ['training', 'steps'] };
}

async function openExperiment(path: string): Promise<ExperimentFile> {
  const at = (message: string): StartError => new StartError(`${path}:1:1: ${message}`);
  const entry = await stat(path).catch((error: unknown) => {
    throw at(
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'File not found. Name the *.rnn.json file of an experiment; relative paths start at the folder npm was called from.'
        : `The experiment can't be read: ${reasonOf(error)}`,
    );
  });
  // A pipe or a device would be waited on for ever.
  if (!entry.isFile()) throw at('The experiment is a folder or a device, not a file. Name the *.rnn.json file itself.');
  const { size } = entry;
  if (size > largestExperimentFile) {
    throw at(
      `An experiment file is at most ${formatMebibytes(largestExperimentFile)}; this one has ${formatExact(size)} bytes.`,
    );
  }
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw at(`The experiment can't be read: ${reasonOf(error)}`);
  });
  const parsed = parseExperiment(text);
  if (parsed.kind === 'refused') {
    throw new StartError(
      parsed.problems.map(({ place, message }) => `${path}:${place.line}:${place.column}: ${message}`).join('\n'),
    );
  }
  return parsed.file;
}

function refusedAt(
  { file: path, variant }: CommandLine,
  file: ExperimentFile,
  objections: readonly KeyProblem[],
): StartError {
  const lines = objections.map(({ keyPath, message }) => {
    const { line, column } = file.placeOf(keyPath, variant);
    return `${path}:${line}:${column}: ${message}`;
  });
  return new StartError(lines.join('\n'));
}

function withSteps(experiment: ResolvedExperiment, steps: number | undefined): ResolvedExperiment {
  return steps === undefined ? experiment : { ...experiment, training: { ...experiment.training, steps } };
}

function introduction(facts: RunInfo, updatesDone: number): string {
  const from = updatesDone > 0 ? `, going on after update ${updatesDone}` : '';
  return (
    `${facts.name || 'Experiment'}${facts.variant === null ? '' : ` (${facts.variant})`}: ${facts.cell}, ` +
    `${facts.parameterCount} parameters, T = ${facts.steps}, B = ${facts.batch}, ` +
    `${formatMemoryEstimate(facts.memoryBytes)} of memory, ${formatComputation(facts)}${from}.`
  );
}
