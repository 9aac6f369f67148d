import { readFile, stat } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { performance } from 'node:perf_hooks';
import { diskAccess } from '../data/fileAccess.node';
import { readFiles } from '../data/fileReading';
import { openKernels } from '../engine/kernels/open';
import { largestExperimentFile, parseExperiment } from '../experiment/parse';
import type { ExperimentFile } from '../experiment/experimentFile';
import { toJson } from '../experiment/resolved';
import type { Objection } from '../experiment/refusal';
import type { ResolvedExperiment } from '../experiment/schema';
import { reasonOf } from '../protocol/channel';
import type { RunFacts } from '../protocol/run';
import type { Ending } from '../protocol/trainer';
import { runFiles } from '../run/layout';
import { readManifest, type Manifest } from '../run/manifest';
import type { RecordBatch } from '../run/recordBatch';
import { newRunFolder } from '../run/runFolder';
import type { CommandLine } from './commandLine.node';
import { factsOf } from './facts';
import { FolderStorage } from './folder.node';
import { planTraining, type TrainingPlan } from './plan';
import { jsonLines, progressBar, type Progress } from './progress.node';
import { Run } from './run';
import { RunWriter } from './runWriter';
import { Training } from './training';

/** How a headless run ended. */
export type HeadlessEnd = 'finished' | 'refused' | 'diverged' | 'failed' | 'interrupted';

/** Something that keeps the run from starting; already in the form `file:line:column: message`. */
class Refused extends Error {
  override readonly name = 'Refused';
}

/** Trains one experiment from file to end, without an editor. */
export async function trainHeadless(
  commandLine: CommandLine,
  interruption: AbortSignal,
  stdout: NodeJS.WriteStream,
  stderr: NodeJS.WriteStream,
): Promise<HeadlessEnd> {
  const say = (message: string): void => {
    stderr.write(`${message}\n`);
  };
  try {
    const plan = await planned(commandLine);
    const folder = commandLine.out ?? newRunFolder(commandLine.file, commandLine.variant, new Date());
    const storage = new FolderStorage(folder);
    const before = await manifestOf(storage);
    refuseUnfitting(before, plan, commandLine, folder);
    if (before !== undefined && before.updates >= plan.experiment.training.steps) {
      say(`Already finished: ${before.updates} updates in ${folder}.`);
      return 'finished';
    }
    const training = new Training(plan, () => performance.now() / 1000);
    const facts = factsOf(plan, commandLine.variant, folder);
    const writer = new RunWriter(storage, training, facts);
    await (before === undefined ? writer.begin() : writer.resume(before.startedAt));
    say(introduction(facts, training.updates));
    const progress = commandLine.json ? jsonLines(stdout) : progressBar(stderr, facts);
    const ending = await drive({ training, writer, progress, commandLine, interruption, say });
    return conclude(ending, interruption.aborted, say, folder);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    say(error.message);
    return 'refused';
  }
}

interface Drive {
  readonly training: Training;
  readonly writer: RunWriter;
  readonly progress: Progress;
  readonly commandLine: CommandLine;
  readonly interruption: AbortSignal;
  readonly say: (message: string) => void;
}

