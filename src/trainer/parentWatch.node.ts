import { workerData } from 'node:worker_threads';

/** The `workerData` of the thread that watches the trainer's parent process. */
export interface ParentWatch {
  /** Process id of the extension host. */
  readonly parent: number;
  /** Milliseconds after the parent's end in which the main thread must have started to save; otherwise it is killed. */
  readonly timeToNotice: number;
  /** Maximum number of milliseconds that saving may take, on a busy machine or a slow disk. */
  readonly timeToSave: number;
  /** One element, which the main thread sets to 1 when it starts to save. */
  readonly saving: Int32Array<SharedArrayBuffer>;
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

const { parent, timeToNotice, timeToSave, saving } = workerData as ParentWatch;
const checks = setInterval(() => {
  if (isAlive(parent)) return;
  clearInterval(checks);
  // The main thread saves and exits by itself, unless it is busy with a long update.
  setTimeout(() => {
    if (Atomics.load(saving, 0) === 0) end();
    else setTimeout(end, timeToSave);
  }, timeToNotice);
}, millisecondsBetweenChecks);
