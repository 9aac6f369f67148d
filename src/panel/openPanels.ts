import { TabInputWebview, window, type Memento } from 'vscode';
import * as z from 'zod';
import { panelViewType } from '../platform/ids';
import { keptSubject, keyOf, subjectOf } from './subject';

const storeKey = 'unroll.openPanels';

const openPanelSchema = keptSubject.extend({ title: z.string() });

/** A panel that stands in the window: what it shows, and the title of its tab. */
export type OpenPanel = Readonly<z.infer<typeof openPanelSchema>>;

/**
 * Remembers which panels stand in the window. VS Code brings tabs back by itself, but in a browser it keeps its layout
 * only now and then, and a webview that was never shown has left it no state; then this memory fills in.
 */
export class OpenPanels {
  #isClosing = false;

  constructor(readonly store: Memento) {}

  /** The panels of the window before it was reloaded. */
  get all(): readonly OpenPanel[] {
    return z.array(openPanelSchema).safeParse(this.store.get(storeKey)).data ?? [];
  }

  /** Those that VS Code has not brought back as a tab, shown or waiting to be shown. */
  get missing(): readonly OpenPanel[] {
    const labels = window.tabGroups.all
      .flatMap(({ tabs }) => tabs)
      .filter(({ input }) => input instanceof TabInputWebview && input.viewType.endsWith(panelViewType))
      .map(({ label }) => label);
    return this.all.filter(({ title }) => !labels.includes(title));
  }

  /** What the panel with this key showed. */
  of(key: string): OpenPanel | undefined {
    return this.all.find((panel) => keyIn(panel) === key);
  }

  /** What a tab with this title showed; undefined where that is not known, or could be one of several. */
  withTitle(title: string): OpenPanel | undefined {
    const [first, ...others] = this.all.filter((panel) => panel.title === title);
    return others.length === 0 ? first : undefined;
  }

  /** Notes what a panel shows now. */
  note(panel: OpenPanel): void {
    this.#keep([...this.all.filter((other) => keyIn(other) !== keyIn(panel)), panel]);
  }

  /** Forgets the panel with this key, because a person has closed it. */
  forget(key: string): void {
    if (!this.#isClosing) this.#keep(this.all.filter((panel) => keyIn(panel) !== key));
  }

  /** From now on panels end with their window, which is no closing by hand. */
  close(): void {
    this.#isClosing = true;
  }

  #keep(panels: readonly OpenPanel[]): void {
    void this.store.update(storeKey, panels);
  }
}

function keyIn(panel: OpenPanel): string {
  return keyOf(subjectOf(panel));
}
