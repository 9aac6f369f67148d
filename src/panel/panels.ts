import {
  Uri,
  ViewColumn,
  window,
  type Disposable,
  type Memento,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import { followLoading } from '../platform/loadingPages';
import { OpenPanels, type PanelKind } from './openPanels';
import { webviewRoot } from './page';

/** Whether showing a panel moves the keyboard focus into it. */
export type PanelFocus = 'unchanged' | 'panel';

/** What stands in a panel. */
export interface PanelView extends Disposable {
  readonly panel: WebviewPanel;
}

/** The panels of one kind, each showing something else; brings them back after a reload of the window. */
export abstract class Panels<Shown, View extends PanelView> implements Disposable, WebviewPanelSerializer {
  readonly #views = new Map<string, View>();
  readonly #open: OpenPanels<Shown>;

  /**
   * @param store of the workspace
   * @param extension where the extension lies
   */
  constructor(
    readonly kind: PanelKind<Shown>,
    store: Memento,
    readonly extension: Uri,
  ) {
    this.#open = new OpenPanels(store, kind);
  }

  /** Opens again the panels that the window had before it was reloaded and that VS Code has not brought back. */
  reopen(): void {
    for (const { shown } of this.#open.missing) this.reveal(shown);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const shown = this.#open.restore(panel.title, state);
    if (shown === undefined || this.has(shown)) {
      panel.dispose();
      return;
    }
    this.#adopt(panel, shown);
    await Promise.resolve();
  }

  /** The tabs stay: when the window is only reloaded, VS Code brings them back. */
  dispose(): void {
    this.#open.close();
    for (const view of this.#views.values()) view.dispose();
  }

  /**
   * Fills a panel.
   *
   * @param note called with what the panel shows and its title, whenever that changes
   */
  protected abstract fill(panel: WebviewPanel, shown: Shown, note: (shown: Shown, title: string) => void): View;

  protected has(shown: Shown): boolean {
    return this.#views.has(this.kind.keyOf(shown));
  }

  /**
   * Brings the panel to the front that already shows this, or opens one beside the editor. A new panel never takes the
   * focus: VS Code passes it on only once the page is loaded, and that would close a quick pick opened in the meantime.
   *
   * @param focus `panel` where the person asked for the panel itself: if its page is there already, it takes the focus at once
   */
  protected reveal(shown: Shown, focus: PanelFocus = 'unchanged'): View {
    const open = this.#views.get(this.kind.keyOf(shown));
    if (open !== undefined) {
      open.panel.reveal(undefined, focus === 'unchanged');
      return open;
    }
    const dormant = this.#open.dormantTab(
      shown,
      [...this.#views.values()].map(({ panel }) => panel.title),
    );
    const place = { viewColumn: dormant?.group.viewColumn ?? this.#column, preserveFocus: true };
    const view = this.#adopt(window.createWebviewPanel(this.kind.viewType, 'Unroll', place), shown);
    if (dormant !== undefined) void window.tabGroups.close(dormant, true);
    return view;
  }

  /** Where panels stand already; the first one opens beside the editor. */
  get #column(): ViewColumn {
    return [...this.#views.values()].at(-1)?.panel.viewColumn ?? ViewColumn.Beside;
  }

  #adopt(panel: WebviewPanel, shown: Shown): View {
    const icon = (theme: string): Uri => Uri.joinPath(this.extension, 'media', 'icons', `experiment-${theme}.svg`);
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(this.extension)] };
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    followLoading(panel);
    const key = this.kind.keyOf(shown);
    const view = this.fill(panel, shown, (now, title) => {
      this.#open.note({ shown: now, title });
    });
    this.#views.set(key, view);
    panel.onDidDispose(() => {
      this.#views.delete(key);
      this.#open.forget(key);
      view.dispose();
    });
    return view;
  }
}
