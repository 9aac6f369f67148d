import { Uri, workspace, type Disposable, type Memento } from 'vscode';
import { showInformationMessage } from '../platform/messages';
import { defaultRunsFolder } from '../run/storage/runFolder';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';
import { translate } from '../text/translate';

const storeKey = 'unroll.offeredIgnore';

/** Offers, once per workspace, to add the runs' folders to its .gitignore. */
export class IgnoreHelp implements Disposable {
  readonly #subscription: Disposable;

  /** @param store of the workspace */
  constructor(
    sessions: Sessions,
    readonly store: Memento,
  ) {
    this.#subscription = sessions.onDidChange((session) => {
      if (session.status.state === 'finished' && !this.store.get<boolean>(storeKey, false)) void this.#offer(session);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #offer({ uri, folder }: Session): Promise<void> {
    const root = workspace.getWorkspaceFolder(uri)?.uri;
    if (root === undefined || folder === undefined || !folder.includes(defaultRunsFolder)) return;
    if (!(await isThere(Uri.joinPath(root, '.git')))) return;
    await this.store.update(storeKey, true);
    const file = Uri.joinPath(root, '.gitignore');
    const lines = await textOf(file);
    if (lines.split(/\r?\n/).some((line) => line.includes(defaultRunsFolder))) return;
    const add = translate`Add to .gitignore`;
    const answer = await showInformationMessage(
      translate`Runs are saved in folders called ${defaultRunsFolder}. Should Git ignore them?`,
      add,
      translate`No`,
    );
    if (answer !== add) return;
    const text = `${lines}${lines === '' || lines.endsWith('\n') ? '' : '\n'}${defaultRunsFolder}/\n`;
    await workspace.fs.writeFile(file, new TextEncoder().encode(text));
  }
}

async function isThere(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    () => true,
    () => false,
  );
}

async function textOf(file: Uri): Promise<string> {
  return workspace.fs.readFile(file).then(
    (bytes) => new TextDecoder().decode(bytes),
    () => '',
  );
}
