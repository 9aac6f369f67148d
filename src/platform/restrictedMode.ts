import { parse } from 'jsonc-parser';
import { Uri, workspace } from 'vscode';
import { settings } from './ids';

/**
 * The folder for runs that the workspace asks for in vain, because its person has not said that they trust it: VS Code
 * keeps such a setting from extensions without a word. undefined in a trusted workspace, and where it asks for none.
 */
export async function untrustedRunsFolderSetting(scope: Uri): Promise<string | undefined> {
  const home = workspace.isTrusted ? undefined : workspace.getWorkspaceFolder(scope)?.uri;
  if (home === undefined) return undefined;
  const bytes = await workspace.fs.readFile(Uri.joinPath(home, '.vscode', 'settings.json')).then(
    (found) => found,
    () => new Uint8Array(0),
  );
  const written: unknown = parse(new TextDecoder().decode(bytes), [], { allowTrailingComma: true });
  if (typeof written !== 'object' || written === null) return undefined;
  const folder = (written as Readonly<Record<string, unknown>>)[`${settings.section}.${settings.runsFolder}`];
  return typeof folder === 'string' && folder.trim() !== '' ? folder : undefined;
}
