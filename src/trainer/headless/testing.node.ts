import { lstat, open, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { performance } from 'node:perf_hooks';
import { setImmediate } from 'node:timers/promises';
import { formatGradientCheck, gradientVerdict, type ParameterCheck } from '../../checks/gradientCheck';
import { reasonOf } from '../../protocol/channel';
import { newRunFolder } from '../../run/storage/runFolder';
import { formatCount } from '../../text/numbers';
import { gradientChecksOf, type GradientChecks } from '../training/gradientChecks';
import type { TrainingSetup } from '../training/trainingSetup';
import type { Threads } from '../training/workerPool';
import { CheckReport, type CheckCase } from './checkReport';
import { printerTo, type HeadlessEnd, type Print } from './closingMessages';
import type { CommandLine } from './commandLine/trainingCommandLine.node';
import { exportCurves, exportNet, exportProgram } from './exporting.node';
import { fileErrorReason } from './fileErrorReason';
import { suiteName } from './judging.node';
import { reportStart, writeJunit } from './junit';
import { openExperiment } from './openedExperiment.node';
import { prepareSetup } from './preparation.node';
import { trainHeadless, worstOf } from './seeds.node';
import { StartError } from './startError';

/** Where a command writes, and what stops it. */
interface Surroundings {
  readonly threads: Threads;
  readonly listenToSignals: () => AbortSignal;
  readonly stdout: NodeJS.WriteStream;
  readonly stderr: NodeJS.WriteStream;
}

/** As `Surroundings`, after a training has begun to listen. */
interface Tested extends Surroundings {
  readonly isInterrupted: () => boolean;
}

/** Does what a command line asks for: trains, checks gradients, or tests; and writes the report that it names. */
export async function runHeadless(commandLine: CommandLine, surroundings: Surroundings): Promise<HeadlessEnd> {
  const print = printerTo(surroundings.stderr);
  const report = new CheckReport();
  const end = await reportingProblems(commandLine, print, report, async () => {
    await checkReportFile(commandLine);
    if (commandLine.mode === 'train') {
      const { threads, listenToSignals, stdout, stderr } = surroundings;
      return trainHeadless(commandLine, threads, listenToSignals, stdout, stderr, report);
    }
    if (commandLine.tensorBoard !== undefined) return exportCurves(commandLine, surroundings.stdout, print);
    if (commandLine.net !== undefined) return exportNet(commandLine, surroundings.stdout, print);
    if (commandLine.mode === 'export') return exportProgram(commandLine, surroundings, print);
    let signal: AbortSignal | undefined;
    const tested: Tested = {
      ...surroundings,
      listenToSignals: () => (signal ??= surroundings.listenToSignals()),
      isInterrupted: () => signal?.aborted === true,
    };
    return commandLine.mode === 'gradients'
      ? checkGradients(commandLine, tested, print, report)
      : testAll(commandLine, tested, print, report);
  });
  return writeReport(commandLine, report, end, print);
}

/** Problems that keep the work from starting are printed and reported. */
async function reportingProblems(
  commandLine: CommandLine,
  print: Print,
  report: CheckReport,
  work: () => Promise<HeadlessEnd>,
): Promise<HeadlessEnd> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    for (const problem of error.problems) print(problem);
    report.addProblems(suiteName(commandLine, 'start'), commandLine.file, error.problems);
    return 'refused';
  }
}

/** Checks the gradients of the experiment and of each variant, and trains and judges those that expect something. */
async function testAll(
  commandLine: CommandLine,
  surroundings: Tested,
  print: Print,
  report: CheckReport,
): Promise<HeadlessEnd> {
  const { file } = await openExperiment(commandLine);
  const variants =
    commandLine.variant === undefined ? [undefined, ...file.variants.map(({ name }) => name)] : [commandLine.variant];
  const ends: HeadlessEnd[] = [];
  for (const variant of variants) {
    const one = { ...commandLine, variant };
    ends.push(
      await reportingProblems(one, print, report, () => checkGradients(one, surroundings, print, report)),
      await reportingProblems(one, print, report, () => trainExpecting(one, surroundings, print, report)),
    );
    if (ends.includes('interrupted')) break;
  }
  print(`${formatCount(variants.length, 'experiment')} tested. ${summaryOf(report)}`);
  // What could not start is a failure of the test, unless nothing could.
  return ends.every((end) => end === 'refused') ? 'refused' : worstOf(ends);
}

async function trainExpecting(
  commandLine: CommandLine,
  { threads, listenToSignals, stdout, stderr }: Surroundings,
  print: Print,
  report: CheckReport,
): Promise<HeadlessEnd> {
  const { experiment } = await openExperiment(commandLine);
  if (experiment.expect === undefined) {
    print(`${suiteName(commandLine, 'no expectations')}, so it is not trained.`);
    return 'finished';
  }
  const { file, variant, out } = commandLine;
  const run = out === undefined ? commandLine : { ...commandLine, out: newRunFolder(file, variant, new Date(), out) };
  return trainHeadless(run, threads, listenToSignals, stdout, stderr, report);
}

