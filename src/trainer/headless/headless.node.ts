import { stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { computeDataDigest } from '../../data/files/dataDigest';
import { diskAccess, readToSize } from '../../data/files/fileAccess.node';
import { decodeExperiment } from '../../experiment/document/decodeExperiment';
import { ReadingProgress } from '../../data/files/readingProgress';
import { checkFiles, readFiles } from '../../data/files/fileReading';
import { defaultKernelSet, openKernels, type BuiltKernelSet } from '../../engine/kernels/open';
import { maxExperimentBytes, parseExperiment } from '../../experiment/parse';
import type { Finding } from '../../diagnosis/finding';
import type { ExperimentFile } from '../../experiment/experimentFile';
import type { FileContent } from '../../data/files/fileContent';
import type { KeyProblem } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
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
import { baselineSummary } from '../../text/baselineComparison';
import { singleLine } from '../../text/plainText';
import { truncate } from '../../text/quoting';
import type { CommandLine } from './commandLine.node';
import { existenceProblem, readExistingRun, readMatchingRun, isOver } from './earlierRun.node';
import { runInfoOf } from '../training/runInfo';
import type { FolderStorage } from '../../run/storage/folderStorage.node';
import { LockedFolder } from '../../run/storage/lockedFolder.node';
import { WorkerPool, type Threads } from '../training/workerPool';
import { prepareTraining, readingProblem, type TrainingSetup } from '../training/trainingSetup';
import { jsonLines, progressBar, readingProgress, type Progress } from './progress.node';
import { StartError } from './startError';
import { Run } from '../training/run';
import { resumedKernelsNotice, runnableKernels } from '../training/runnableKernels';
import { RunWriter } from '../storage/runWriter';
import { maxCheckpointBytes, restoreCheckpoint } from '../storage/checkpoint';
import { Training } from '../training/training';
import { predictionsFileProblem, writePredictions } from './predictionsFile.node';
import { formatComputation } from '../../text/computation';

/** How a headless run ended. */
export type HeadlessEnd = 'finished' | 'refused' | 'diverged' | 'failed' | 'interrupted';

/**
 * Trains one experiment without an editor.
 *
 * @param listenToSignals called when the files have been read and nothing has been written yet. When the returned
 *   signal is aborted, the run saves a checkpoint and ends
 */
export async function trainHeadless(
  commandLine: CommandLine,
  threads: Threads,
  listenToSignals: () => AbortSignal,
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
): Promise<HeadlessEnd> {
  const print = (message: string): void => {
    stderr.write(`${singleLine(message)}\n`);
  };
  let lock: FolderLock | undefined;
  let pool: WorkerPool | undefined;
  try {
    const folder = commandLine.out ?? newRunFolder(commandLine.file, commandLine.variant, new Date());
    const storage = new LockedFolder(folder);
    const { setup, dataDigest, files } = await prepare(commandLine, storage, threads, stderr);
    await readMatchingRun(storage, setup, dataDigest, commandLine);
    const interruption = listenToSignals();
    lock = await lockFolder(folder).catch(cannotSave(commandLine, folder));
    // Read again under the lock: another process may have trained there until now.
    const before = await readMatchingRun(storage, setup, dataDigest, commandLine);
    if (before !== undefined && isOver(before, setup)) {
      print(`Already finished: ${formatCount(before.updates, 'update')} in ${folder}.`);
      return await predictAfter('finished', true, commandLine, setup, files, interruption, print, () =>
        restoreUpdates(setup, storage, before.updates),
      );
    }
    if (before !== undefined) printKernelNotice(before, setup, print);
    for (const notice of setup.notices) print(notice);
    const training = new Training(setup, () => performance.now() / 1000);
    pool = WorkerPool.start(setup.learner, commandLine.workers, threads, print);
    const info = runInfoOf(setup, commandLine.variant, folder, pool.workers, dataDigest);
    const writer = new RunWriter(storage, training, info, sourceFrom(folder, commandLine.file));
    const opening = before === undefined ? writer.begin().then(() => []) : writer.resume(before);
    for (const problem of await opening.catch(cannotSave(commandLine, folder))) print(problem);
    print(introduction(commandLine.file, writer.info, training.updates));
    for (const { level, keyPath, message } of writer.info.dataFindings) {
      print(`${level} at ${keyPath.join('.')}: ${message}`);
    }
    const first = training.updates;
    const progress = commandLine.json ? jsonLines(stdout) : progressBar(stderr, info);
    const { ending, isSaved, losses } = await trainToEnd({
      training,
      writer,
      progress,
      commandLine,
      interruption,
      print,
    });
    printFindings(writer.diagnosis.findings, writer.info, ending, print);
    printUncaptured(commandLine.captures, first, ending.updates, print);
    const end = isSaved
      ? conclude(ending, { losses, info, interrupted: interruption.aborted }, print, folder, commandLine)
      : concludeUnsaved(ending, print);
    return await predictAfter(end, ending.kind === 'finished', commandLine, setup, files, interruption, print);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    for (const problem of error.problems) print(problem);
    return 'refused';
  } finally {
    pool?.dispose();
    await lock?.release();
  }
}

/** Writes the requested predictions of a finished run, saved or not; a run that ended otherwise has none. */
async function predictAfter(
  end: HeadlessEnd,
  isFinished: boolean,
  { predictions }: CommandLine,
  setup: TrainingSetup,
  files: ReadonlyMap<string, FileContent>,
  interruption: AbortSignal,
  print: (message: string) => void,
  restore: () => Promise<void> = () => Promise.resolve(),
): Promise<HeadlessEnd> {
  if (predictions === undefined) return end;
  if (!isFinished) {
    print('No predictions were written: the run has not finished.');
    return end;
  }
  try {
    await restore();
    for (const message of await writePredictions(predictions, setup, files, interruption)) print(message);
    return end;
  } catch (error) {
    if (interruption.aborted) {
      print('Interrupted before the predictions were written; the run itself is saved.');
      return 'interrupted';
    }
    print(`No predictions were written: ${reasonOf(error)}`);
    return 'failed';
  }
}

/** Restores the weights that a finished run ended with. */
async function restoreUpdates(setup: TrainingSetup, storage: LockedFolder, updates: number): Promise<void> {
  const training = new Training(setup, () => 0);
  const path = runFiles.checkpoint(updates);
  const bytes = await storage.read(path, maxCheckpointBytes(training));
  if (bytes === undefined) throw new Error(`The run's ${path} is gone.`);
  restoreCheckpoint(training, bytes, updates);
}

/** The experiment file, relative to the run's folder and with `/` on every system. */
function sourceFrom(folder: string, file: string): string {
  return relative(folder, file).replaceAll('\\', '/');
}

function cannotSave({ file }: CommandLine, folder: string): (error: unknown) => never {
  return (error) => {
    throw new StartError(`${file}:1:1: The run can't be saved in ${folder}: ${reasonOf(error)}.`);
  };
}

interface TrainingParts {
  readonly training: Training;
  readonly writer: RunWriter;
  readonly progress: Progress;
  readonly commandLine: CommandLine;
  readonly interruption: AbortSignal;
  readonly print: (message: string) => void;
}

/** The last recorded losses; NaN without any. */
interface LastLosses {
  readonly training: number;
  readonly validation: number;
}

interface TrainingOutcome {
  readonly ending: Ending;
  readonly isSaved: boolean;
  readonly losses: LastLosses;
}

async function trainToEnd({
  training,
  writer,
  progress,
  commandLine,
  interruption,
  print,
}: TrainingParts): Promise<TrainingOutcome> {
  let losses: LastLosses = { training: NaN, validation: NaN };
  const run = new Run({
    training,
    writer,
    observer: {
      records: (batch: RecordBatch) => {
        progress.show(batch);
        losses = lastLosses(batch, losses);
      },
      saveStatus: ({ message }) => {
        print(message);
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
    return { ending, isSaved: run.isSaved, losses };
  } finally {
    interruption.removeEventListener('abort', stop);
    progress.close();
  }
}

function lastLosses({ count, loss, validationLoss }: RecordBatch, before: LastLosses): LastLosses {
  return {
    training: loss[count - 1] ?? before.training,
    validation: validationLoss.subarray(0, count).findLast((value) => !Number.isNaN(value)) ?? before.validation,
  };
}

function formatLosses({ training, validation }: LastLosses): string {
  const named = { loss: training, 'validation loss': validation };
  return Object.entries(named)
    .map(([name, value]) => (Number.isNaN(value) ? '' : `, ${name} ${formatNumber(value)}`))
    .join('');
}

/** What a run's last messages tell, beside how it ended. */
interface Outcome {
  readonly losses: LastLosses;
  readonly info: RunInfo;
  /** Whether a signal ended it. */
  readonly interrupted: boolean;
}

/** Prints how the loss compares with the baselines. */
function printComparison({ losses, info }: Outcome, print: (message: string) => void): void {
  const { training, validation } = losses;
  const compared = { training, validation: Number.isNaN(validation) ? undefined : validation };
  const summary = baselineSummary(compared, info.baselines);
  if (summary !== undefined) print(summary);
}

function conclude(
  ending: Ending,
  outcome: Outcome,
  print: (message: string) => void,
  folder: string,
  commandLine: CommandLine,
): HeadlessEnd {
  const { losses, interrupted } = outcome;
  const fromHere = relative(process.cwd(), folder);
  // A way up and down again is longer than the whole path, and says less.
  const records = join(fromHere.startsWith('..') ? folder : fromHere, runFiles.records);
  switch (ending.kind) {
    case 'finished':
      // The records are named last, where a person looks for them.
      printComparison(outcome, print);
      print(
        ending.reason === 'stopAtLoss'
          ? `Finished after ${formatCount(ending.updates, 'update')}: the loss reached training.stopAtLoss${formatLosses(losses)}. Records: ${records}`
          : `Finished: ${formatCount(ending.updates, 'update')}${formatLosses(losses)}. Records: ${records}`,
      );
      return 'finished';
    case 'stopped':
      print(
        `Interrupted after ${formatCount(ending.updates, 'update')}; a checkpoint was saved. Resume with ${resumingOptions(commandLine, folder)}.`,
      );
      return interrupted ? 'interrupted' : 'failed';
    case 'diverged':
      print(ending.message);
      return 'diverged';
    case 'failed':
      print(ending.message);
      return 'failed';
    default:
      return ending satisfies never;
  }
}

/** The options that resume this run: where it is, and whatever made it another experiment than its file. */
function resumingOptions({ variant, steps }: CommandLine, folder: string): string {
  return [
    ...(variant === undefined ? [] : [`--variant ${asArgument(variant)}`]),
    ...(steps === undefined ? [] : [`--steps ${steps}`]),
    `--out ${asArgument(folder)}`,
    '--resume',
  ].join(' ');
}

/** An argument as it is typed in a shell: in quotes where it would be several. */
function asArgument(value: string): string {
  return /^[\w./\\:~-]+$/.test(value) ? value : `"${value}"`;
}

/** A headless run whose folder is incomplete counts as failed, whatever the result of the training. */
function concludeUnsaved(ending: Ending, print: (message: string) => void): HeadlessEnd {
  if ('message' in ending) print(ending.message);
  print(
    `${ending.kind === 'finished' ? 'Finished' : 'Ended'} after ${formatCount(ending.updates, 'update')}, but not everything was saved.`,
  );
  return ending.kind === 'diverged' ? 'diverged' : 'failed';
}

/** Prints the findings, except those about the data, which were printed at the start, and a divergence, printed as the run's end. */
function printFindings(
  findings: readonly Finding[],
  { dataFindings }: RunInfo,
  ending: Ending,
  print: (message: string) => void,
): void {
  const dataMessages = dataFindings.map(({ message }) => message);
  const said = new Set(ending.kind === 'diverged' ? [...dataMessages, ending.message] : dataMessages);
  for (const { level, keyPath, update, message } of findings) {
    if (!said.has(message)) print(`${level} at ${keyPath.join('.')}, update ${update}: ${message}`);
  }
}

/** Prints the requested captures that are missing because the run was resumed after them or ended before them. */
function printUncaptured(
  captures: ReadonlySet<number>,
  first: number,
  end: number,
  print: (message: string) => void,
): void {
  const missed = [...captures].filter((update) => update < first || update >= end);
  if (missed.length === 0) return;
  print(
    `Not captured: ${missed.join(', ')}. ${end > first ? `Updates ${first} to ${end - 1} were computed now` : 'No update was computed'}.`,
  );
}

async function prepare(
  commandLine: CommandLine,
  storage: FolderStorage,
  { cores }: Threads,
  stderr: NodeJS.WriteStream,
): Promise<{
  readonly setup: TrainingSetup;
  readonly dataDigest: string | null;
  readonly files: ReadonlyMap<string, FileContent>;
}> {
  const { file: path } = commandLine;
  const file = await openExperiment(path);
  const resolved = file.resolve(commandLine.variant);
  if (resolved.kind === 'refused') throw startErrorAt(commandLine, file, resolved.problems);
  const experiment = withSteps(resolved.experiment, commandLine.steps);
  const late = captureProblem(commandLine.captures, experiment);
  if (late !== undefined) throw startErrorAt(commandLine, file, [late]);
  const unwritable =
    commandLine.predictions === undefined
      ? undefined
      : await predictionsFileProblem(commandLine.predictions, experiment);
  if (unwritable !== undefined) throw startErrorAt(commandLine, file, [unwritable]);
  // Whatever needs no data is refused before they are read.
  const before = await readExistingRun(storage, path);
  const misfit = existenceProblem(before, commandLine, storage.folder);
  if (misfit !== undefined) throw new StartError(`${path}:1:1: ${misfit}`);
  const folder = dirname(path);
  const onRead = { add: (_bytes: number): void => undefined };
  const access = diskAccess(folder, commandLine.workspace ?? folder, (bytes) => {
    onRead.add(bytes);
  });
  const checked = await checkFiles(experiment, access);
  if (checked.kind === 'refused') throw startErrorAt(commandLine, file, checked.problems);
  const large = readingProblem(experiment, commandLine.memoryLimit, checked.bytes);
  if (large !== undefined) throw startErrorAt(commandLine, file, [large]);
  const read = await readFiles(experiment, access);
  if (read.kind === 'refused') throw startErrorAt(commandLine, file, read.problems);
  const streamed = [...read.files.values()].reduce((sum, one) => sum + (one instanceof Uint8Array ? 0 : one.size), 0);
  const progress = streamed === 0 ? undefined : readingProgress(stderr);
  if (progress !== undefined) {
    onRead.add = new ReadingProgress(experiment, streamed, () => performance.now() / 1000, progress.show).add;
  }
  // Before the data are opened: it copies the file's bytes, and frees the copy.
  const dataDigest = await computeDataDigest(experiment, read.files);
  const outcome = prepareTraining({
    experiment,
    files: read.files,
    kernels: openKernels(commandLine.kernels ?? resumableKernels(before)),
    memoryLimit: commandLine.memoryLimit,
    workers: { requested: commandLine.workers, cores },
    ...(before === undefined ? {} : { shards: before.facts.shards }),
  });
  progress?.close();
  if (outcome.kind === 'refused') throw startErrorAt(commandLine, file, outcome.problems);
  // The predictions are written with the times and numbers of the file.
  const files = commandLine.predictions === undefined ? new Map<string, FileContent>() : read.files;
  return { setup: outcome.setup, dataDigest, files };
}

/** The kernels of the run to resume if they can run here, else the fastest. */
function resumableKernels(before: Manifest | undefined): BuiltKernelSet {
  return before === undefined ? defaultKernelSet() : runnableKernels(kernelsAt(before.facts, Infinity)).name;
}

function printKernelNotice({ facts }: Manifest, { kernels }: TrainingSetup, print: (message: string) => void): void {
  const { missing } = runnableKernels(kernelsAt(facts, Infinity));
  const notice = resumedKernelsNotice({ name: kernels.name, missing });
  if (notice !== undefined) print(notice);
}

function captureProblem(captures: ReadonlySet<number>, { training }: ResolvedExperiment): KeyProblem | undefined {
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
  // Reading a pipe or a device could wait forever.
  if (!entry.isFile()) throw at('The experiment is a folder or a device, not a file. Name the *.rnn.json file itself.');
  const { size } = entry;
  if (size > maxExperimentBytes) {
    throw at(
      `An experiment file is at most ${formatMebibytes(maxExperimentBytes)}; this one has ${formatExact(size)} bytes.`,
    );
  }
  const bytes = await readToSize(path, maxExperimentBytes).catch((error: unknown) => {
    throw at(`The experiment can't be read: ${reasonOf(error)}`);
  });
  const parsed = parseExperiment(decodeExperiment(bytes, true));
  if (parsed.kind === 'refused') {
    throw new StartError(
      ...parsed.problems.map(({ place, message }) => `${path}:${place.line}:${place.column}: ${message}`),
    );
  }
  return parsed.file;
}

function startErrorAt(
  { file: path, variant }: CommandLine,
  file: ExperimentFile,
  problems: readonly KeyProblem[],
): StartError {
  const lines = problems.map(({ keyPath, message }) => {
    const { line, column } = file.placeOf(keyPath, variant);
    return `${path}:${line}:${column}: ${message}`;
  });
  return new StartError(...lines);
}

function withSteps(experiment: ResolvedExperiment, steps: number | undefined): ResolvedExperiment {
  return steps === undefined ? experiment : { ...experiment, training: { ...experiment.training, steps } };
}

function introduction(file: string, info: RunInfo, updatesDone: number): string {
  const name = info.name || basename(file).replace(/\.rnn\.json$/i, '');
  const from = updatesDone > 0 ? `, resuming after update ${updatesDone}` : '';
  return (
    `${truncate(name)}${info.variant === null ? '' : ` (${truncate(info.variant)})`}: ${info.cell}, ` +
    `${info.parameterCount} parameters, T = ${info.steps}, B = ${info.batch}, ` +
    `${formatMemoryEstimate(info.memoryBytes)} of memory, ${formatComputation(info)}${from}.`
  );
}