async function drive({ training, writer, progress, commandLine, interruption, say }: Drive): Promise<Ending> {
  const run = new Run({
    training,
    writer,
    observer: {
      records: (batch: RecordBatch) => {
        progress.show(batch);
      },
      notice: say,
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
    return await run.train();
  } finally {
    interruption.removeEventListener('abort', stop);
    progress.close();
  }
}

function conclude(ending: Ending, interrupted: boolean, say: (message: string) => void, folder: string): HeadlessEnd {
  const records = join(relative(process.cwd(), folder) || '.', runFiles.records);
  switch (ending.kind) {
    case 'finished':
      say(
        ending.reason === 'stopAtLoss'
          ? `Finished after ${ending.updates} updates: the loss reached training.stopAtLoss. Records: ${records}`
          : `Finished: ${ending.updates} updates. Records: ${records}`,
      );
      return 'finished';
    case 'stopped':
      say(`Interrupted after ${ending.updates} updates; a checkpoint is kept. Go on with --out ${folder} --resume.`);
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

async function planned(commandLine: CommandLine): Promise<TrainingPlan> {
  const { file: path } = commandLine;
  const file = await openExperiment(path);
  const resolved = file.resolve(commandLine.variant);
  if (resolved.kind === 'refused') throw refusedAt(commandLine, file, resolved.refusals);
  const experiment = withSteps(resolved.experiment, commandLine.steps);
  const folder = dirname(path);
  const read = await readFiles(experiment, diskAccess(folder, commandLine.workspace ?? folder));
  if (read.kind === 'refused') throw refusedAt(commandLine, file, read.refusals);
  const kernels = openKernels(commandLine.kernels);
  const outcome = planTraining({ experiment, files: read.files, kernels, memoryLimit: commandLine.memoryLimit });
  if (outcome.kind === 'refused') throw refusedAt(commandLine, file, outcome.refusals);
  return outcome.plan;
}

async function openExperiment(path: string): Promise<ExperimentFile> {
  const at = (message: string): Refused => new Refused(`${path}:1:1: ${message}`);
  const { size } = await stat(path).catch((error: unknown) => {
    throw at(`The experiment cannot be read: ${reasonOf(error)}`);
  });
  if (size > largestExperimentFile) {
    throw at(`An experiment file is at most ${largestExperimentFile / 1024 / 1024} MiB; this one has ${size} bytes.`);
  }
  const text = await readFile(path, 'utf8').catch((error: unknown) => {
    throw at(`The experiment cannot be read: ${reasonOf(error)}`);
  });
  const parsed = parseExperiment(text);
  if (parsed.kind === 'refused') {
    throw new Refused(
      parsed.refusals.map(({ place, message }) => `${path}:${place.line}:${place.column}: ${message}`).join('\n'),
    );
  }
  return parsed.file;
}

function refusedAt(
  { file: path, variant }: CommandLine,
  file: ExperimentFile,
  objections: readonly Objection[],
): Refused {
  const lines = objections.map(({ keyPath, message }) => {
    const { line, column } = file.placeOf(keyPath, variant);
    return `${path}:${line}:${column}: ${message}`;
  });
  return new Refused(lines.join('\n'));
}

function withSteps(experiment: ResolvedExperiment, steps: number | undefined): ResolvedExperiment {
  return steps === undefined ? experiment : { ...experiment, training: { ...experiment.training, steps } };
}

async function manifestOf(storage: FolderStorage): Promise<Manifest | undefined> {
  const bytes = await storage.read(runFiles.manifest);
  if (bytes === undefined) return undefined;
  const manifest = readManifest(bytes);
  if (manifest === undefined) {
    throw new Refused(
      `${join(storage.folder, runFiles.manifest)}:1:1: The folder's run cannot be read. Choose another --out.`,
    );
  }
  return manifest;
}

function refuseUnfitting(
  before: Manifest | undefined,
  plan: TrainingPlan,
  { resume, file }: CommandLine,
  folder: string,
): void {
  if (before === undefined) {
    if (resume)
      throw new Refused(`${file}:1:1: There is no run in ${folder} to go on with. Leave out --resume to start one.`);
    return;
  }
  if (!resume) {
    throw new Refused(
      `${file}:1:1: ${folder} already holds a run. Choose another --out, or add --resume to go on with it.`,
    );
  }
  const comparable = (json: unknown): string => {
    const experiment = json as ResolvedExperiment;
    return JSON.stringify({ ...experiment, training: { ...experiment.training, steps: 0 } });
  };
  if (comparable(before.experiment) !== comparable(JSON.parse(toJson(plan.experiment)))) {
    throw new Refused(
      `${file}:1:1: The run in ${basename(folder)} was trained with another experiment; only training.steps may differ. ` +
        'Choose another --out, or go back to the experiment in its run.json.',
    );
  }
}

function introduction(facts: RunFacts, updatesDone: number): string {
  const from = updatesDone > 0 ? `, going on after update ${updatesDone}` : '';
  return (
    `${facts.name || 'Experiment'}${facts.variant === null ? '' : ` (${facts.variant})`}: ${facts.cell}, ` +
    `${facts.parameterCount} parameters, T = ${facts.steps}, B = ${facts.batch}, ${facts.kernels} kernels${from}.`
  );
}
