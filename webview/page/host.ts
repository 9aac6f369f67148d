import { Channel, reasonOf, type Contract, type Handlers, type Port } from '../../src/protocol/channel';
import type { PageContract } from '../../src/protocol/page';
import { unmarkNumbers } from '../../src/protocol/webviewNumbers';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host, as a page sees it. */
export interface Host<Remote extends Contract> {
  readonly channel: Channel<PageContract, Remote>;
  /** The state that VS Code stored for this panel. */
  savedState(): unknown;
  saveState(state: unknown): void;
}

/** Connects to the host; call it once per page. */
export function connectHost<Remote extends Contract>(): Host<Remote> {
  const api = acquireVsCodeApi();
  const port: Port = {
    post: (message) => {
      api.postMessage(message);
    },
    listen: (listener) => {
      const onMessage = ({ data }: MessageEvent<unknown>): void => {
        listener(unmarkNumbers(data));
      };
      window.addEventListener('message', onMessage);
      return () => {
        window.removeEventListener('message', onMessage);
      };
    },
  };
  const handlers: Handlers<PageContract> = { painted: onPainted };
  const channel: Channel<PageContract, Remote> = new Channel(port, handlers, {
    onFault: (reason) => {
      channel.emit('fault', reason);
    },
  });
  return { channel, savedState: () => api.getState(), saveState: (state) => api.setState(state) };
}

/** Resolves after the next frame, when a task runs again: the page has then drawn and laid out what it got before. */
function onPainted(): Promise<undefined> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      setTimeout(() => {
        resolve(undefined);
      });
    });
  });
}

/** Whether the page's host has the commands of VS Code: a page in a plain browser has none of their buttons. */
export function hasCommands(root: HTMLElement): boolean {
  return root.dataset['commands'] !== 'none';
}

/** Sends every error of the page to the host's log; the returned function sends one. */
export function reportFaults(channel: { emit(name: 'fault', reason: string): void }): (error: unknown) => void {
  const report = (error: unknown): void => {
    channel.emit('fault', reasonOf(error));
  };
  window.addEventListener('error', (event) => {
    report(event.error ?? event.message);
  });
  window.addEventListener('unhandledrejection', (event) => {
    report(event.reason);
  });
  return report;
}
