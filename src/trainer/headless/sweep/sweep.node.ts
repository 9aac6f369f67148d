import { mkdir, readdir } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { readFindings, maxFindingsBytes } from '../../../diagnosis/finding';
import { toJson } from '../../../experiment/resolved';
import { reasonOf } from '../../../protocol/channel';
import { differingKeys, keyValues } from '../../../run/differences';
import type { Manifest } from '../../../run/manifest';
import { FolderStorage } from '../../../run/storage/folderStorage.node';
import { runFiles } from '../../../run/storage/runFiles';
import { formatCount, formatDone } from '../../../text/numbers';
import { quote, quoteAll } from '../../../text/quoting';
import { runChild } from '../childRunner.node';
import { printerTo, type HeadlessEnd, type Print } from '../closingMessages';
import { maxMost, type Sweep } from '../commandLine/sweepCommandLine.node';
import type { CommandLine } from '../commandLine/trainingCommandLine.node';
import { readExistingRun } from '../earlierRun.node';
import { codeOf, fileErrorReason } from '../fileErrorReason';
import { openExperiment } from '../openedExperiment.node';
import { prepareSetup } from '../preparation.node';
import { formatLoss, runTable } from '../runTable';
import { worstOf } from '../seeds.node';
import { StartError } from '../startError';
import { gridOf, sizeOf } from './grid';
import { exportSweep } from './sweepPrograms.node';
import { changesOf, settingsIn } from './settings';
import type { SweptRun } from './sweptRun';

interface Surroundings {
  readonly listenToSignals: () => AbortSignal;
  readonly stdout: NodeJS.WritableStream;
  readonly stderr: NodeJS.WriteStream;
}

/**
 * Trains every combination of a sweep, several at once and each in a process of its own, or writes a script that does.
 * Runs of an earlier sweep in the same folder that have finished are kept, and the others are continued.
 */
export async function sweepHeadless(sweep: Sweep, surroundings: Surroundings): Promise<HeadlessEnd> {
  const print = printerTo(surroundings.stderr);
  try {
    const runs = await checkedRuns(sweep);
    // Problems of the data are those of all runs, in most sweeps.
    const [first] = runs;
    if (first !== undefined) await prepareSetup(first.commandLine, surroundings.stderr);
    if (sweep.script !== undefined) {
      return await exportSweep(sweep, sweep.script, runs, surroundings, print);
    }
    await checkFolder(sweep.out, runs);
    return await trainAll(sweep, runs, surroundings, print);
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    for (const problem of error.problems) print(problem);
    return 'refused';
  }
}

/**
 * The runs of a sweep, every one with an experiment that is valid.
 *
 * @throws StartError with each problem once, or where there are too many of them
 */
async function checkedRuns(sweep: Sweep): Promise<readonly SweptRun[]> {
  const { commandLine, settings, out, most } = sweep;
  const own = sweep.seeds.length > 0 ? sweep.seeds : (await openExperiment(commandLine)).seeds;
  const size = sizeOf(settings, own);
  if (size > most) {
    throw new StartError(
      `The sweep has ${formatCount(size, 'combination')}, and at most ${formatCount(most, 'run')} are trained. Leave some out${size > maxMost ? '' : `, or add --most ${size}`}.`,
    );
  }
  const runs: SweptRun[] = [];
  const problems = new Set<string>();
  for (const combination of gridOf(settings, own)) {
    const { name, values, seed } = combination;
    const changes = changesOf([...values, ...(seed === undefined ? [] : [['seed', seed] as const])]);
    const one = { ...commandLine, changes, out: join(out, name) };
    try {
      runs.push({ combination, commandLine: one, experiment: (await openExperiment(one)).experiment });
    } catch (error) {
      if (!(error instanceof StartError)) throw error;
      for (const problem of error.problems) problems.add(problem);
    }
  }
  if (problems.size > 0) throw new StartError(...problems);
  return runs;
}

