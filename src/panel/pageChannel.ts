import type { Webview } from 'vscode';
import { markNumbers } from '../protocol/webviewNumbers';
import type { Port } from '../protocol/channel';

/** A webview as the carrier of a channel. */
export function portOf(webview: Webview): Port {
  return {
    post: (message) => {
      void webview.postMessage(markNumbers(message));
    },
    listen: (listener) => {
      const subscription = webview.onDidReceiveMessage(listener);
      return () => {
        subscription.dispose();
      };
    },
  };
}
