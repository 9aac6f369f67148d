import { runWorker } from '../engine/parallel/worker';
import { Channel, reasonOf, type Port } from '../protocol/channel';
import { exited, isSaveAndExit, isSignalMessage, type ProcessFailure } from '../protocol/trainer';
import type { TrainerContract, TrainerHostContract } from '../protocol/trainer';
import { TrainerService } from './service';
import { HostedFolder } from './storage/hostedFolder';
import { storedRunHandlers, type DiskHandlers } from './storage/storedRuns';
import { RunSignals } from './training/runSignals';
import { browserThreads, serveThread, threadName } from './training/browserThreads.web';

// Entry point of the trainer in a browser: a worker that the extension host starts. It reaches the folders of runs
// through the extension host. The same script runs in the workers that share its training.

function serve(): void {
  const signals = new RunSignals();
  let channel: Channel<TrainerContract, TrainerHostContract> | undefined;
  const openFolder = (folder: string): HostedFolder => {
    if (channel === undefined) throw new Error('The trainer has no connection to the extension host.');
    return new HostedFolder(folder, channel);
  };
  globalThis.addEventListener('unhandledrejection', ({ reason }) => {
    failWith(reason);
  });
  const trainer = new TrainerService({
    connect: (handlers) => (channel = new Channel(port, handlers)),
    openFile: () => {
      throw new Error('Files are read in parts from a disk only, and a browser has none.');
    },
    openFolder,
    storedRuns: storedRunHandlers(openFolder, noDisk),
    signals,
    threads: browserThreads(globalThis.location.href),
    clock: () => performance.now() / 1000,
    yieldToMessages,
  });
  globalThis.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
    if (isSignalMessage(data)) signals.receive(data.signal);
    if (isSaveAndExit(data)) void trainer.suspend().finally(exit);
  });
}

const port: Port = {
  post: (message, transfer = []) => {
    globalThis.postMessage(message, { transfer: [...transfer] });
  },
  listen: (listener) => {
    const onMessage = ({ data }: MessageEvent<unknown>): void => {
      listener(data);
    };
    globalThis.addEventListener('message', onMessage);
    return () => {
      globalThis.removeEventListener('message', onMessage);
    };
  },
};

/** Logs and exports on a disk; the commands for them are not offered in a browser. */
const noDisk: DiskHandlers = {
  summarizeLog: refuse,
  loggedRuns: refuse,
  importLog: refuse,
  exportTensorBoard: refuse,
};

function refuse(): never {
  throw new Error('This needs a disk: it works in VS Code on a computer, not in a browser.');
}

const turns = new MessageChannel();
const waiting: (() => void)[] = [];
turns.port1.onmessage = () => {
  waiting.shift()?.();
};

/** Not by a timer: a browser delays nested timers by 4 ms or more. */
function yieldToMessages(): Promise<void> {
  return new Promise((resolve) => {
    waiting.push(resolve);
    turns.port2.postMessage(undefined);
  });
}

/** Reports why the trainer can't continue, then ends it: after an exception its state is unknown. */
function failWith(reason: unknown): void {
  const failure: ProcessFailure = { kind: 'processFailure', reason: reasonOf(reason) };
  globalThis.postMessage(failure);
  globalThis.close();
}

function exit(): void {
  globalThis.postMessage(exited);
  globalThis.close();
}

if (self.name === threadName) serveThread(runWorker);
else serve();
