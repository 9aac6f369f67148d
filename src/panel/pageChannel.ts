import type { Webview } from 'vscode';
import type { Log } from '../platform/log';
import { Channel, type Contract, type Handlers, type Port, type Validators } from '../protocol/channel';
import type { PageContract } from '../protocol/page';
import { markNumbers } from '../protocol/webviewNumbers';

/**
 * The channel to the page of a panel. The page is not trusted: what it asks is checked.
 *
 * @param name of the panel, before whatever goes wrong in the log
 */
export function connectPage<Host extends Contract>(
  name: string,
  webview: Webview,
  log: Log,
  validators: Validators<Host>,
  handlers: Handlers<Host>,
): Channel<Host, PageContract> {
  const onFault = (reason: string): void => {
    log.warn(`${name}: ${reason}`);
  };
  const channel = new Channel<Host, PageContract>(portOf(webview), handlers, { validators, onFault });
  channel.on('fault', (reason) => {
    log.error(`${name}: ${reason}`);
  });
  return channel;
}

function portOf(webview: Webview): Port {
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
