import { Channel, type Port } from '../src/protocol/channel';
import type { PanelHostContract, PanelViewContract } from '../src/protocol/panel';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

/** The extension host, as the webview sees it. */
export interface Host {
  readonly channel: Channel<PanelViewContract, PanelHostContract>;
  /** What VS Code kept for this panel. */
  savedState(): unknown;
  saveState(state: unknown): void;
}

/** Connects to the host; once a page. */
export function connectHost(): Host {
  const api = acquireVsCodeApi();
  const port: Port = {
    post: (message) => {
      api.postMessage(message);
    },
    listen: (listener) => {
      const onMessage = ({ data }: MessageEvent<unknown>): void => {
        listener(data);
      };
      window.addEventListener('message', onMessage);
      return () => {
        window.removeEventListener('message', onMessage);
      };
    },
  };
  const channel: Channel<PanelViewContract, PanelHostContract> = new Channel(
    port,
    {},
    {
      onFault: (reason) => {
        channel.emit('fault', reason);
      },
    },
  );
  return { channel, savedState: () => api.getState(), saveState: (state) => api.setState(state) };
}
