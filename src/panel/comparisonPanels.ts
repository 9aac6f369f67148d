import {
  Uri,
  ViewColumn,
  window,
  type Disposable,
  type Memento,
  type WebviewPanel,
  type WebviewPanelSerializer,
} from 'vscode';
import * as z from 'zod';
import { comparisonViewType } from '../platform/ids';
import { ComparisonPanel, type ComparisonParts } from './comparisonPanel';
import { OpenPanels, type PanelKind } from './openPanels';
import { webviewRoot } from './page';
import { keptOf, keptSubject, keyOf, subjectOf, type Subject } from './subject';

const mostCompared = 100;
const keptComparison = z.object({ subjects: z.array(keptSubject).min(1).max(mostCompared) });
type KeptComparison = Readonly<z.infer<typeof keptComparison>>;

const comparisonKind: PanelKind<KeptComparison> = {
  viewType: comparisonViewType,
  storeKey: 'unroll.openComparisons',
  schema: keptComparison,
  keyOf: ({ subjects }) => keyOfAll(subjects.map(subjectOf)),
};

/** All comparisons of the window; the same runs are compared in one panel only. */
export class ComparisonPanels implements Disposable, WebviewPanelSerializer {
  readonly #panels = new Map<string, ComparisonPanel>();

  readonly #open: OpenPanels<KeptComparison>;

  /** @param store of the workspace */
  constructor(
    readonly parts: ComparisonParts,
    store: Memento,
  ) {
    this.#open = new OpenPanels(store, comparisonKind);
  }

  /** Opens again the comparisons that the window had before it was reloaded and that VS Code has not brought back. */
  reopen(): void {
    for (const { shown } of this.#open.missing) this.show(shown.subjects.map(subjectOf));
  }

  /** Shows a comparison in the panel it already has, or in a new one. */
  show(subjects: readonly Subject[]): void {
    const open = this.#panels.get(keyOfAll(subjects));
    if (open !== undefined) {
      open.panel.reveal(undefined, true);
      return;
    }
    const panel = window.createWebviewPanel(
      comparisonViewType,
      'Unroll',
      { viewColumn: ViewColumn.Beside, preserveFocus: true },
      { enableScripts: true, localResourceRoots: [webviewRoot(this.parts.extension)] },
    );
    this.#adopt(panel, subjects);
  }

  async deserializeWebviewPanel(panel: WebviewPanel, state: unknown): Promise<void> {
    const kept = this.#open.shownBy(panel.title, state);
    if (kept === undefined || this.#panels.has(comparisonKind.keyOf(kept))) {
      panel.dispose();
      return;
    }
    panel.webview.options = { enableScripts: true, localResourceRoots: [webviewRoot(this.parts.extension)] };
    this.#adopt(panel, kept.subjects.map(subjectOf));
    await Promise.resolve();
  }

  /** The tabs stay: when the window is only reloaded, VS Code brings them back. */
  dispose(): void {
    this.#open.close();
    for (const view of this.#panels.values()) view.dispose();
  }

  #adopt(panel: WebviewPanel, subjects: readonly Subject[]): void {
    const key = keyOfAll(subjects);
    const icon = (theme: string): Uri =>
      Uri.joinPath(this.parts.extension, 'media', 'icons', `experiment-${theme}.svg`);
    panel.iconPath = { light: icon('light'), dark: icon('dark') };
    const view = new ComparisonPanel(panel, subjects, this.parts, (title) => {
      this.#open.note({ shown: { subjects: subjects.map(keptOf) }, title });
    });
    this.#panels.set(key, view);
    panel.onDidDispose(() => {
      this.#panels.delete(key);
      this.#open.forget(key);
      view.dispose();
    });
  }
}

function keyOfAll(subjects: readonly Subject[]): string {
  const one = (subject: Subject): string =>
    subject.kind === 'experiment' ? JSON.stringify([keyOf(subject), subject.target.variant]) : keyOf(subject);
  return JSON.stringify(subjects.map(one).sort());
}
