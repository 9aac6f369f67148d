import { EventEmitter, type Disposable, type WebviewPanel } from 'vscode';

const loading = new Set<WebviewPanel>();
const didChange = new EventEmitter<void>();

/**
 * Follows a panel until the script of its page runs, which its first message shows, or until it is closed. While a page
 * loads, VS Code may hold a focus back for it, and gives it to the page at the moment it has loaded.
 */
export function followLoading(panel: WebviewPanel): void {
  loading.add(panel);
  const subscriptions: Disposable[] = [];
  const end = (): void => {
    for (const subscription of subscriptions) subscription.dispose();
    loading.delete(panel);
    didChange.fire();
  };
  subscriptions.push(panel.webview.onDidReceiveMessage(end), panel.onDidDispose(end));
}

/** Whether a page that can be seen is loading. */
export function isPageLoading(): boolean {
  return [...loading].some(({ visible }) => visible);
}

/** Fires after a page has loaded, or was closed before. */
export const onDidEndLoading = didChange.event;
