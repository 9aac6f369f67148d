import { commands as registry, Disposable, FileType, Uri, window, workspace } from 'vscode';
import { commands } from '../platform/ids';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { chooseFile } from '../platform/saveFile';
import { reasonOf } from '../protocol/channel';
import { recorderName } from '../protocol/trainer';
import { fileNameOf, folderOf } from '../session/experimentText';
import { translate, translateMessage } from '../text/translate';

/** The folder with the recorders, in that of the extension. */
const recorders = 'media/recorder';

/** Registers the commands that copy the recorders for PyTorch and Keras to where a program can import them. */
export function registerRecorder(extension: Uri): Disposable {
  const register = (command: string, name: string, needed: readonly string[]): Disposable =>
    registry.registerCommand(command, async () => {
      try {
        await copyRecorder(Uri.joinPath(extension, recorders), name, needed);
      } catch (error) {
        void showErrorMessage(translate`The recorder was not copied: ${translateMessage(reasonOf(error))}`);
      }
    });
  return Disposable.from(
    register(commands.copyRecorder, recorderName, []),
    // It writes its files with what the recorder for PyTorch has for that.
    register(commands.copyKerasCallback, 'unroll_keras.py', [recorderName]),
  );
}

/** @param needed the files that it imports, which go into the same folder unless they are there: they may have been changed */
async function copyRecorder(recorders: Uri, name: string, needed: readonly string[]): Promise<void> {
  const source = Uri.joinPath(recorders, name);
  const folder = await programFolder();
  if (folder === undefined) {
    void showInformationMessage(translate`Open the folder of your training program first.`);
    return;
  }
  const target = await chooseFile(Uri.joinPath(folder, fileNameOf(source)), { Python: ['py'] });
  if (target === undefined) return;
  // The dialog has asked whether an existing file may be replaced.
  await workspace.fs.writeFile(target, await workspace.fs.readFile(source));
  for (const file of needed) {
    const beside = Uri.joinPath(folderOf(target), file);
    if (!(await exists(beside))) await workspace.fs.copy(Uri.joinPath(recorders, file), beside);
  }
  await window.showTextDocument(target);
  const imported = fileNameOf(target).replace(/\.py$/, '');
  void showInformationMessage(
    translate`Your training program can now “import ${imported}”${needed.length === 0 ? '' : translate`, which needs ${needed.join(translate` and `)} beside it`}; how is explained at the top of ${fileNameOf(target)}.`,
  );
}

async function exists(file: Uri): Promise<boolean> {
  return Promise.resolve(workspace.fs.stat(file)).then(
    () => true,
    () => false,
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
