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
import { OpenPanels, type OpenPanel, type PanelKind } from './openPanels';
import { webviewRoot } from './page';
import { PageViews, type PageView } from './pageViews';

/** Whether showing a panel moves the keyboard focus into it. */
export type PanelFocus = 'unchanged' | 'panel';

/** The content of a panel. */
export interface PanelView extends Disposable {
  readonly panel: WebviewPanel;
}

/** The panels of one kind, each with different content. Restores them after a reload of the window. */
export abstract class Panels<Shown, View extends PanelView> implements Disposable, WebviewPanelSerializer {
  readonly #views = new Map<string, View>();
  readonly #open: OpenPanels<Shown>;
  readonly #pageViews: PageViews;

  /**
   * @param store of the workspace
   * @param extension the extension's folder
   */
  constructor(
    readonly kind: PanelKind<Shown>,
    store: Memento,
    readonly extension: Uri,
  ) {
    this.#open = new OpenPanels(store, kind);
    this.#pageViews = new PageViews(store, kind.viewsKey);
  }

  /** Opens the panels of the window before its reload that VS Code hasn't restored. */
  reopen(): void {
    for (const panel of this.#open.missing) this.#reveal(panel.shown, 'unchanged', panel);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const shown = this.#open.restore(panel.title, state);
    if (shown === undefined || this.has(shown)) {
      panel.dispose();
      return;
    }
    this.#adopt(panel, shown, true);
    await Promise.resolve();
  }

  /** The tabs stay open: after a reload of the window VS Code restores them. */
  dispose(): void {
    this.#open.close();
    for (const view of this.#views.values()) view.dispose();
    this.#pageViews.dispose();
  }

  /**
   * Creates the content of a panel.
   *
   * @param view of its page
   * @param note called with the content and its title whenever they change
   */
  protected abstract fill(
    panel: WebviewPanel,
    shown: Shown,
    view: PageView,
    note: (shown: Shown, title: string) => void,
  ): View;

  /** The view whose panel is in front and has the focus; undefined if none is. */
  protected get active(): View | undefined {
    return [...this.#views.values()].find(({ panel }) => panel.active);
  }

  protected has(shown: Shown): boolean {
    return this.#views.has(this.kind.keyOf(shown));
  }

  /**
   * Reveals the panel that already shows this, or opens one beside the editor. A new panel never takes the focus: VS Code
   * would give it only once the page has loaded, and that would close a quick pick opened in the meantime.
   *
   * @param focus `panel` moves the focus into a panel that is already open
   */
  protected reveal(shown: Shown, focus: PanelFocus = 'unchanged'): View {
    return this.#reveal(shown, focus, undefined);
  }

  /** The view of the page that shows this, or last did. */
  protected viewOf(shown: Shown): Readonly<Record<string, unknown>> | undefined {
    return this.#pageViews.get(this.kind.keyOf(shown));
  }

  /** Opens a panel whose page begins with this view, in place of one that is open. */
  protected revealWith(shown: Shown, view: Readonly<Record<string, unknown>>): View {
    const key = this.kind.keyOf(shown);
    this.#views.get(key)?.panel.dispose();
    this.#pageViews.set(key, view);
    return this.#reveal(shown, 'unchanged', undefined, true);
  }

  /**
   * @param before the panel as it was before a reload of the window
   * @param hasView whether the page begins with the stored view
   */
  #reveal(shown: Shown, focus: PanelFocus, before: OpenPanel<Shown> | undefined, hasView = false): View {
    const open = this.#views.get(this.kind.keyOf(shown));
    if (open !== undefined) {
      open.panel.reveal(undefined, focus === 'unchanged');
      return open;
    }
    const dormant = this.#open.dormantTab(
      shown,
      [...this.#views.values()].map(({ panel }) => panel.title),
    );
    const place = { viewColumn: dormant?.group.viewColumn ?? this.#columnFor(before?.column), preserveFocus: true };
    const isRestored = hasView || dormant !== undefined || before !== undefined;
    const view = this.#adopt(window.createWebviewPanel(this.kind.viewType, 'Unroll', place), shown, isRestored);
    if (dormant !== undefined) void window.tabGroups.close(dormant, true);
    return view;
  }

  /**
   * The column for a new panel: that of the other panels, or the one where it was, but never over the text that is being
   * edited; else the one beside it.
   */
  #columnFor(before: ViewColumn | undefined): ViewColumn {
    const used = [[...this.#views.values()].at(-1)?.panel.viewColumn, ...this.#open.columns, before];
    const existing = window.tabGroups.all.map(({ viewColumn }) => viewColumn);
    const edited = window.activeTextEditor?.viewColumn;
    return (
      used.find((column) => column !== undefined && existing.includes(column) && column !== edited) ?? ViewColumn.Beside
    );
  }

  #adopt(panel: WebviewPanel, shown: Shown, isRestored: boolean): View {
    const icon = (theme: string): Uri => Uri.joinPath(this.extension, 'media', 'icons', `experiment-${theme}.svg`);
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(this.extension)] };
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    followLoading(panel);
    const key = this.kind.keyOf(shown);
    const view = this.fill(panel, shown, this.#pageViews.of(key, isRestored), (now, title) => {
      this.#open.note({ shown: now, title, column: panel.viewColumn });
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
