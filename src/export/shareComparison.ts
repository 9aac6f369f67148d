import { Uri, workspace } from 'vscode';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { Cancelled, waitFor } from '../platform/saveFile';
import { reasonOf } from '../protocol/channel';
import type { ComparisonState } from '../protocol/comparison';
import { groupSeed } from '../run/runInfo';
import { experimentName } from '../session/experimentText';
import { loadRun } from '../session/stored/latestRuns';
import type { RunReader } from '../session/stored/runReader';
import { formatStartTime, nameOf, type StoredRun } from '../session/stored/storedRun';
import { StoredSession } from '../session/stored/storedSession';
import { comparisonOf, type RunToCompare } from '../share/comparedRuns';
import { htmlFile } from '../share/htmlFile';
import { recordComparison } from '../share/recordComparison';
import { formatCount } from '../text/numbers';
import { pageFilesIn, writeHtml } from './writeHtml';
import { translate, translateMessage } from '../text/translate';

/**
 * Writes a comparison as one HTML file, after the user has chosen its place and has seen its size.
 *
 * @param page the folder of the built page
 */
export async function shareComparison(compared: Omit<ComparisonState, 'subjects'>, page: Uri): Promise<void> {
  try {
    const recorded = recordComparison(compared);
    if (recorded.kind === 'refused') {
      void showInformationMessage(recorded.reason);
      return;
    }
    const { state, leftOut } = recorded;
    const html = await htmlFile({ kind: 'comparison', title: state.title, recording: state }, await pageFilesIn(page));
    const count = formatCount(state.runs.length, 'run');
    const without = leftOut.length === 0 ? '' : translate` Not in it, as they have no records: ${leftOut.join('; ')}.`;
    const folder = workspace.workspaceFolders?.[0]?.uri;
    await writeHtml(html, {
      suggested: folder === undefined ? Uri.file('comparison.html') : Uri.joinPath(folder, 'comparison.html'),
      holds: translate`It holds the curves, findings and settings of ${count}.${without}`,
      shows: translate`the comparison`,
    });
  } catch (error) {
    if (!(error instanceof Cancelled))
      void showErrorMessage(translate`The comparison can't be shared: ${translateMessage(reasonOf(error))}`);
  }
}

/** Reads stored runs and writes their comparison; see shareComparison. */
export async function shareRuns(runs: readonly StoredRun[], reader: RunReader, page: Uri): Promise<void> {
  try {
    const read = Promise.all(runs.map((run, id) => runToCompare(run, id, reader)));
    const compared = comparisonOf(await waitFor(translate`Reading ${formatCount(runs.length, 'run')}…`, read));
    await shareComparison(compared, page);
  } catch (error) {
    if (!(error instanceof Cancelled))
      void showErrorMessage(translate`The comparison can't be shared: ${translateMessage(reasonOf(error))}`);
  }
}

async function runToCompare(run: StoredRun, id: number, reader: RunReader): Promise<RunToCompare> {
  const { manifest, experiment } = run;
  const { facts, variant } = manifest;
  const loaded = await loadRun(run, reader.growing());
  const session = new StoredSession(experiment, variant ?? undefined, loaded);
  try {
    const { info, status, series } = session;
    return {
      id,
      name: nameOf(run),
      experimentName: experimentName(facts.name, experiment),
      file: experiment.toString(),
      seed: groupSeed(facts),
      startTime: formatStartTime(run, 'second'),
      experiment: manifest.experiment,
      status,
      data: { info, series: series.whole() },
      problem: undefined,
    };
  } finally {
    session.dispose();
  }
}
