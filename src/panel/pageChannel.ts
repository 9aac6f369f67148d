import * as z from 'zod/mini';
import type { Log } from '../platform/log';
import {
  Channel,
  type Contract,
  type Handlers,
  type Port,
  type RequestName,
  type Validators,
} from '../protocol/channel';
import type { PageContract } from '../protocol/page';
import { markNumbers } from '../protocol/webviewNumbers';

/** Most unanswered requests of one page. Each of its cells waits for the reply before it sends the next request. */
const maxPendingRequests = 200;

/** The part of a webview that carries messages. */
interface MessagingWebview {
  postMessage(message: unknown): Thenable<boolean>;
  onDidReceiveMessage(listener: (message: unknown) => void): { dispose(): unknown };
}

/** The schema of the parameters of every request that a page can send. */
export type RequestSchemas<Host extends Contract> = {
  readonly [Name in RequestName<Host>]: z.ZodMiniType<Host['requests'][Name]['params']>;
};

/**
 * Opens the channel to the page of a panel. A page isn't trusted: the parameters of its requests are validated.
 *
 * @param name of the panel, for the log
 */
export function connectPage<Host extends Contract>(
  name: string,
  webview: MessagingWebview,
  log: Pick<Log, 'warn' | 'error'>,
  schemas: RequestSchemas<Host>,
  handlers: Handlers<Host>,
): Channel<Host, PageContract> {
  const onFault = (reason: string): void => {
    log.warn(`${name}: ${reason}`);
  };
  const channel = new Channel<Host, PageContract>(portOf(webview), handlers, {
    validators: validatorsOf(schemas),
    maxPendingRequests,
    onFault,
  });
  channel.on('fault', (reason) => {
    log.error(`${name}: ${reason}`);
  });
  return channel;
}

function validatorsOf<Host extends Contract>(schemas: RequestSchemas<Host>): Validators<Host> {
  const validators = Object.entries<z.ZodMiniType>(schemas).map(([name, schema]) => [
    name,
    (params: unknown) => {
      const checked = schema.safeParse(params);
      if (checked.success) return checked.data;
      throw new Error(`Invalid request "${name}". ${z.prettifyError(checked.error)}`, { cause: checked.error });
    },
  ]);
  return Object.fromEntries(validators) as Validators<Host>;
}

function portOf(webview: MessagingWebview): Port {
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
