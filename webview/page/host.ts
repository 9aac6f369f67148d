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
  /** What VS Code kept for this panel. */
  savedState(): unknown;
  saveState(state: unknown): void;
}

/** Connects to the host; once a page. */
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
  const nothing: Handlers<PageContract> = {};
  const channel: Channel<PageContract, Remote> = new Channel(port, nothing, {
    onFault: (reason) => {
      channel.emit('fault', reason);
    },
  });
  return { channel, savedState: () => api.getState(), saveState: (state) => api.setState(state) };
}

/** Sends every fault of the page to the host's log; the function that is returned sends one. */
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
