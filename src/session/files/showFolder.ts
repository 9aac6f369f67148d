import { commands, env, workspace, type Uri } from 'vscode';
import { showInformationMessage } from '../../platform/messages';
import { translate } from '../../text/translate';
import { locationOf } from './location';

const copyPath = translate`Copy Path`;

/**
 * Shows a folder in the explorer of VS Code, or in that of the system if it is outside the workspace. Where neither can
 * show it, a message says where it is.
 */
export async function showFolder(folder: Uri): Promise<void> {
  if (workspace.getWorkspaceFolder(folder) !== undefined) {
    await commands.executeCommand('revealInExplorer', folder);
    return;
  }
  if (folder.scheme === 'file' && env.remoteName === undefined) {
    await commands.executeCommand('revealFileInOS', folder);
    return;
  }
  const path = locationOf(folder);
  const answer = await showInformationMessage(
    translate`The folder ${path} is outside the workspace, where the explorer can’t show it.`,
    copyPath,
  );
  if (answer === copyPath) await env.clipboard.writeText(path);
}
