import { commands as registry, FileType, Uri, window, workspace, type Disposable } from 'vscode';
import { commands } from '../platform/ids';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { chooseFile } from '../platform/saveFile';
import { reasonOf } from '../protocol/channel';
import { fileNameOf, folderOf } from '../session/experimentText';

/** The file with the recorder, in the folder of the extension. */
const recorder = 'media/recorder/unroll.py';

/** Registers the command that copies the recorder for PyTorch to where a program can import it. */
export function registerRecorder(extension: Uri): Disposable {
  return registry.registerCommand(commands.copyRecorder, async () => {
    try {
      await copyRecorder(Uri.joinPath(extension, recorder));
    } catch (error) {
      void showErrorMessage(`The recorder was not copied: ${reasonOf(error)}`);
    }
  });
}

async function copyRecorder(source: Uri): Promise<void> {
  const folder = await programFolder();
  if (folder === undefined) {
    void showInformationMessage('Open the folder of your training program first.');
    return;
  }
  const target = await chooseFile(Uri.joinPath(folder, fileNameOf(source)), { Python: ['py'] });
  if (target === undefined) return;
  // The dialog has asked whether an existing file may be replaced.
  await workspace.fs.writeFile(target, await workspace.fs.readFile(source));
  await window.showTextDocument(target);
  const name = fileNameOf(target).replace(/\.py$/, '');
  void showInformationMessage(
    `Your training program can now “import ${name}”; how is explained at the top of ${fileNameOf(target)}.`,
  );
}

/** The folder of the Python file in front, else the first folder of the workspace. */
async function programFolder(): Promise<Uri | undefined> {
  const front = window.activeTextEditor?.document;
  const isProgram = front?.languageId === 'python' && front.uri.scheme === 'file';
  const folder = isProgram ? folderOf(front.uri) : workspace.workspaceFolders?.[0]?.uri;
  if (folder === undefined) return undefined;
  const isFolder = await workspace.fs.stat(folder).then(
    ({ type }) => (type & FileType.Directory) !== 0,
    () => false,
  );
  return isFolder ? folder : undefined;
}
