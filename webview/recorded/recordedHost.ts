import { Channel, type Port } from '../../src/protocol/channel';
import type { ComparisonHostContract, ComparisonState } from '../../src/protocol/comparison';
import { unpack } from '../../src/protocol/packing';
import type { PageContract } from '../../src/protocol/page';
import type { PanelHostContract } from '../../src/protocol/panel';
import type { Recording } from '../../src/protocol/recording';
import { downloadFile } from './downloadFile';
import { recordedComparison } from './recordedComparison';
import { recordedRun } from './recordedRun';
import './theme.css';

// The host of a page that stands in one HTML file: provides `acquireVsCodeApi`, and answers from the recording beside it.

const listeners = new Set<(message: unknown) => void>();
const port: Port = {
  post: (message) => {
    window.dispatchEvent(new MessageEvent('message', { data: message }));
  },
  listen: (listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  },
};
// The file that was written has a recording of the kind of its page.
const recording = readRecording();
const store = stateStore();
const isReloaded = store.getState() !== undefined;
const channel =
  document.getElementById('notebook')?.dataset['kind'] === 'comparison'
    ? new Channel<ComparisonHostContract, PageContract>(port, recordedComparison(recording as Promise<ComparisonState>))
    : new Channel<PanelHostContract, PageContract>(port, recordedRun(recording as Promise<Recording>, isReloaded));
channel.on('save', downloadFile);
channel.on('fault', (reason) => {
  console.warn(reason);
});

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      for (const listener of listeners) listener(message);
    },
    ...store,
  }),
});
followTheme();

/** Reads the recording: base64 of a packed message, compressed with gzip. */
async function readRecording(): Promise<unknown> {
  try {
    const text = atob(document.getElementById('recording')?.textContent ?? '');
    const bytes = new Uint8Array(text.length);
    // Not Uint8Array.from: for millions of bytes it takes seconds.
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return unpack(await new Response(stream).arrayBuffer());
  } catch (error) {
    const reason =
      'DecompressionStream' in window
        ? 'This file is damaged: what it shows can’t be read. Ask for it again.'
        : 'This browser is too old for this file. A browser of 2023 or later opens it.';
    document.body.replaceChildren(reason);
    throw error;
  }
}

/** Keeps the state of the page over a reload. All files on a disk share one store: the state names its run. */
function stateStore(): { readonly getState: () => unknown; readonly setState: (state: unknown) => void } {
  const key = `unroll ${location.pathname}`;
  return {
    getState: () => {
      try {
        return (JSON.parse(sessionStorage.getItem(key) ?? 'null') as unknown) ?? undefined;
      } catch {
        // Some browsers deny files this store; then a reload shows the page as at first.
        return undefined;
      }
    },
    setState: (state) => {
      try {
        sessionStorage.setItem(key, JSON.stringify(state));
      } catch {
        // As above.
      }
    },
  };
}

/** Shows VS Code's default theme of the kind that the reader has chosen for other pages. */
function followTheme(): void {
  const light = matchMedia('(prefers-color-scheme: light)');
  const show = (): void => {
    document.body.classList.toggle('vscode-light', light.matches);
    document.body.classList.toggle('vscode-dark', !light.matches);
  };
  light.addEventListener('change', show);
  show();
}
