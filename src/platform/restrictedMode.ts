import { parse } from 'jsonc-parser';
import { Uri, workspace } from 'vscode';
import { settings } from './ids';

/**
 * The runs folder in the settings of a workspace that isn't trusted. VS Code silently hides that setting from extensions,
 * so it has no effect. undefined in a trusted workspace, and where the setting isn't set.
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
