import type { Memento } from 'vscode';
import * as z from 'zod/mini';
import { Throttler } from '../platform/throttler';
import type { PageContract, SavedPageView } from '../protocol/page';

const viewSchema = z.record(z.string(), z.unknown());
const storedSchema = z.array(z.tuple([z.string(), viewSchema]));

/** Most views in the store of a workspace; the one that was changed longest ago is dropped. */
const maxViews = 100;

/** Most characters of a view as JSON. The largest part, the measured memory horizons, takes some 10,000. */
const maxViewLength = 100_000;

const saveMilliseconds = 250;

/**
 * The views of pages (selected update, ranges, folded cells …), by the key of what the page shows. VS Code keeps the state
 * of a webview too, but only as long as its tab is open, and in a browser it writes it only from time to time.
 */
export class PageViews {
  /** In the order in which they were changed. */
  readonly #views: Map<string, PageContract['events']['view']>;
  readonly #save = new Throttler(saveMilliseconds, () => this.#write());

  /**
   * @param store of the workspace
   * @param storeKey the key in that store
   */
  constructor(
    readonly store: Memento,
    readonly storeKey: string,
  ) {
    this.#views = new Map(storedSchema.safeParse(store.get(storeKey)).data);
  }

  /** The view of a panel's page. */
  of(key: string, isRestored: boolean): PageView {
    return new PageView(this, key, isRestored);
  }

  get(key: string): PageContract['events']['view'] | undefined {
    return this.#views.get(key);
  }

  /**
   * Stores a view; what the page sent is not trusted.
   *
   * @throws Error if it is no object, or too large to store
   */
  set(key: string, view: unknown): void {
    const { data } = viewSchema.safeParse(view);
    if (data === undefined) throw new Error('The view of a page must be an object, so this one is not stored.');
    const { length } = JSON.stringify(data);
    if (length > maxViewLength) {
      throw new Error(`The view has ${length} characters; at most ${maxViewLength} are stored, so it is not stored.`);
    }
    this.#views.delete(key);
    this.#views.set(key, data);
    for (const oldest of [...this.#views.keys()].slice(0, -maxViews)) this.#views.delete(oldest);
    this.#save.schedule();
  }

  /** Writes what is still to be written. */
  dispose(): void {
    this.#save.dispose();
    void this.#write();
  }

  async #write(): Promise<void> {
    await this.store.update(this.storeKey, [...this.#views]);
  }
}

/** The view of the page of one panel. */
export class PageView {
  /** Whether the page had this view when it was last on the screen: if not, it was that of a panel that was closed. */
  #isOfThisPanel: boolean;

  /** @param isRestored whether the panel was open before the window was reloaded */
  constructor(
    readonly views: PageViews,
    readonly key: string,
    isRestored: boolean,
  ) {
    this.#isOfThisPanel = isRestored;
  }

  /** The view for a page that has just loaded; undefined if there is none. */
  forLoadedPage(): SavedPageView | undefined {
    const view = this.views.get(this.key);
    const isOfThisPanel = this.#isOfThisPanel;
    this.#isOfThisPanel = true;
    return view && { view, isOfThisPanel };
  }

  /** See PageViews.set. */
  set(view: unknown): void {
    this.views.set(this.key, view);
  }
}
