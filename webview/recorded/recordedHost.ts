import { Channel, type Handlers, type Port } from '../../src/protocol/channel';
import { unpack } from '../../src/protocol/packing';
import type { PageContract } from '../../src/protocol/page';
import type { PanelHostContract } from '../../src/protocol/panel';
import { notInFile, replyKey, type Recording } from '../../src/protocol/recording';
import type { ReplayRequestName, ReplayRequests } from '../../src/protocol/replayRequests';
import { formatExact } from '../../src/text/numbers';
import './theme.css';

// The host of a page that stands in one HTML file: provides `acquireVsCodeApi`, and answers from the recording beside it.

/** The requests about an update, in words. */
const requestNames: Readonly<Record<ReplayRequestName, string>> = {
  inspect: 'the steps of update {update} for this sequence',
  heldOutLosses: 'the losses of the held-out sequences at update {update}',
  parameter: '{parameter} at update {update}',
  chainRuleTerms: 'the terms of ∂L/∂({parameter}) at step {t}; the last steps are in it, from the last one back',
  gradientFlow: 'the gradient flow of update {update}',
  horizon: 'the memory horizon of update {update}',
  gradientNorm: 'the gradient norm of update {update} in its parts',
  whatIf: 'update {update} with something changed',
  sample: 'this sample; another prompt, temperature or seed needs VS Code',
  scores: 'held-out series {sequence} at update {update}; the first 8 are in it',
  predictions: 'these predictions at update {update}',
  predictionRows: 'the predictions as CSV',
  project: 'the states of update {update}',
};

const recording = readRecording();

const commandsNeedVsCode = (): never => {
  throw new Error('This file only shows a run. Training and other commands need VS Code.');
};

const handlers: Handlers<PanelHostContract> = {
  ready: async () => (await recording).state,
  drawn: () => undefined,
  // The series of the whole run is all there is.
  zoomedSeries: () => undefined,
  select: commandsNeedVsCode,
  command: commandsNeedVsCode,
  setLearningRate: commandsNeedVsCode,
  setPace: commandsNeedVsCode,
  savePredictions: commandsNeedVsCode,
  applyRemedy: commandsNeedVsCode,
  ...replayHandlers(),
};

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
const channel = new Channel<PanelHostContract, PageContract>(port, handlers);
channel.on('fault', (reason) => {
  console.warn(reason);
});

Object.assign(window, {
  acquireVsCodeApi: () => ({
    postMessage: (message: unknown) => {
      for (const listener of listeners) listener(message);
    },
    ...stateStore(),
  }),
});
followTheme();

function replayHandlers(): Handlers<{ requests: ReplayRequests; events: Record<never, never> }> {
  const made = (Object.keys(requestNames) as ReplayRequestName[]).map((name) => [
    name,
    (params: Readonly<Record<string, unknown>>) => replyTo(name, params),
  ]);
  return Object.fromEntries(made) as Handlers<{ requests: ReplayRequests; events: Record<never, never> }>;
}

async function replyTo(name: ReplayRequestName, params: Readonly<Record<string, unknown>>): Promise<unknown> {
  const { replies } = await recording;
  // A part of the held-out rows is cut out of all of them, which the picture can do itself.
  const asked = name === 'predictions' ? { update: params['update'], column: params['column'], from: 0 } : params;
  const reply = replies[replyKey(name, asked)];
  if (reply === undefined) throw new Error(notInFile(wordsOf(name, params)));
  if ('failure' in reply) throw new Error(reply.failure);
  return reply.value;
}

function wordsOf(name: ReplayRequestName, params: Readonly<Record<string, unknown>>): string {
  return requestNames[name].replace(/\{(\w+)\}/g, (_, key: string) => {
    const value = params[key];
    return typeof value === 'number' ? formatExact(value) : typeof value === 'string' ? value : '';
  });
}

/** Reads the recording: base64 of a packed message, compressed with gzip. */
async function readRecording(): Promise<Recording> {
  try {
    const text = atob(document.getElementById('recording')?.textContent ?? '');
    const bytes = new Uint8Array(text.length);
    // Not Uint8Array.from: for millions of bytes it takes seconds.
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream('gzip'));
    return unpack(await new Response(stream).arrayBuffer()) as Recording;
  } catch (error) {
    const reason =
      'DecompressionStream' in window
        ? 'This file is damaged: its recorded run can’t be read. Ask for it again.'
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
