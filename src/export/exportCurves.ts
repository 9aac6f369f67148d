import { Uri, window } from 'vscode';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { reasonOf } from '../protocol/channel';
import { fileNameOf } from '../session/experimentText';
import type { RunReader } from '../session/stored/runReader';
import { nameOf, type StoredRun } from '../session/stored/storedRun';
import { locationOf } from '../session/files/location';
import { isWithoutDisk } from '../platform/needsDisk';
import { translate, translateMessage } from '../text/translate';

/** Writes the curves of a run for TensorBoard, in a folder named as the run in one that the user chooses. */
export async function exportCurves(run: StoredRun, reader: RunReader): Promise<void> {
  if (isWithoutDisk(translate`Export as TensorBoard Log`)) return;
  try {
    const [parent] =
      (await window.showOpenDialog({
        title: translate`Export as TensorBoard Log`,
        openLabel: translate`Export Here`,
        canSelectFiles: false,
        canSelectFolders: true,
        defaultUri: run.base,
      })) ?? [];
    if (parent === undefined) return;
    const folder = Uri.joinPath(parent, fileNameOf(run.folder));
    await reader.exportTensorBoard(locationOf(run.folder), folder.fsPath);
    void showInformationMessage(
      translate`The curves of “${nameOf(run)}” are in ${folder.fsPath}, for tensorboard --logdir.`,
    );
  } catch (error) {
    void showErrorMessage(
      translate`The curves of “${nameOf(run)}” were not exported: ${translateMessage(reasonOf(error))}`,
    );
  }
}