/** @throws StartError where the folder holds something that the sweep would be mixed with */
async function checkFolder(out: string, runs: readonly SweptRun[]): Promise<void> {
  const entries = await readdir(out).catch((error: unknown): readonly string[] => {
    if (codeOf(error) === 'ENOENT') return [];
    throw new StartError(`The folder ${out} of --out can't be read: ${fileErrorReason(error)}. Choose another --out.`);
  });
  if (entries.includes(runFiles.manifest)) {
    throw new StartError(`${out} holds a run, and --out of a sweep is the folder of its runs. Choose another --out.`);
  }
  for (const { combination, commandLine, experiment } of runs) {
    const earlier = await earlierRun(commandLine);
    if (earlier === undefined) continue;
    const withoutTexts = ({ name: _name, notes: _notes, ...rest }: Readonly<Record<string, unknown>>) => rest;
    const keys = differingKeys([
      keyValues(withoutTexts(earlier.experiment)),
      keyValues(withoutTexts(JSON.parse(toJson(experiment)) as Record<string, unknown>)),
    ]);
    if (keys.length === 0) continue;
    throw new StartError(
      `The run ${quote(combination.name)} in ${out} is of another experiment: ${quoteAll(keys.slice(0, 3))} ${keys.length === 1 ? 'differs' : 'differ'}. Choose another --out.`,
    );
  }
}

function earlierRun({ out = '' }: CommandLine): Promise<Manifest | undefined> {
  return readExistingRun(new FolderStorage(out));
}

async function trainAll(
  sweep: Sweep,
  runs: readonly SweptRun[],
  { listenToSignals, stdout }: Surroundings,
  print: Print,
): Promise<HeadlessEnd> {
  await mkdir(sweep.out, { recursive: true }).catch((error: unknown) => {
    throw new StartError(`The folder ${sweep.out} can't be created: ${fileErrorReason(error)}. Choose another --out.`);
  });
  const jobs = Math.min(sweep.jobs ?? availableParallelism(), runs.length);
  print(
    `${formatCount(runs.length, 'run')} in ${sweep.out}, ${jobs === 1 ? 'one after the other' : `${jobs} at once`}.`,
  );
  const interruption = listenToSignals();
  const ends = new Map<SweptRun, HeadlessEnd>();
  const left = [...runs];
  const worker = async (): Promise<void> => {
    for (let run = left.shift(); run !== undefined && !interruption.aborted; run = left.shift()) {
      const earlier = await earlierRun(run.commandLine);
      // What is expected of it is judged again, which trains nothing.
      const isDone = earlier?.state === 'finished' && run.experiment.expect === undefined;
      const { end, said } = isDone ? keptRun : await trainOne(run, earlier !== undefined, jobs, interruption);
      ends.set(run, end);
      const place = `${ends.size} of ${runs.length}: ${run.combination.name}`;
      print(`${place} ${isDone ? 'has finished earlier' : endWords[end]}.`);
      if (end === 'refused' || end === 'failed') for (const line of said.slice(-maxSaid)) print(`  ${line}`);
    }
  };
  await Promise.all(Array.from({ length: jobs }, worker));
  await writeTable(sweep, runs, stdout);
  const all = interruption.aborted ? [...ends.values(), 'interrupted' as const] : [...ends.values()];
  if (interruption.aborted)
    print('Interrupted. The same command continues it: what has finished is not trained again.');
  return worstOf(all);
}

/** Lines of a run that could not be trained which are shown. */
const maxSaid = 5;

const keptRun: Trained = { end: 'finished', said: [] };

const endWords: Readonly<Record<HeadlessEnd, string>> = {
  finished: 'has finished',
  unmet: 'has finished without what is expected',
  refused: 'was refused',
  diverged: 'has diverged',
  failed: 'failed',
  interrupted: 'was interrupted',
};

interface Trained {
  readonly end: HeadlessEnd;
  /** What it said, as lines. */
  readonly said: readonly string[];
}

