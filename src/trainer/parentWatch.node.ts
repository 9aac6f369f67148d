import { workerData } from 'node:worker_threads';

/** What the thread that watches the trainer's parent process is given. */
export interface ParentWatch {
  /** Process id of the extension host. */
  readonly parent: number;
  /** Milliseconds between its end and that of this process. */
  readonly timeToSave: number;
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

const { parent, timeToSave } = workerData as ParentWatch;
const checks = setInterval(() => {
  if (isAlive(parent)) return;
  clearInterval(checks);
  // The main thread saves what it has and exits by itself, unless it is in the middle of something long.
  setTimeout(() => {
    process.kill(process.pid, 'SIGKILL');
  }, timeToSave);
}, millisecondsBetweenChecks);
