import { join, relative, resolve } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { RunInfo } from '../../protocol/run';
import type { Ending } from '../../protocol/trainer';
import type { RecordBatch } from '../../run/records/recordBatch';
import { readGitCommit } from '../../run/storage/gitCommit.node';
import { lockFolder } from '../../run/storage/folderLock.node';
import { LockedFolder } from '../../run/storage/lockedFolder.node';
import { runFiles } from '../../run/storage/runFiles';
import { newRunFolder } from '../../run/storage/runFolder';
import { formatCount, formatExact, formatNumber } from '../../text/numbers';
import { RunWriter } from '../storage/runWriter';
import { Run } from '../training/run';
import { runInfoOf } from '../training/runInfo';
import { Training } from '../training/training';
import { WorkerPool, type Threads } from '../training/workerPool';
import {
  lastLosses,
  printConclusion,
  printerTo,
  printFindings,
  printUncaptured,
  printUnsavedConclusion,
  type HeadlessEnd,
  noLosses,
  type LastLosses,
  type Print,
} from './closingMessages';
import type { CheckReport } from './checkReport';
import type { CommandLine } from './commandLine/trainingCommandLine.node';
import { isOver, readMatchingRun } from './earlierRun.node';
import { codeOf, fileErrorReason } from './fileErrorReason';
import { reportHeldOut } from './heldOutReport.node';
import { printIntroduction, printKernelNotice } from './openingMessages.node';
import { judgeRun, outcomeOfStored, suiteName, type JudgedRun } from './judging.node';
import { finishPredictions } from './predictionsFile.node';
import { prepareRun, type PreparedRun } from './preparation.node';
import { jsonLines, progressBar, type Progress } from './progress.node';
import { StartError } from './startError';
import { settingsIn } from './sweep/settings';

/**
 * Trains one run without an editor: an experiment, or one of its seeds.
 *
 * @param listenToSignals called when the files have been read and nothing has been written yet. When the returned
 *   signal is aborted, the run saves a checkpoint and ends
 */
export async function trainRun(
  commandLine: CommandLine,
  threads: Threads,
  listenToSignals: () => AbortSignal,
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
  report: CheckReport,
): Promise<HeadlessEnd> {
  const print = printerTo(stderr);
  try {
    const folder = folderOf(commandLine);
    const storage = new LockedFolder(folder);
    const prepared = await prepareRun(commandLine, storage, threads, stderr);
    await readMatchingRun(storage, prepared, commandLine);
    const interruption = listenToSignals();
    const lock = await lockFolder(folder).catch(cannotSave(commandLine, folder));
    try {
      return await trainLocked({
        commandLine,
        storage,
        prepared,
        threads,
        interruption,
        stdout,
        stderr,
        print,
        report,
      });
    } finally {
      await lock.release();
    }
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    for (const problem of error.problems) print(problem);
    report.addProblems(suiteName(commandLine, 'start'), commandLine.file, error.problems);
    return 'refused';
  }
}

/** The folder of a run: the one that the command line names, or a new one in that of all runs. */
export function folderOf({ out, runs, file, variant, seed }: CommandLine): string {
  return out ?? newRunFolder(file, variant, new Date(), runs, seed);
}

interface LockedRun {
  readonly commandLine: CommandLine;
  /** The run's folder, locked by this process. */
  readonly storage: LockedFolder;
  readonly prepared: PreparedRun;
  readonly threads: Threads;
  readonly interruption: AbortSignal;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
  readonly print: Print;
  readonly report: CheckReport;
}