/** Trains one run in a process of its own, whose failure is no other run's. */
async function trainOne(
  { commandLine }: SweptRun,
  isResumed: boolean,
  jobs: number,
  interruption: AbortSignal,
): Promise<Trained> {
  const words = wordsOf(commandLine, isResumed, jobs);
  const { code, messages } = await runChild(process.argv[1] ?? '', words, undefined, interruption).catch(
    (error: unknown) => ({ code: undefined, messages: reasonOf(error) }),
  );
  return {
    end: interruption.aborted && code === undefined ? 'interrupted' : (endsByCode.get(code ?? -1) ?? 'failed'),
    said: messages.split('\n').filter((line) => line.trim() !== ''),
  };
}

const endsByCode: ReadonlyMap<number, HeadlessEnd> = new Map<number, HeadlessEnd>([
  [0, 'finished'],
  [1, 'refused'],
  [2, 'diverged'],
  [4, 'unmet'],
  [130, 'interrupted'],
]);

/** The words of the command line that trains one run. */
function wordsOf(commandLine: CommandLine, isResumed: boolean, jobs: number): readonly string[] {
  const { file, variant, steps, changes, out = '', workspace, memoryLimit, kernels, workers } = commandLine;
  const sets = settingsIn(changes).map((setting) => `--set=${setting}`);
  return [
    ...['train', file, '--out', out, ...sets],
    ...(variant === undefined ? [] : [`--variant=${variant}`]),
    ...(steps === undefined ? [] : ['--steps', String(steps)]),
    ...(workspace === undefined ? [] : ['--workspace', workspace]),
    // Those that train at the same time share it.
    ...['--memory', String(Math.max(1, Math.floor(memoryLimit / jobs / 1024 / 1024)))],
    ...(kernels === undefined ? [] : ['--kernels', kernels]),
    // The runs share the cores already; the number of threads changes no result.
    ...['--workers', String(workers > 0 ? workers : jobs > 1 ? 1 : availableParallelism())],
    ...(isResumed ? ['--resume'] : []),
  ];
}

async function writeTable(
  { settings, out, commandLine }: Sweep,
  runs: readonly SweptRun[],
  stdout: NodeJS.WritableStream,
) {
  const rows = await Promise.all(
    runs.map(async ({ combination, commandLine: one, experiment }) => {
      const manifest = await earlierRun(one);
      const stored = await new FolderStorage(one.out ?? '')
        .read(runFiles.findings, maxFindingsBytes)
        .catch(() => undefined);
      const { findings } = readFindings(stored);
      return {
        ...combination,
        folder: one.out ?? out,
        manifest,
        experiment,
        findings: findings.map(({ code }) => code),
      };
    }),
  );
  if (commandLine.json) {
    for (const { name, folder, values, seed, manifest, findings } of rows) {
      const { state = 'not started', updates = 0, loss = null, validationLoss = null, message = null } = manifest ?? {};
      const line = {
        run: name,
        folder,
        values: Object.fromEntries(values),
        seed: seed ?? manifest?.facts.seed ?? null,
      };
      stdout.write(`${JSON.stringify({ ...line, state, updates, loss, validationLoss, message, findings })}\n`);
    }
    return;
  }
  const header = [
    'run',
    ...settings.map(({ key }) => key),
    'seed',
    'state',
    'updates',
    'loss',
    'validation loss',
    'findings',
  ];
  const cells = rows.map(({ name, values, seed, manifest, experiment, findings }) => [
    name,
    ...values.map(([, value]) => (typeof value === 'string' ? value : JSON.stringify(value))),
    String(seed ?? experiment.seed),
    manifest?.state ?? 'not started',
    manifest === undefined ? '–' : formatDone(manifest.updates, manifest.facts.plannedUpdates),
    formatLoss(manifest?.loss),
    formatLoss(manifest?.validationLoss),
    [...new Set(findings)].join(', ') || '–',
  ]);
  const first = settings.length + 3;
  stdout.write(`${runTable([header, ...cells], new Set([first, first + 1, first + 2]))}\n`);
}
