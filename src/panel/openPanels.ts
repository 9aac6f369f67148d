import { TabInputWebview, ViewColumn, window, type Memento, type Tab } from 'vscode';
import * as z from 'zod/mini';
import { comparisonViewType, panelViewType, rangeTestViewType, runsTableViewType } from '../platform/ids';

/** Describes one kind of panel. `Shown` is the serializable description of a panel's content. */
export interface PanelKind<Shown> {
  readonly viewType: string;
  /** Key in the workspace's store. */
  readonly storeKey: string;
  /** Key of the views of its pages in that store. */
  readonly viewsKey: string;
  /** Validates stored values of `Shown`. */
  readonly schema: z.ZodMiniType<Shown>;
  /** Equal for content that belongs in the same panel. */
  readonly keyOf: (shown: Shown) => string;
}

/** An open panel: its content, the title of its tab, and the column of its editor group. */
export interface OpenPanel<Shown> {
  readonly shown: Shown;
  readonly title: string;
  readonly column?: ViewColumn | undefined;
}

/**
 * Stores which panels are open in the window. VS Code restores tabs itself, but in a browser it saves its layout only from
 * time to time, and the state of a webview may be lost with it. Then this store replaces them.
 */
export class OpenPanels<Shown> {
  #isClosing = false;

  /** @param store of the workspace */
  constructor(
    readonly store: Memento,
    readonly kind: PanelKind<Shown>,
  ) {}

  /** The panels that were open before the window was reloaded. */
  get all(): readonly OpenPanel<Shown>[] {
    const { schema, storeKey } = this.kind;
    const panel = z.object({ shown: schema, title: z.string(), column: z.optional(z.enum(ViewColumn)) });
    const stored = z.array(z.unknown()).safeParse(this.store.get(storeKey)).data ?? [];
    // A damaged one does not take the others with it.
    return stored.flatMap((one) => panel.safeParse(one).data ?? []);
  }

  /** The columns that have panels of this extension, the first one first. */
  get columns(): readonly ViewColumn[] {
    const columns = tabsOf([panelViewType, comparisonViewType, rangeTestViewType, runsTableViewType]).map(
      ({ group }) => group.viewColumn,
    );
    return [...new Set(columns)].sort((a, b) => a - b);
  }

  /** Those for which VS Code has restored no tab. */
  get missing(): readonly OpenPanel<Shown>[] {
    const labels = this.#tabs.map(({ label }) => label);
    return this.all.filter(({ title }) => !labels.includes(title));
  }

  /**
   * The restored tab for this content. VS Code fills a restored tab only when it becomes visible.
   *
   * @param filled titles of the panels that exist; a tab with one of these titles isn't returned
   */
  dormantTab(shown: Shown, filled: readonly string[]): Tab | undefined {
    const key = this.kind.keyOf(shown);
    const title = this.all.find((panel) => this.kind.keyOf(panel.shown) === key)?.title;
    const [tab, ...others] = this.#tabs.filter(({ label }) => label === title);
    return title === undefined || filled.includes(title) || others.length > 0 ? undefined : tab;
  }

  /** The content of a tab that VS Code has restored, from the state of its webview and from this store. */
  restore(title: string, state: unknown): Shown | undefined {
    const known = this.kind.schema.safeParse(state).data;
    // The state of the webview may be older than the stored content.
    return (known === undefined ? undefined : this.#of(this.kind.keyOf(known))) ?? known ?? this.#withTitle(title);
  }

  /** Stores the current content of a panel. */
  note(panel: OpenPanel<Shown>): void {
    this.#save([...this.#without(this.kind.keyOf(panel.shown)), panel]);
  }

  /** Removes the panel with this key, because the user has closed it. */
  forget(key: string): void {
    if (!this.#isClosing) this.#save(this.#without(key));
  }

  /** From now on panels are disposed with the window, which keeps them in the store. */
  close(): void {
    this.#isClosing = true;
  }

  get #tabs(): readonly Tab[] {
    return tabsOf([this.kind.viewType]);
  }

  #of(key: string): Shown | undefined {
    return this.all.find(({ shown }) => this.kind.keyOf(shown) === key)?.shown;
  }

  /** undefined where no panel or more than one has this title. */
  #withTitle(title: string): Shown | undefined {
    const [first, ...others] = this.all.filter((panel) => panel.title === title);
    return others.length === 0 ? first?.shown : undefined;
  }

  #without(key: string): readonly OpenPanel<Shown>[] {
    return this.all.filter(({ shown }) => this.kind.keyOf(shown) !== key);
  }

  #save(panels: readonly OpenPanel<Shown>[]): void {
    void this.store.update(this.kind.storeKey, panels);
  }
}

/** The tabs of panels of these types. */
function tabsOf(viewTypes: readonly string[]): readonly Tab[] {
  return window.tabGroups.all
    .flatMap(({ tabs }) => tabs)
    .filter(
      ({ input }) =>
        input instanceof TabInputWebview && viewTypes.some((viewType) => input.viewType.endsWith(viewType)),
    );
}
