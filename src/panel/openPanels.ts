import { TabInputWebview, window, type Memento, type Tab } from 'vscode';
import * as z from 'zod';

/** What tells the panels of one kind from the others, and one of them from its like. */
export interface PanelKind<Shown> {
  readonly viewType: string;
  /** Where the memory is saved. */
  readonly storeKey: string;
  /** What is remembered of a panel beside its title. */
  readonly schema: z.ZodType<Shown>;
  /** Equal for what belongs in the same panel. */
  readonly keyOf: (shown: Shown) => string;
}

/** A panel that stands in the window: what it shows, and the title of its tab. */
export interface OpenPanel<Shown> {
  readonly shown: Shown;
  readonly title: string;
}

/**
 * Remembers which panels stand in the window. VS Code brings tabs back by itself, but in a browser it keeps its layout
 * only now and then, and the state that a webview leaves may be lost with it; then this memory fills in.
 */
export class OpenPanels<Shown> {
  #isClosing = false;

  /** @param store of the workspace */
  constructor(
    readonly store: Memento,
    readonly kind: PanelKind<Shown>,
  ) {}

  /** The panels of the window before it was reloaded. */
  get all(): readonly OpenPanel<Shown>[] {
    const { schema, storeKey } = this.kind;
    return z.array(z.object({ shown: schema, title: z.string() })).safeParse(this.store.get(storeKey)).data ?? [];
  }

  /** Those that VS Code has not brought back as a tab, shown or waiting to be shown. */
  get missing(): readonly OpenPanel<Shown>[] {
    const labels = this.#tabs.map(({ label }) => label);
    return this.all.filter(({ title }) => !labels.includes(title));
  }

  /**
   * The tab that showed this before the window was reloaded, which VS Code fills only when somebody looks at it.
   *
   * @param filled the titles of panels that are there; a tab that could be one of them is not taken
   */
  dormantTab(shown: Shown, filled: readonly string[]): Tab | undefined {
    const key = this.kind.keyOf(shown);
    const title = this.all.find((panel) => this.kind.keyOf(panel.shown) === key)?.title;
    const [tab, ...others] = this.#tabs.filter(({ label }) => label === title);
    return title === undefined || filled.includes(title) || others.length > 0 ? undefined : tab;
  }

  /** What a tab shows that VS Code has brought back, from what its webview has left and what was noted here. */
  restore(title: string, left: unknown): Shown | undefined {
    const known = this.kind.schema.safeParse(left).data;
    // What the webview left may be older than what was noted here.
    return (known === undefined ? undefined : this.#of(this.kind.keyOf(known))) ?? known ?? this.#withTitle(title);
  }

  /** Notes what a panel shows now. */
  note(panel: OpenPanel<Shown>): void {
    this.#save([...this.#without(this.kind.keyOf(panel.shown)), panel]);
  }

  /** Forgets the panel with this key, because a person has closed it. */
  forget(key: string): void {
    if (!this.#isClosing) this.#save(this.#without(key));
  }

  /** From now on panels end with their window, which is no closing by hand. */
  close(): void {
    this.#isClosing = true;
  }

  get #tabs(): readonly Tab[] {
    return window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith(this.kind.viewType));
  }

  #of(key: string): Shown | undefined {
    return this.all.find(({ shown }) => this.kind.keyOf(shown) === key)?.shown;
  }

  /** undefined where that is not known, or could be one of several. */
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
