import { commands as registry, window, workspace } from 'vscode';
import { commands } from '../platform/ids';
import { showFolder } from '../session/files/showFolder';
import type { PanelCommand, RemedyRequest } from '../protocol/panel';
import type { Session } from '../session/session';
import type { Target } from '../session/sessions';
import { uriOfLocation } from '../session/files/location';

/**
 * Runs the command of a button in the panel.
 *
 * @param target the displayed experiment, variant and seed
 * @param folder of the displayed run; undefined where it isn't saved
 */
export async function runPanelCommand(
  command: Exclude<PanelCommand, 'copyLink'>,
  target: Target,
  folder: string | undefined,
): Promise<void> {
  const run = (id: string): Thenable<unknown> =>
    registry.executeCommand(id, target.uri.toString(), target.variant, target.seed);
  switch (command) {
    case 'train':
      await run(commands.train);
      return;
    case 'trainStepByStep':
      await run(commands.trainStepByStep);
      return;
    case 'pause':
      await run(commands.pause);
      return;
    case 'resume':
      await run(commands.resume);
      return;
    case 'step':
      await run(commands.step);
      return;
    case 'stop':
      await run(commands.stop);
      return;
    case 'resumeRun':
      await registry.executeCommand(commands.resumeRun, folder);
      return;
    case 'openExperiment':
      await window.showTextDocument(await workspace.openTextDocument(target.uri));
      return;
    case 'revealRun':
      if (folder !== undefined) await showFolder(uriOfLocation(folder));
      return;
    case 'shareRun':
      await registry.executeCommand(commands.shareRun, folder);
      return;
    case 'compareBeforeFix':
      await run(commands.compareBeforeFix);
      return;
    case 'showLog':
      await registry.executeCommand(commands.showLog);
      return;
    default:
      command satisfies never;
  }
}

/** Applies a remedy of a finding of the displayed run; nothing where it has no such finding any more. */
export async function applyRemedy(
  { status, uri, variant, seed }: Session,
  { code, remedy, use }: RemedyRequest,
): Promise<void> {
  const found = status.findings.find((finding) => finding.code === code)?.remedies?.[remedy];
  if (found === undefined) return;
  await registry.executeCommand(commands.applyRemedy, uri.toString(), variant, seed, found, use);
}
