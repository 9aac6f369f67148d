import { ProgressLocation, window, workspace, type Uri } from 'vscode';
import { plainText } from '../text/plainText';

/** Ends an operation that the user has cancelled. */
export class Cancelled extends Error {
  override readonly name = 'Cancelled';
}

/**
 * Waits for a result while a notification with a button to cancel is shown. What it waits for is not stopped by that.
 *
 * @param title shown as plain text
 * @throws Cancelled when the button was pressed
 */
export function waitFor<Result>(title: string, result: Promise<Result>): Promise<Result> {
  const options = { location: ProgressLocation.Notification, title: plainText(title), cancellable: true };
  const waiting = window.withProgress(
    options,
    (_, token) =>
      new Promise<Result>((resolve, reject) => {
        token.onCancellationRequested(() => {
          reject(new Cancelled());
        });
        result.then(resolve, reject);
      }),
  );
  return Promise.resolve(waiting);
}

/**
 * Lets the user choose where a file is saved; undefined if the dialog was closed.
 *
 * @param kinds the endings of each kind of file by its name, a constant of this extension
 */
export async function chooseFile(
  suggested: Uri,
  kinds: Readonly<Record<string, readonly string[]>>,
): Promise<Uri | undefined> {
  const filters = Object.fromEntries(Object.entries(kinds).map(([kind, endings]) => [kind, [...endings]]));
  return window.showSaveDialog({ defaultUri: suggested, filters });
}

/** Writes a text file as a whole. */
export async function writeText(file: Uri, text: string): Promise<void> {
  await workspace.fs.writeFile(file, new TextEncoder().encode(text));
}
