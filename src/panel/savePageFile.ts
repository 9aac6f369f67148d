import { Uri, workspace } from 'vscode';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { chooseFile } from '../platform/saveFile';
import { reasonOf } from '../protocol/channel';
import { savedFileSchema, type SavedFileKind } from '../protocol/savedFile';
import { fileStem } from '../text/fileStem';
import { translate, translateMessage } from '../text/translate';

const kindNames: Readonly<Record<SavedFileKind, string>> = { png: 'PNG', svg: 'SVG', csv: 'CSV' };

/** Saves a picture or a table of a page in a file that the person chooses; what the page sent is not trusted. */
export async function savePageFile(sent: unknown): Promise<void> {
  try {
    const { data } = savedFileSchema.safeParse(sent);
    if (data === undefined) throw new Error(translate`the page sent no picture or table.`);
    const { title, kind, content } = data;
    const name = `${fileStem(title)}.${kind}`;
    const folder = workspace.workspaceFolders?.[0]?.uri;
    const suggested = folder === undefined ? Uri.file(name) : Uri.joinPath(folder, name);
    const file = await chooseFile(suggested, { [kindNames[kind]]: [kind] });
    if (file === undefined) return;
    await workspace.fs.writeFile(file, content);
    void showInformationMessage(translate`Saved ${workspace.asRelativePath(file)}.`);
  } catch (error) {
    void showErrorMessage(translate`Not saved: ${translateMessage(reasonOf(error))}`);
  }
}
