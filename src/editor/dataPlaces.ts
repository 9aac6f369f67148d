import { commands, Location, Range, Uri, type DiagnosticRelatedInformation } from 'vscode';
import type { DataPlace, Problem } from '../experiment/problems/problem';
import { relatedInformation } from '../platform/labels';
import { folderOf } from '../session/experimentText';

function locationOf(experiment: Uri, { path, line, column, length }: DataPlace): Location {
  const range = new Range(line - 1, column - 1, line - 1, column - 1 + length);
  return new Location(Uri.joinPath(folderOf(experiment), path), range);
}

/** The places of a problem in data files, as links below its diagnostic. */
export function relatedPlaces(experiment: Uri, { dataPlaces = [] }: Problem): DiagnosticRelatedInformation[] {
  return dataPlaces.map((place) => relatedInformation(locationOf(experiment, place), place.label));
}

/** Opens the data file of an experiment at a place in it; a file that is too large for an editor opens as VS Code can. */
export async function showDataPlace(experiment: Uri, place: DataPlace): Promise<void> {
  const { uri, range } = locationOf(experiment, place);
  await commands.executeCommand('vscode.open', uri, { selection: range, preview: true });
}
