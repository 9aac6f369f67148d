import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { streamedFile } from '../data/files/streamedFile.node';
import { Channel, reasonOf } from '../protocol/channel';
import type { Port } from '../protocol/channel';
import { isSaveAndExit, type ProcessFailure } from '../protocol/trainer';
import { FolderStorage } from '../run/storage/folderStorage.node';
import { LockedFolder } from '../run/storage/lockedFolder.node';
import { allowFusedKernels } from './fusedKernels.node';
import { lowerPriority } from './priority.node';
import { nodeThreads } from './training/workerThreads.node';
import { TrainerService } from './service';
import { diskHandlers } from './storage/diskHandlers.node';
import { storedRunHandlers } from './storage/storedRuns';
import { RunSignals, sharedSignals } from './training/runSignals';
import type { WatchedTraining } from './watchThread.node';

// Entry point of the trainer's process, which the extension host forks. A crash here doesn't affect the extension host.

/** Milliseconds after the extension host's end: an update that takes longer than the first is killed; saving isn't. */
const limits = { timeToNotice: 700, timeToSave: 10_000 } as const;

/** Sends to the extension host, if it still exists. */
function send(message: unknown, sent: () => void = () => undefined): void {
  if (process.send === undefined || !process.connected) sent();
  else process.send(message, undefined, {}, sent);
}

const port: Port = {
  post: (message) => {
    send(message);
  },
  listen: (listener) => {
    process.on('message', listener);
    return () => process.off('message', listener);
  },
};

/** Reports why the process can't continue, then ends it: after an exception its state is unknown. */
function failWith(reason: unknown): void {
  const failure: ProcessFailure = { kind: 'processFailure', reason: reasonOf(reason) };
  send(failure, () => process.exit(1));
}

if (process.send === undefined) throw new Error('The trainer is started by the extension host, not as a program.');

// A server of VS Code may still run Node 20.
allowFusedKernels();

const saving = new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT));
const signals = sharedSignals();
// It has the editor's priority: it needs almost no time, and what it receives shouldn't wait for the training.
const watched: WatchedTraining = { parent: process.ppid, ...limits, saving, signals };
new Worker(join(__dirname, 'watchThread.cjs'), { name: 'unroll-watch-thread', workerData: watched }).unref();

lowerPriority();
process.on('uncaughtException', failWith);
process.on('unhandledRejection', failWith);
process.stderr.on('error', () => undefined);

const trainer = new TrainerService({
  connect: (handlers) => new Channel(port, handlers),
  openFile: streamedFile,
  openFolder: (folder) => new LockedFolder(folder, process.ppid),
  storedRuns: storedRunHandlers((folder) => new FolderStorage(folder), diskHandlers),
  signals: new RunSignals(signals),
  threads: nodeThreads(join(__dirname, 'workerThread.cjs')),
  clock: () => performance.now() / 1000,
  yieldToMessages: () =>
    new Promise((resolve) => {
      setImmediate(resolve);
    }),
});

function saveAndExit(): void {
  Atomics.store(saving, 0, 1);
  setTimeout(() => process.exit(0), limits.timeToSave).unref();
  void trainer.suspend().finally(() => process.exit(0));
}

process.on('message', (message) => {
  if (isSaveAndExit(message)) saveAndExit();
});
process.once('disconnect', saveAndExit);
// When the system shuts down, or Ctrl+C is pressed in the terminal that the editor was started from.
for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.once(signal, saveAndExit);
