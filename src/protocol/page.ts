import type { SavedFile } from './savedFile';

/** What the page of any panel serves to its host. */
export type PageContract = {
  requests: {
    /** Answers once what was sent before is on the screen; a page that is hidden does not answer. */
    painted: { params: undefined; result: undefined };
  };
  events: {
    /** A fault in the webview, for the log. */
    fault: string;
    /** A picture or table for a file that the person chooses. */
    save: SavedFile;
    /** The settings of the page's pictures, whenever they change. The host stores them without a look at them. */
    view: Readonly<Record<string, unknown>>;
  };
};

/** A view that the host has stored. */
export interface SavedPageView {
  readonly view: PageContract['events']['view'];
  /** false if it is that of an earlier panel of the same experiment, which was closed: only its folded cells are taken. */
  readonly isOfThisPanel: boolean;
}
