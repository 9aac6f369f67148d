import { basename } from 'node:path';
import { judge, type Judgement, type RunOutcome } from '../../checks/judgement';
import { readFindings, maxFindingsBytes, type Finding } from '../../diagnosis/finding';
import type { ExperimentFile } from '../../experiment/experimentFile';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { reasonOf } from '../../protocol/channel';
import type { RunInfo } from '../../protocol/run';
import { memberName } from '../../run/displayName';
import type { Manifest } from '../../run/manifest';
import { OutcomeMeasurement, type MeasuredOutcome } from '../../run/measuredOutcome';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { runFiles } from '../../run/storage/runFiles';
import { measureOutcome } from '../storage/measureRun';
import type { CheckCase, CheckReport } from './checkReport';
import type { HeadlessEnd, Print } from './closingMessages';
import type { CommandLine } from './commandLine/trainingCommandLine.node';

/** A saved run that is judged. */
export interface JudgedRun {
  readonly commandLine: CommandLine;
  readonly file: ExperimentFile;
  readonly experiment: ResolvedExperiment;
  readonly folder: string;
  readonly info: RunInfo;
  readonly outcome: Omit<RunOutcome, 'measured' | 'baselines'>;
  readonly findings: readonly Finding[];
  readonly seconds: number;
  readonly stdout: NodeJS.WritableStream;
  readonly print: Print;
  readonly report: CheckReport;
}

/**
 * Judges the expectations of a run that was trained to its end, prints each judgement, and tells how the command ends:
 * `unmet` if one does not hold, and `finished` if the run diverged as it should. Nothing is judged where the experiment
 * expects nothing, or the run was not trained to its end.
 */
export async function judgeRun(run: JudgedRun, end: HeadlessEnd): Promise<HeadlessEnd> {
  const { experiment, folder, info, outcome, print } = run;
  if (experiment.expect === undefined) return end;
  const wasTrained = end === 'finished' || end === 'diverged';
  if (!wasTrained) {
    print('The expectations were not judged: the run was not trained to its end, or not all of it was saved.');
  }
  const measured = wasTrained ? await measuredIn(folder, info, print) : nothingMeasured;
  const judged = judge(experiment.expect, {
    ...outcome,
    state: wasTrained ? outcome.state : end,
    measured,
    baselines: info.baselines,
  });
  if (wasTrained) for (const judgement of judged) print(lineOf(judgement, run));
  addToReport(judged, run);
  writeJson(judged, run);
  if (!wasTrained) return end;
  const areMet = judged.every(({ verdict }) => verdict === 'met');
  if (end === 'diverged') return areMet && experiment.expect.diverges === true ? 'finished' : 'diverged';
  return areMet ? 'finished' : 'unmet';
}

const nothingMeasured = new OutcomeMeasurement().outcome;

/** What the records say; nothing, with a message, where they can't be read: expectations about them are then not judged. */
async function measuredIn(folder: string, info: RunInfo, print: Print): Promise<MeasuredOutcome> {
  return measureOutcome(new FolderStorage(folder), info).catch((error: unknown) => {
    print(`The records of the run can't be read: ${reasonOf(error)}.`);
    return nothingMeasured;
  });
}

/** How a run ended that had been trained before: as its manifest says. */
export async function outcomeOfStored(
  storage: FolderStorage,
  { state, updates, message }: Manifest,
): Promise<Pick<JudgedRun, 'outcome' | 'findings'>> {
  const { findings } = readFindings(await storage.read(runFiles.findings, maxFindingsBytes));
  const outcome = { state, updates, message: message ?? undefined, findings };
  return { outcome, findings };
}

const verdicts = { met: 'Met', unmet: 'Not met', unjudged: 'Not judged' } as const;

/** A judgement as a line: what is wrong has its place in the experiment, as any problem. */
function lineOf({ keyPath, label, verdict, message }: Judgement, { commandLine, file }: JudgedRun): string {
  const text = `${verdicts[verdict]}: ${label}. ${message}`;
  if (verdict === 'met') return text;
  const { line, column } = file.placeOf(keyPath, commandLine.variant);
  return `${commandLine.file}:${line}:${column}: ${text}`;
}

/** The name of a suite: the experiment's file, and what tells the run from the others. */
export function suiteName(
  { file, variant, seed }: Pick<CommandLine, 'file' | 'variant' | 'seed'>,
  kind: string,
): string {
  const member = memberName(variant, seed);
  return `${basename(file)}${member === undefined ? '' : ` (${member})`}: ${kind}`;
}

const results = { met: 'passed', unmet: 'failed', unjudged: 'error' } as const;

function addToReport(judged: readonly Judgement[], { commandLine, file, seconds, report }: JudgedRun): void {
  const cases = judged.map(({ keyPath, label, verdict, message }): CheckCase => ({
    name: label,
    result: results[verdict],
    message,
    line: file.placeOf(keyPath, commandLine.variant).line,
  }));
  report.add({ name: suiteName(commandLine, 'expectations'), file: commandLine.file, cases, seconds });
}

/** The last line of `--json`: how the run ended, its findings and its judgements. */
function writeJson(judged: readonly Judgement[], { commandLine, outcome, findings, stdout }: JudgedRun): void {
  if (!commandLine.json) return;
  const line = {
    ...(commandLine.seed === undefined ? {} : { seed: commandLine.seed }),
    finished: outcome.state === 'finished',
    findings: findings.map(({ code, level, update, keyPath, message }) => ({ code, level, update, keyPath, message })),
    expectations: judged.map(({ key, verdict, message, expected, actual }) => ({
      ...{ key, verdict, message },
      ...(expected === undefined ? {} : { expected, actual }),
    })),
  };
  stdout.write(`${JSON.stringify(line)}\n`);
}
