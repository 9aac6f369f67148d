import {
  Uri,
  ViewColumn,
  window,
  type Disposable,
  type Memento,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import { panelViewType } from '../platform/ids';
import type { Target } from '../session/sessions';
import { OpenPanels, type PanelKind } from './openPanels';
import { webviewRoot } from './page';
import { RunPanel, type RunPanelParts } from './runPanel';
import { keptSubject, keyOf, subjectOf, type KeptSubject, type Subject } from './subject';

const panelKind: PanelKind<KeptSubject> = {
  viewType: panelViewType,
  storeKey: 'unroll.openPanels',
  schema: keptSubject,
  keyOf: (kept) => keyOf(subjectOf(kept)),
};

/** All panels, one an experiment and one a kept run; brings them back after a window reload. */
export class RunPanels implements Disposable, WebviewPanelSerializer {
  readonly #panels = new Map<string, RunPanel>();
  readonly #open: OpenPanels<KeptSubject>;

  /** @param store of the workspace */
  constructor(
    readonly parts: RunPanelParts,
    store: Memento,
  ) {
    this.#open = new OpenPanels(store, panelKind);
  }

  /** Opens again the panels that the window had before it was reloaded and that VS Code has not brought back. */
  async reopen(): Promise<void> {
    for (const { shown } of this.#open.missing) await this.#show(subjectOf(shown));
  }

  /** Shows a target beside the editor, in the panel its experiment already has or in a new one. */
  show(target: Target): Promise<void> {
    return this.#show({ kind: 'experiment', target });
  }

  /** Shows a kept run: in its experiment's panel while that shows it anyway, else in one of its own. */
  async showRun(folder: Uri): Promise<void> {
    const session = this.parts.sessions.withFolder(folder.fsPath);
    const isShown = session !== undefined && this.#panels.has(session.uri.toString());
    await (isShown ? this.show(session) : this.#show({ kind: 'run', folder }));
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const kept = this.#open.shownBy(panel.title, state);
    if (kept === undefined || this.#panels.has(keyOf(subjectOf(kept)))) {
      panel.dispose();
      return;
    }
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(this.parts.extension)] };
    this.#adopt(panel, subjectOf(kept));
    await Promise.resolve();
  }

  /** The tabs stay: when the window is only reloaded, VS Code brings them back. */
  dispose(): void {
    this.#open.close();
    for (const view of this.#panels.values()) view.dispose();
  }

  async #show(subject: Subject): Promise<void> {
    const open = this.#panels.get(keyOf(subject));
    if (open !== undefined) {
      open.panel.reveal(undefined, true);
      if (subject.kind === 'experiment') await open.show(subject.target.variant);
      return;
    }
    const panel = window.createWebviewPanel(
      panelViewType,
      'Unroll',
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [webviewRoot(this.parts.extension)] },
    );
    this.#adopt(panel, subject);
  }

  #adopt(panel: WebviewPanel, subject: Subject): void {
    const key = keyOf(subject);
    panel.iconPath = {
      light: Uri.joinPath(this.parts.extension, 'media', 'icons', 'experiment-light.svg'),
      dark: Uri.joinPath(this.parts.extension, 'media', 'icons', 'experiment-dark.svg'),
    };
    const view = new RunPanel(panel, subject, this.parts, (shown) => {
      this.#open.note(shown);
    });
    this.#panels.set(key, view);
    panel.onDidDispose(() => {
      this.#panels.delete(key);
      this.#open.forget(key);
      view.dispose();
    });
  }
}
