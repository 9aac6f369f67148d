import { commands as registry, type Disposable } from 'vscode';
import { commands } from '../platform/ids';
import { showWarningMessage } from '../platform/messages';
import type { Launcher } from '../session/launcher';

/** Tells the person what they must know of a run that goes on: the same words once a window. */
export class RunNotices implements Disposable {
  readonly #told = new Set<string>();
  readonly #subscription: Disposable;

  constructor(launcher: Launcher) {
    this.#subscription = launcher.onDidNotice((message) => {
      if (this.#told.has(message)) return;
      this.#told.add(message);
      void this.#tell(message);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #tell(message: string): Promise<void> {
    const show = 'Show Log';
    if ((await showWarningMessage(message, show)) === show) await registry.executeCommand(commands.showLog);
  }
}
