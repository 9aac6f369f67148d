import type { Webview } from 'vscode';
import * as z from 'zod';
import type { Log } from '../platform/log';
import { Channel, type Contract, type Handlers, type Port, type Validators } from '../protocol/channel';
import type { PageContract } from '../protocol/page';
import { markNumbers } from '../protocol/webviewNumbers';

/** Requests of one page that may be under way: each of its cells waits for the answer to one before it asks the next. */
const mostUnderWay = 200;

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
  const channel = new Channel<Host, PageContract>(portOf(webview), handlers, {
    validators: inWords(validators),
    mostUnderWay,
    onFault,
  });
  channel.on('fault', (reason) => {
    log.error(`${name}: ${reason}`);
  });
  return channel;
}

/** The same validators, whose refusals are sentences. */
function inWords<Host extends Contract>(validators: Validators<Host>): Validators<Host> {
  const worded = Object.entries<(params: unknown) => unknown>(validators).map(([name, check]) => [
    name,
    (params: unknown) => {
      try {
        return check(params);
      } catch (error) {
        if (!(error instanceof z.ZodError)) throw error;
        throw new Error(`"${name}" cannot be asked like this. ${z.prettifyError(error)}`, { cause: error });
      }
    },
  ]);
  return Object.fromEntries(worded) as Validators<Host>;
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
