import { Uri } from 'vscode';

/** Where a run's folder is, as text: its path if it is on this machine's disk, else its URI. */
export function locationOf(folder: Uri): string {
  return folder.scheme === 'file' ? folder.fsPath : folder.toString();
}

/** The URI of a location. */
export function uriOfLocation(location: string): Uri {
  return isUri(location) ? Uri.parse(location, true) : Uri.file(location);
}

/** Whether a text is a URI and no path. A scheme has two letters at least: one letter is a drive of Windows. */
export function isUri(text: string): boolean {
  return /^[a-z][a-z\d+.-]+:/i.test(text);
}
