import { Uri, workspace } from 'vscode';
import { showErrorMessage, showInformationMessage } from '../platform/messages';
import { chooseFile } from '../platform/saveFile';
import { reasonOf } from '../protocol/channel';
import { netFormats } from '../protocol/storedRun';
import { fileNameOf } from '../session/experimentText';
import type { RunReader } from '../session/stored/runReader';
import { nameOf, type StoredRun } from '../session/stored/storedRun';
import { fileStem } from '../text/fileStem';
import { locationOf } from '../session/files/location';
import { translate, translateMessage } from '../text/translate';

/** Writes the net of a run's latest checkpoint as an ONNX model, or as a `state_dict` of PyTorch. */
export async function exportNet(run: StoredRun, reader: RunReader): Promise<void> {
  try {
    const file = await chooseFile(Uri.joinPath(run.base, `${fileStem(nameOf(run))}.onnx`), {
      'ONNX model': ['onnx'],
      'PyTorch state_dict': ['safetensors'],
    });
    if (file === undefined) return;
    const format = netFormats.find((ending) => file.path.endsWith(`.${ending}`));
    if (format === undefined) throw new Error(translate`The name of the file ends in .onnx or .safetensors.`);
    await workspace.fs.writeFile(file, await reader.trainedNet(locationOf(run.folder), format));
    const use =
      format === 'onnx'
        ? translate`is an ONNX model: x [T, B, I] and the first states in; y and the last states out`
        : translate`has its state_dict: safetensors.torch.load_file reads it`;
    void showInformationMessage(`${fileNameOf(file)} ${use}.`);
  } catch (error) {
    void showErrorMessage(
      translate`The net of “${nameOf(run)}” was not exported: ${translateMessage(reasonOf(error))}`,
    );
  }
}
