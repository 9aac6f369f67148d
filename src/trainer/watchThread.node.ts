import { Socket } from 'node:net';
import { workerData } from 'node:worker_threads';
import { readRunSignal } from '../protocol/trainer';
import { RunSignals } from './training/runSignals';

/** The `workerData` of the thread beside the training: during an update the main thread handles no events. */
export interface WatchedTraining {
  /** Process id of the extension host. */
  readonly parent: number;
  /** Milliseconds after the parent's end in which the main thread must have started to save; otherwise it is killed. */
  readonly timeToNotice: number;
  /** Maximum number of milliseconds that saving may take, on a busy machine or a slow disk. */
  readonly timeToSave: number;
  /** One element, which the main thread sets to 1 when it starts to save. */
  readonly saving: Int32Array<SharedArrayBuffer>;
  /** The memory of the run's signals. */
  readonly signals: Int32Array<SharedArrayBuffer>;
}

const millisecondsBetweenChecks = 100;

/** When the parent ends, Linux and macOS assign its child to another process; Windows doesn't. */
function isAlive(parent: number): boolean {
  if (process.platform !== 'win32') return process.ppid === parent;
  try {
    return process.kill(parent, 0);
  } catch {
    return false;
  }
}

function end(): void {
  process.kill(process.pid, 'SIGKILL');
}

/** Receives the signals that the extension host writes to the standard input, one a line. */
function receiveSignals(signals: RunSignals): void {
  let unread = '';
  const input = new Socket({ fd: 0, readable: true, writable: false });
  input.setEncoding('utf8').on('data', (text: string) => {
    const lines = `${unread}${text}`.split('\n');
    unread = lines.pop() ?? '';
    for (const line of lines) {
      const signal = readRunSignal(line);
      if (signal !== undefined) signals.receive(signal);
    }
  });
  // Without the pipe the requests that accompany the signals still arrive.
  input.on('error', () => undefined);
}

const { parent, timeToNotice, timeToSave, saving, signals } = workerData as WatchedTraining;
receiveSignals(new RunSignals(signals));
const checks = setInterval(() => {
  if (isAlive(parent)) return;
  clearInterval(checks);
  // The main thread saves and exits by itself, unless it is busy with a long update.
  setTimeout(() => {
    if (Atomics.load(saving, 0) === 0) end();
    else setTimeout(end, timeToSave);
  }, timeToNotice);
}, millisecondsBetweenChecks);
