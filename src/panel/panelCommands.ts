import { commands as registry, Uri, window, workspace } from 'vscode';
import { commands } from '../platform/ids';
import type { PanelCommand } from '../protocol/panel';
import type { Target } from '../session/sessions';

/**
 * Does what a button of the panel asks.
 *
 * @param target the experiment that is shown, with its variant
 * @param folder of the run that is shown, where its records are saved
 */
export async function runPanelCommand(
  command: PanelCommand,
  target: Target,
  folder: string | undefined,
): Promise<void> {
  const run = (id: string): Thenable<unknown> => registry.executeCommand(id, target.uri.toString(), target.variant);
  switch (command) {
    case 'train':
      await run(commands.train);
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
      if (folder !== undefined) await registry.executeCommand('revealInExplorer', Uri.file(folder));
      return;
    case 'showLog':
      await registry.executeCommand(commands.showLog);
      return;
    default:
      command satisfies never;
  }
}
