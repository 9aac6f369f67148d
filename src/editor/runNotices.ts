import { commands as registry, type Disposable } from 'vscode';
import { commands } from '../platform/ids';
import { showWarningMessage } from '../platform/messages';
import type { Launcher } from '../session/live/launcher';
import { translate } from '../text/translate';

/** Shows the notices of runs, each text once per window. */
export class RunNotices implements Disposable {
  readonly #shown = new Set<string>();
  readonly #subscription: Disposable;

  constructor(launcher: Launcher) {
    this.#subscription = launcher.onDidNotice((message) => {
      if (this.#shown.has(message)) return;
      this.#shown.add(message);
      void this.#show(message);
    });
  }

  dispose(): void {
    this.#subscription.dispose();
  }

  async #show(message: string): Promise<void> {
    const show = translate`Show Log`;
    if ((await showWarningMessage(message, show)) === show) await registry.executeCommand(commands.showLog);
  }
}