async function checkGradients(
  commandLine: CommandLine,
  { stdout, stderr, isInterrupted }: Tested,
  print: Print,
  report: CheckReport,
): Promise<HeadlessEnd> {
  const started = performance.now();
  const setup = await prepareSetup(commandLine, stderr);
  const { subject, checks } = gradientsOf(setup);
  const name = suiteName(commandLine, 'gradient checks');
  const state = subject.isCarried ? ', the carried state held constant' : '';
  print(
    `${name} over ${formatCount(subject.steps, 'step')} of ${formatCount(subject.sequences, 'sequence')} with ${formatCount(subject.targets, 'target')}${state}.`,
  );
  const cases: CheckCase[] = [];
  for (const check of checks) {
    const one = caseOf(check);
    print(`${labels[one.result]}: ${one.message}`);
    cases.push(one);
    if (commandLine.json) stdout.write(`${JSON.stringify(jsonOf(commandLine, one))}\n`);
    // Signals arrive between two parameters.
    await setImmediate();
    if (!isInterrupted()) continue;
    print('Interrupted.');
    return 'interrupted';
  }
  const seconds = (performance.now() - started) / 1000;
  report.add({ name, file: commandLine.file, cases, seconds });
  return cases.some(({ result }) => result === 'failed') ? 'unmet' : 'finished';
}

/** @throws StartError where there is no gradient to check */
function gradientsOf(setup: TrainingSetup): GradientChecks {
  try {
    return gradientChecksOf(setup);
  } catch (error) {
    throw new StartError(reasonOf(error));
  }
}

const labels = { passed: 'Right', failed: 'Wrong', skipped: 'Not judged', error: 'Not judged' } as const;
const results = { met: 'passed', unmet: 'failed', unjudged: 'skipped' } as const;

function caseOf(check: ParameterCheck): CheckCase {
  return { name: check.name, result: results[gradientVerdict(check)], message: formatGradientCheck(check) };
}

/** The line of `--json` for a check of a gradient. */
function jsonOf({ variant, seed }: CommandLine, { name, result, message }: CheckCase) {
  return {
    ...(variant === undefined ? {} : { variant }),
    ...(seed === undefined ? {} : { seed }),
    ...{ gradientOf: name, result, message },
  };
}

function summaryOf({ suites }: CheckReport): string {
  const cases = suites.flatMap((suite) => suite.cases);
  const count = (result: CheckCase['result']): number => cases.filter((one) => one.result === result).length;
  const others = [
    [count('failed'), 'failed'],
    [count('error'), 'could not be judged'],
    [count('skipped'), 'skipped'],
  ] as const;
  const parts = others.flatMap(([number, words]) => (number === 0 ? [] : [`${number} ${words}`]));
  return `${[`${count('passed')} of ${formatCount(cases.length, 'check')} passed`, ...parts].join(', ')}.`;
}

/** @throws StartError where the report of `--junit` can't be written, or would have nothing in it */
async function checkReportFile(commandLine: CommandLine): Promise<void> {
  const { junit, mode } = commandLine;
  if (junit === undefined) return;
  const reason = await reportProblem(junit);
  if (reason !== undefined) throw new StartError(`--junit ${junit} can't be written: ${reason}`);
  const { experiment } = await openExperiment(commandLine);
  if (mode === 'train' && experiment.expect === undefined) {
    throw new StartError(
      '--junit reports the expectations of a run, and this experiment has none. Add the key "expect" to it, or add --test or --check-gradients.',
    );
  }
}

/** Why a report can't be written to a file, and what to do; undefined where it can. An earlier report is replaced. */
async function reportProblem(path: string): Promise<string | undefined> {
  const folder = dirname(path);
  const parent = await stat(folder).catch(() => undefined);
  if (parent === undefined) return `the folder ${folder} does not exist. Create it, or choose another file.`;
  if (!parent.isDirectory()) return `${folder} is a file, not a folder. Choose another file.`;
  const entry = await lstat(path).catch(() => undefined);
  if (entry === undefined) return undefined;
  if (!entry.isFile()) return 'it is not a file. Name a file.';
  const start = await readStart(path).catch(() => '');
  return start === reportStart ? undefined : 'it exists, and is no earlier report. Choose another file, or delete it.';
}

async function readStart(path: string): Promise<string> {
  const file = await open(path);
  try {
    const { buffer, bytesRead } = await file.read(Buffer.alloc(reportStart.length), 0, reportStart.length, 0);
    return buffer.toString('utf8', 0, bytesRead);
  } finally {
    await file.close();
  }
}

async function writeReport(
  { junit }: CommandLine,
  { suites }: CheckReport,
  end: HeadlessEnd,
  print: Print,
): Promise<HeadlessEnd> {
  // Where it can't be written, that was the reason of the refusal.
  if (junit === undefined || (end === 'refused' && (await reportProblem(junit)) !== undefined)) return end;
  try {
    await writeFile(junit, writeJunit(suites));
    print(`Report: ${junit}`);
    return end;
  } catch (error) {
    print(`--junit ${junit} can't be written: ${fileErrorReason(error)}.`);
    return end === 'finished' || end === 'unmet' ? 'failed' : end;
  }
}
