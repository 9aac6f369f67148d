import { stat, readFile } from 'node:fs/promises';
import { basename, join, resolve } from 'node:path';
import { reasonOf } from '../../protocol/channel';
import type { RunInfo, RunStatus } from '../../protocol/run';
import { memberName, plainName } from '../../run/displayName';
import { groupSeed } from '../../run/runInfo';
import type { DisplaySeries } from '../../run/series/displaySeries';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { runFiles } from '../../run/storage/runFiles';
import { maxRateChangesBytes, readRateChanges } from '../../run/rateChanges';
import { comparisonOf } from '../../share/comparedRuns';
import { byteLength, htmlFile, readPageFiles, type HtmlContent } from '../../share/htmlFile';
import { capturedUpdates, notableUpdates } from '../../share/notableUpdates';
import { recordComparison } from '../../share/recordComparison';
import { recordRun } from '../../share/recordRun';
import { formatTime } from '../../text/dates';
import { formatCount, formatMebibytes } from '../../text/numbers';
import { readHistory } from '../storage/recordHistory';
import { printerTo, type HeadlessEnd } from './closingMessages';
import type { SharedRuns } from './commandLine/readingCommandLine.node';
import { findRuns, type FoundRun } from './comparing.node';
import { writeNew } from './exporting.node';
import { StartError } from './startError';
import { storedFindings } from './storedFindings.node';
import { openStoredReplay } from './storedReplay.node';

/** A stored run with its records. */
interface ReadRun {
  readonly run: FoundRun;
  readonly info: RunInfo;
  readonly status: RunStatus;
  readonly series: DisplaySeries;
}

/**
 * Writes stored runs as one HTML file, which may not exist: one run with its notable updates, or several compared. The
 * file's size is printed before it is written.
 *
 * @param pageFolder of the built page
 * @returns `refused` where a run can't be read or is still trained; then nothing is written
 */
export async function shareHeadless(
  shared: SharedRuns,
  pageFolder: string,
  stdout: NodeJS.WritableStream,
  stderr: NodeJS.WritableStream,
): Promise<HeadlessEnd> {
  const print = printerTo(stderr);
  try {
    const { runs, problems } = await findRuns(shared.folders);
    if (problems.length > 0) throw new StartError(...problems);
    await refuseExisting(shared.out);
    const content = await contentOf(await Promise.all(runs.map(readRun)), shared);
    const page = await readPageFiles((name) => readFile(join(pageFolder, name), 'utf8'));
    const html = await htmlFile(content.html, page);
    const bytes = byteLength(html);
    print(`Writing ${shared.out}: ${formatMebibytes(bytes)}, ${content.holds}. Whoever has the file sees all of it.`);
    await writeNew(shared.out, html);
    if (shared.json) stdout.write(`${JSON.stringify({ html: shared.out, bytes })}\n`);
    print(`${shared.out} opens in any browser, also offline.`);
    return 'finished';
  } catch (error) {
    if (!(error instanceof StartError)) throw error;
    for (const problem of error.problems) print(problem);
    return 'refused';
  }
}

/** Before the runs are replayed, which may take long. */
async function refuseExisting(file: string): Promise<void> {
  const isThere = await stat(file).then(
    () => true,
    () => false,
  );
  if (isThere) throw new StartError(`${file} exists. Choose another file, or delete it.`);
}

async function contentOf(
  runs: readonly ReadRun[],
  shared: SharedRuns,
): Promise<{ readonly html: HtmlContent; readonly holds: string }> {
  const [only] = runs;
  return only !== undefined && runs.length === 1 ? contentOfRun(only, shared) : contentOfSeveral(runs);
}

async function contentOfRun(
  { run, info, status, series }: ReadRun,
  shared: SharedRuns,
): Promise<{ readonly html: HtmlContent; readonly holds: string }> {
  if (status.updates === 0) throw new StartError(`The run in ${run.folder} has no updates yet.`);
  const late = [...shared.captures].find((update) => update >= status.updates);
  if (late !== undefined) {
    throw new StartError(
      `Update ${late} can't be shared: the run in ${run.folder} has ${formatCount(status.updates, 'update')}, and 0 is the first.`,
    );
  }
  const updates =
    info.recordedBy === undefined
      ? notableUpdates({ status, series }, 0, shared.captures)
      : capturedUpdates(await new FolderStorage(run.folder).list(''), status.updates);
  const ask = await openStoredReplay(run, shared);
  const title = nameOf(run);
  const recording = await recordRun(
    { title, startTime: startTimeOf(run, 'minute'), run: { info, status, series: series.whole() }, updates },
    ask,
  ).catch((error: unknown) => {
    throw new StartError(`The run in ${run.folder} can't be shared: ${reasonOf(error)}`);
  });
  const walked = updates.length === 0 ? '' : ` and ${formatCount(updates.length, 'update')} step by step`;
  return {
    html: { kind: 'run', title: `Unroll: ${title}`, recording },
    holds: `with curves, findings, settings and notes${walked}`,
  };
}

function contentOfSeveral(runs: readonly ReadRun[]): { readonly html: HtmlContent; readonly holds: string } {
  const compared = comparisonOf(
    runs.map(({ run, info, status, series }, id) => ({
      id,
      name: nameOf(run),
      experimentName: experimentNameOf(run),
      file: resolve(run.folder, run.manifest.source ?? ''),
      seed: groupSeed(info),
      startTime: startTimeOf(run, 'second'),
      experiment: run.manifest.experiment,
      status,
      data: { info, series: series.whole() },
      problem: undefined,
    })),
  );
  const recorded = recordComparison(compared);
  if (recorded.kind === 'refused') throw new StartError(recorded.reason);
  const { state } = recorded;
  return {
    html: { kind: 'comparison', title: state.title, recording: state },
    holds: `with curves, findings and settings of ${formatCount(state.runs.length, 'run')}`,
  };
}

function experimentNameOf({ folder, manifest }: FoundRun): string {
  return plainName(manifest.facts.name) || basename(manifest.source ?? folder).replace(/\.rnn\.json$/i, '');
}

function nameOf(run: FoundRun): string {
  const { variant, facts } = run.manifest;
  return memberName(variant, groupSeed(facts)) ?? experimentNameOf(run);
}

function startTimeOf({ manifest }: FoundRun, precision: 'minute' | 'second'): string {
  const startTime = new Date(manifest.startedAt);
  return Number.isNaN(startTime.getTime()) ? '' : formatTime(startTime, precision);
}

/** @throws StartError where the run is trained now, or its records can't be read */
async function readRun(run: FoundRun): Promise<ReadRun> {
  const { folder, manifest, state } = run;
  if (state === 'running' || state === 'paused') {
    throw new StartError(`The run in ${folder} is training. Share it when it has ended.`);
  }
  // The manifest of a moved or copied folder has the old path.
  const info = { ...manifest.facts, folder };
  try {
    const storage = new FolderStorage(folder);
    const { numbers, series } = await readHistory(storage, manifest);
    const status: RunStatus = {
      ...numbers,
      state,
      reason: manifest.reason ?? undefined,
      updatesPerSecond: undefined,
      secondsLeft: undefined,
      queuePosition: undefined,
      nonFinite: manifest.nonFinite ?? undefined,
      findings: (await storedFindings(run)).findings,
      rateChanges: readRateChanges(await storage.read(runFiles.rateChanges, maxRateChangesBytes)).changes,
      saved: 'whole',
      message: manifest.message ?? undefined,
    };
    return { run, info, status, series };
  } catch (error) {
    throw new StartError(`The records of the run in ${folder} can't be read: ${reasonOf(error)}`);
  }
}
