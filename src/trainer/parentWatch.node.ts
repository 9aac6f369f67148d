import { workerData } from 'node:worker_threads';

/** What the thread that watches the trainer's parent process is given. */
export interface ParentWatch {
  /** Process id of the extension host. */
  readonly parent: number;
  /** Milliseconds after its end in which the main thread must have begun to save, or is ended. */
  readonly timeToNotice: number;
  /** Milliseconds that saving may take: on a busy machine, or a slow disk. */
  readonly timeToSave: number;
  /** One element, which the main thread sets to 1 when it begins to save. */
  readonly saving: Int32Array<SharedArrayBuffer>;
}

const millisecondsBetweenChecks = 100;

/** Where the parent ends, Linux and macOS give its child to another process; Windows does not. */
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

const { parent, timeToNotice, timeToSave, saving } = workerData as ParentWatch;
const checks = setInterval(() => {
  if (isAlive(parent)) return;
  clearInterval(checks);
  // The main thread saves what it has and exits by itself, unless it is in the middle of something long.
  setTimeout(() => {
    if (Atomics.load(saving, 0) === 0) end();
    else setTimeout(end, timeToSave);
  }, timeToNotice);
}, millisecondsBetweenChecks);