/** Trains a new run, or continues the one in its folder. */
async function trainLocked(run: LockedRun): Promise<HeadlessEnd> {
  const { commandLine, storage, prepared, interruption, print } = run;
  const { folder } = storage;
  const { setup, dataDigest, files } = prepared;
  const finished = { path: commandLine.predictions, setup, files, interruption, print };
  // Read again under the lock: another process may have trained there until now.
  const before = await readMatchingRun(storage, prepared, commandLine);
  if (before !== undefined && isOver(before, setup)) {
    const { updates } = before;
    print(`Already finished: ${formatCount(updates, 'update')} in ${folder}.`);
    const stored = { ...finished, stored: { storage, updates } };
    const end = await finishPredictions('finished', stored, await reportHeldOut(stored));
    return judgeRun(
      { ...judgedParts(run, before.facts), ...(await outcomeOfStored(storage, before)), seconds: 0 },
      end,
    );
  }
  if (before !== undefined) printKernelNotice(before, setup, print);
  for (const notice of setup.notices) print(notice);
  const training = new Training(setup, () => performance.now() / 1000);
  const pool = WorkerPool.start(setup.learner, commandLine.workers, run.threads, print);
  try {
    const info = runInfoOf(setup, commandLine.variant, folder, pool.workers, dataDigest, prepared.seeds);
    const commit = await readGitCommit(resolve(commandLine.file));
    const writer = new RunWriter(storage, training, info, {
      source: sourceFrom(folder, commandLine.file),
      // Whether files differ from it only Git can say, which may run what a stranger's repository names.
      git: commit === undefined ? undefined : { commit, isDirty: null },
    });
    const opening = before === undefined ? writer.begin().then(() => []) : writer.resume(before);
    for (const problem of await opening.catch(cannotSave(commandLine, folder))) print(problem);
    const first = training.updates;
    printIntroduction(commandLine.file, writer.info, first, print);
    const progress = commandLine.json ? jsonLines(run.stdout, commandLine.seed) : progressBar(run.stderr, info);
    const { captures } = commandLine;
    const outcome = await trainToEnd({ training, writer, progress, captures, interruption, print });
    const { ending } = outcome;
    printFindings(writer.diagnosis.findings, writer.info, ending, print);
    printUncaptured(captures, first, ending.updates, print);
    const interrupted = interruption.aborted;
    const report = ending.kind === 'finished' ? await reportHeldOut(finished) : undefined;
    const end = outcome.isSaved
      ? printConclusion({ ...outcome, info, interrupted, ...namesOf(folder, commandLine) }, print)
      : printUnsavedConclusion(ending, print);
    if (report === undefined && commandLine.predictions !== undefined) {
      print('No predictions were written: the run has not finished.');
    }
    const { findings } = writer.diagnosis;
    const judged = {
      ...judgedParts(run, writer.info),
      findings,
      outcome: { ...outcomeOf(ending), findings },
      seconds: training.seconds,
    };
    return await judgeRun(judged, report === undefined ? end : await finishPredictions(end, finished, report));
  } finally {
    pool.dispose();
  }
}

/** What is judged of a run, and where its judgement goes. */
function judgedParts({ commandLine, storage, prepared, stdout, print, report }: LockedRun, info: RunInfo) {
  const { file, setup } = prepared;
  return { commandLine, file, experiment: setup.experiment, folder: storage.folder, info, stdout, print, report };
}

function outcomeOf(ending: Ending): Omit<JudgedRun['outcome'], 'findings'> {
  return {
    state: ending.kind,
    updates: ending.updates,
    message: 'message' in ending ? ending.message : undefined,
  };
}

/** The experiment file, relative to the run's folder and with `/` on every system. */
function sourceFrom(folder: string, file: string): string {
  return relative(folder, file).replaceAll('\\', '/');
}

function cannotSave({ out }: CommandLine, folder: string): (error: unknown) => never {
  return (error) => {
    // An error of the file system has a code; any other one says in its message what to do.
    const advice =
      codeOf(error) === undefined ? '' : ` Choose another folder${out === undefined ? ' with --out' : ''}.`;
    throw new StartError(`The run can't be saved in ${folder}: ${fileErrorReason(error)}.${advice}`);
  };
}

interface TrainingParts {
  readonly training: Training;
  readonly writer: RunWriter;
  readonly progress: Progress;
  /** Updates to capture. */
  readonly captures: ReadonlySet<number>;
  readonly interruption: AbortSignal;
  readonly print: Print;
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
  captures,
  interruption,
  print,
}: TrainingParts): Promise<TrainingOutcome> {
  let losses = noLosses;
  const run = new Run({
    training,
    writer,
    observer: {
      records: (batch: RecordBatch) => {
        progress.show(batch);
        losses = lastLosses(batch, losses);
      },
      rateReduced: ({ update, learningRate }) => {
        print(
          `The loss has stopped falling: learning rate ${formatNumber(learningRate)} from update ${formatExact(update)} on.`,
        );
      },
      saveStatus: ({ message }) => {
        print(message);
      },
    },
    yieldToMessages: () =>
      new Promise((resolve) => {
        setImmediate(resolve);
      }),
    capturing: (update) => captures.has(update),
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

/** How the last messages name a run's records, and the options that resume it: where it is, and whatever made it another experiment than its file. */
function namesOf(
  folder: string,
  { variant, seed, steps, changes }: CommandLine,
): { records: string; resumingOptions: string } {
  const fromHere = relative(process.cwd(), folder);
  return {
    // A way up and down again is longer than the whole path, and says less.
    records: join(fromHere.startsWith('..') ? folder : fromHere, runFiles.records),
    resumingOptions: [
      ...(variant === undefined ? [] : [`--variant ${asArgument(variant)}`]),
      ...(seed === undefined ? [] : [`--seed ${seed}`]),
      ...(steps === undefined ? [] : [`--steps ${steps}`]),
      ...(Object.keys(changes).length === 0
        ? []
        : settingsIn(changes).map((setting) => `--set ${asArgument(setting)}`)),
      `--out ${asArgument(folder)}`,
      '--resume',
    ].join(' '),
  };
}

/** An argument as it is typed in a shell: in quotes where it would be several. */
function asArgument(value: string): string {
  if (/^[\w./\\:~=-]+$/.test(value)) return value;
  // JSON has quotes of its own.
  return value.includes('"') ? `'${value}'` : `"${value}"`;
}
