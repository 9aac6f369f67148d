import { Uri, window, workspace } from 'vscode';
import { showErrorMessage, showInformationMessage } from '../../platform/messages';
import { Cancelled, chooseFile, waitFor, writeText } from '../../platform/saveFile';
import { reasonOf } from '../../protocol/channel';
import type { PredictionRows } from '../../protocol/predictions';
import { formatCount, formatExact } from '../../text/numbers';
import type { Inspector } from '../trainers/inspector';
import { translate, translateMessage } from '../../text/translate';

/**
 * Saves the predictions of the held-out rows of a run's table as CSV, in a file that the user chooses.
 *
 * @param update the weights are those of before this update
 * @param folder where the dialog opens
 */
export async function savePredictions(inspector: Inspector, update: number, folder: Uri): Promise<void> {
  const ask = (from: number): Promise<PredictionRows> => inspector.ask('predictionRows', { update, from });
  const title = translate`Predicting the held-out rows after ${formatCount(update, 'update')}…`;
  try {
    // A run without held-out rows says so before a file is chosen.
    const first = await waitFor(title, ask(0));
    const file = await chooseFile(Uri.joinPath(folder, `predictions-after-${update}-updates.csv`), { CSV: ['csv'] });
    if (file === undefined) return;
    await writeText(file, await waitFor(title, wholeText(first, ask)));
    const message = translate`Saved the predictions of ${formatCount(first.rows, 'held-out row')}, after ${formatExact(update)} updates, in ${workspace.asRelativePath(file)}.`;
    const open = translate`Open File`;
    if ((await showInformationMessage(message, open)) === open) await window.showTextDocument(file);
  } catch (error) {
    if (error instanceof Cancelled) return;
    void showErrorMessage(translate`The predictions can't be saved: ${translateMessage(reasonOf(error))}`);
  }
}

/** All parts of the file, of which the first is there. */
async function wholeText(first: PredictionRows, ask: (from: number) => Promise<PredictionRows>): Promise<string> {
  const parts = [first.text];
  for (let next = first.next; next !== undefined;) {
    const part = await ask(next);
    parts.push(part.text);
    ({ next } = part);
  }
  return parts.join('');
}
