import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a command of the runner ended. */
export interface ChildEnd {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  /** The end of what it wrote to stderr. */
  readonly messages: string;
}

/** Characters of messages that are kept: what matters is said at the end. */
const maxMessages = 8000;

/** Interrupts each process that runs. One listener is enough for any number of them. */
const running = new Set<() => void>();

/** They do not outlive this process. */
function interruptAll(): void {
  for (const interrupt of running) interrupt();
}

/**
 * Runs a command of the runner as a process of its own: what brings it down does not end the caller.
 *
 * @param runner absolute path of the runner's program
 * @param onLine called with each line of its stdout; undefined to leave them unread
 * @param signal interrupts it, as Ctrl+C does: a training is saved then
 * @throws the reason of the signal if it was aborted before, and the system's error where no process can be started
 */
export async function runChild(
  runner: string,
  args: readonly string[],
  onLine: ((line: string) => void) | undefined,
  signal: AbortSignal,
): Promise<ChildEnd> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [...process.execArgv, runner, ...args], {
    stdio: ['ignore', onLine === undefined ? 'ignore' : 'pipe', 'pipe'],
    windowsHide: true,
  });
  const interrupt = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt);
  running.add(interrupt);
  if (running.size === 1) process.on('exit', interruptAll);
  let messages = '';
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-maxMessages);
  });
  const linesRead = new Promise<void>((resolve) => {
    if (onLine === undefined || child.stdout === null) resolve();
    else createInterface({ input: child.stdout }).on('line', onLine).once('close', resolve);
  });
  try {
    const code = await new Promise<number | undefined>((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (status) => {
        resolve(status ?? undefined);
      });
    });
    await linesRead;
    return { code, messages: messages.trim() };
  } finally {
    signal.removeEventListener('abort', interrupt);
    running.delete(interrupt);
    if (running.size === 0) process.off('exit', interruptAll);
  }
}
