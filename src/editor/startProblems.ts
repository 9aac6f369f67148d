import { Range, Selection, window, type Uri } from 'vscode';
import type { Problem } from '../experiment/problems/problem';
import { showErrorMessage } from '../platform/messages';
import { fileNameOf } from '../session/experimentText';
import { showDataPlace } from './dataPlaces';
import { translate, translateMessage } from '../text/translate';

/** Shows the first problem for which an experiment was not started, with a button that leads to its place. */
export async function showProblems(uri: Uri, problems: readonly Problem[]): Promise<void> {
  const [first] = problems;
  if (first === undefined) return;
  const more = problems.length === 1 ? '' : translate` (and ${problems.length - 1} more)`;
  const show = translate`Show in File`;
  const answer = await showErrorMessage(
    translate`${fileNameOf(uri)} was not started. ${translateMessage(first.message)}${more}`,
    show,
  );
  if (answer !== show) return;
  const [inData] = first.dataPlaces ?? [];
  // Where a column is of another kind than the experiment says, its key is the place to correct.
  if (inData !== undefined && first.keyPath.at(-1) === 'csv') {
    await showDataPlace(uri, inData);
    return;
  }
  const editor = await window.showTextDocument(uri);
  const start = editor.document.positionAt(first.place.offset);
  const end = editor.document.positionAt(first.place.offset + first.place.length);
  editor.selection = new Selection(start, end);
  editor.revealRange(new Range(start, end));
}
