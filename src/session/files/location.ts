import { Uri } from 'vscode';

/** Where a run's folder is, as text: its path if it is on this machine's disk, else its URI. */
export function locationOf(folder: Uri): string {
  return folder.scheme === 'file' ? folder.fsPath : folder.toString();
}

/** The URI of a location. */
export function uriOfLocation(location: string): Uri {
  // A scheme has two letters at least: one letter is a drive of Windows.
  return /^[a-z][a-z\d+.-]+:\/\//i.test(location) ? Uri.parse(location, true) : Uri.file(location);
}
