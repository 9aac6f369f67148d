/** What the page of any panel serves to its host. */
export type PageContract = {
  requests: Record<never, never>;
  events: {
    /** A fault in the webview, for the log. */
    fault: string;
  };
};
