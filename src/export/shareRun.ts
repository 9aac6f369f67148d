import { Uri } from 'vscode';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { showQuickPick } from '../platform/quickInput';
import { Cancelled, waitFor } from '../platform/saveFile';
import { reasonOf } from '../protocol/channel';
import type { SharedUpdate } from '../protocol/sharedUpdates';
import { loadRun } from '../session/stored/latestRuns';
import type { RunReader } from '../session/stored/runReader';
import { formatStartTime, nameOf, type StoredRun } from '../session/stored/storedRun';
import { StoredSession } from '../session/stored/storedSession';
import { Inspector } from '../session/trainers/inspector';
import type { StartTrainerWorker } from '../session/trainers/trainerWorker';
import { htmlFile } from '../share/htmlFile';
import { capturedUpdates, notableUpdates, type ChosenFrom } from '../share/notableUpdates';
import { recordRun } from '../share/recordRun';
import { formatCount } from '../text/numbers';
import { fileStem } from '../text/fileStem';
import { pageFilesIn, writeHtml } from './writeHtml';
import { locationOf } from '../session/files/location';
import { runStorage } from '../session/files/hostFiles.node';
import { translate, translateMessage } from '../text/translate';

/** Numbers of recorded updates that are offered besides the notable ones. */
const offered = [8, 16, 32] as const;

/** What sharing a run uses of the extension. */
export interface ShareParts {
  readonly reader: RunReader;
  readonly startWorker: StartTrainerWorker;
  /** The folder of the built page. */
  readonly page: Uri;
}

/** Writes a run as one HTML file, after the user has chosen its updates and its place and has seen its size. */
export async function shareRun(run: StoredRun, parts: ShareParts): Promise<void> {
  try {
    if (run.state === 'elsewhere') {
      void showInformationMessage(
        translate`“${nameOf(run)}” is training. Share it when it has ended; Stop ends it now.`,
      );
      return;
    }
    const loaded = await loadRun(run, parts.reader.growing());
    const session = new StoredSession(run.experiment, run.manifest.variant ?? undefined, loaded);
    try {
      await shareLoaded(run, session, parts);
    } finally {
      session.dispose();
    }
  } catch (error) {
    if (!(error instanceof Cancelled))
      void showErrorMessage(translate`The run can't be shared: ${translateMessage(reasonOf(error))}`);
  }
}

async function shareLoaded(run: StoredRun, session: StoredSession, parts: ShareParts): Promise<void> {
  // Only the program that made a recorded run can compute its updates again: those are shown that it captured.
  const updates =
    session.info.recordedBy === undefined
      ? await chooseUpdates(session)
      : capturedUpdates(await runStorage(locationOf(run.folder)).list(''), session.status.updates);
  if (updates === undefined) return;
  const title = translate`Recording ${nameOf(run)}…`;
  const html = await waitFor(title, htmlOf(run, session, updates, parts));
  await writeHtml(html, {
    suggested: Uri.joinPath(run.base, `${fileStem(nameOf(run))}.html`),
    holds: translate`It holds the curves, findings, settings and notes of “${nameOf(run)}”${formatUpdates(updates)}.`,
    shows: translate`the run`,
  });
}

function formatUpdates({ length: count }: readonly SharedUpdate[]): string {
  if (count === 0) return '';
  return translate`, and ${formatCount(count, 'update')} step by step, with the weights and the data of their batches`;
}

/** The updates to record, chosen by their number; undefined where the list was closed, or there are none. */
async function chooseUpdates(session: ChosenFrom): Promise<readonly SharedUpdate[] | undefined> {
  const { updates } = session.status;
  if (updates === 0) {
    void showInformationMessage(translate`This run has no updates yet, so there is nothing to share.`);
    return undefined;
  }
  const notable = notableUpdates(session, 0);
  const items = [
    {
      label: formatCount(notable.length, 'notable update'),
      detail: translate`The first and the last, the lowest validation loss, the largest gradient, and those of findings`,
      chosen: notable,
    },
    ...offered
      .filter((count) => count > notable.length && count <= updates)
      .map((count) => ({
        label: formatCount(count, 'update'),
        detail: translate`The notable ones, and others between them. The file grows with their number`,
        chosen: notableUpdates(session, count),
      })),
  ];
  const options = {
    title: translate`Share Run as HTML File`,
    placeHolder: translate`How many updates can be walked through in the file? Its size is shown before it is written`,
  };
  return (await showQuickPick(items, options))?.chosen;
}

async function htmlOf(
  run: StoredRun,
  session: StoredSession,
  updates: readonly SharedUpdate[],
  { startWorker, page }: ShareParts,
): Promise<string> {
  const { info, status, series } = session;
  const inspector = new Inspector(run.base, locationOf(run.folder), startWorker, () => status.updates);
  try {
    const title = nameOf(run);
    const recording = await recordRun(
      { title, startTime: formatStartTime(run, 'minute'), run: { info, status, series: series.whole() }, updates },
      (name, params) => inspector.ask(name, params),
    );
    return await htmlFile({ kind: 'run', title: `Unroll: ${title}`, recording }, await pageFilesIn(page));
  } finally {
    inspector.dispose();
  }
}
