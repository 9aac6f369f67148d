import { fork, type ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import { reasonOf } from '../protocol/channel';
import { isProcessFailure, saveAndExit } from '../protocol/trainer';
import { outOfMemory, type StartTrainerWorker, type TrainerWorker } from './trainerWorker';

/** Characters of what a process wrote to stderr last: enough for V8's words about its heap. */
const longestErrorOutput = 16_384;

/** Milliseconds that the output of a process which has exited is waited for. */
const longestDrain = 1000;

/** Written by V8 and by Node where memory cannot be had. */
const memoryWords = /out of memory|allocation failed|cannot allocate memory|ERR_WORKER_OUT_OF_MEMORY/i;

/**
 * Trainers as processes of their own: whatever ends one, the extension host goes on. Messages are copied between the
 * two, so that nothing is ever transferred.
 *
 * @param script the built entry of the trainer's process
 * @param nodeOptions of each process, none by default
 */
export function forkTrainers(script: string, nodeOptions: readonly string[] = []): StartTrainerWorker {
  return (): TrainerWorker => new TrainerProcess(script, nodeOptions);
}

class TrainerProcess implements TrainerWorker {
  readonly #process: ChildProcess;
  readonly #listeners = new Set<(reason: string | undefined) => void>();
  readonly #messages = new Set<(message: unknown) => void>();
  #errorOutput = '';
  #isAsked = false;
  #failure: string | undefined;
  #isGone = false;

  readonly port = {
    post: (message: unknown): void => {
      // A process that is gone takes no message, and says so to whoever listens for its end.
      this.#process.send(message as object, () => undefined);
    },
    listen: (listener: (message: unknown) => void): (() => void) => {
      this.#messages.add(listener);
      return () => this.#messages.delete(listener);
    },
  };

  constructor(script: string, nodeOptions: readonly string[]) {
    const child = fork(script, [], {
      cwd: dirname(script),
      execArgv: [...nodeOptions],
      // The desktop editor's own binary is Node only if it is asked to be.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1' },
      serialization: 'advanced',
      stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    });
    this.#process = child;
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-longestErrorOutput);
    });
    child.on('message', (message: unknown) => {
      if (isProcessFailure(message)) this.#failure = message.reason;
      else for (const listener of this.#messages) listener(message);
    });
    child.once('error', (error) => {
      this.#failure ??= reasonOf(error);
      if (child.pid === undefined) this.#conclude(null, null);
    });
    child.once('exit', (code, signal) => {
      // Its last words may still be in the pipes.
      const late = setTimeout(() => this.#conclude(code, signal), longestDrain);
      child.once('close', () => {
        clearTimeout(late);
        this.#conclude(code, signal);
      });
    });
  }

  get processId(): number | undefined {
    return this.#process.pid;
  }

  onExit(listener: (reason: string | undefined) => void): void {
    this.#listeners.add(listener);
  }

  terminate(): void {
    this.#isAsked = true;
    this.#process.kill('SIGKILL');
  }

  saveAndExit(): void {
    this.#isAsked = true;
    // `ChildProcess.disconnect` never closes a channel that is just receiving a message, so the process is asked.
    this.port.post(saveAndExit);
  }

  #conclude(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#messages.clear();
    const reason = this.#isAsked ? undefined : this.#reason(code, signal);
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
  }

  #reason(code: number | null, signal: NodeJS.Signals | null): string {
    if (memoryWords.test(this.#failure ?? this.#errorOutput)) return outOfMemory;
    if (this.#process.pid === undefined)
      return `The trainer process can't be started: ${this.#failure ?? 'no reason given'}.`;
    if (this.#failure !== undefined) return `The trainer process failed: ${this.#failure}.`;
    if (signal === 'SIGKILL') {
      return 'The trainer process was killed (SIGKILL). The system does this when it runs out of memory.';
    }
    return `The trainer process exited unexpectedly (${signal ?? `exit code ${code ?? 'unknown'}`}).`;
  }
}
