import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';

/** How a command of the runner ended. */
export interface ChildEnd {
  /** Undefined where a signal ended it. */
  readonly code: number | undefined;
  /** The end of what it wrote to stderr. */
  readonly messages: string;
}

/** Characters of messages that are kept. */
const maxMessages = 8000;

/**
 * Runs a command of the runner as a process of its own: a file that brings it down does not end the server.
 *
 * @param runner absolute path of the runner's program
 * @param onLine called with each line of its stdout
 * @param signal interrupts it, as Ctrl+C does: a training is saved then
 */
export async function runChild(
  runner: string,
  args: readonly string[],
  onLine: (line: string) => void,
  signal: AbortSignal,
): Promise<ChildEnd> {
  signal.throwIfAborted();
  const child = spawn(process.execPath, [...process.execArgv, runner, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    windowsHide: true,
  });
  const interrupt = (): void => void child.kill('SIGINT');
  signal.addEventListener('abort', interrupt);
  // It does not outlive the server.
  process.once('exit', interrupt);
  let messages = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    messages = (messages + text).slice(-maxMessages);
  });
  const lines = createInterface({ input: child.stdout });
  lines.on('line', onLine);
  const linesRead = new Promise<void>((resolve) => lines.once('close', resolve));
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
    process.off('exit', interrupt);
  }
}
