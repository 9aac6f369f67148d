import { EventEmitter, type Disposable, type WebviewPanel } from 'vscode';

const loading = new Set<WebviewPanel>();
const didChange = new EventEmitter<void>();

/**
 * Counts a panel as loading until its page sends the first message or the panel is closed. While a page loads, VS Code
 * may hold back the keyboard focus for it, and gives it to the page once it has loaded.
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

/** Whether a visible page is loading. */
export function isPageLoading(): boolean {
  return [...loading].some(({ visible }) => visible);
}

/** Fires after a page has loaded, or was closed before that. */
export const onDidEndLoading = didChange.event;
