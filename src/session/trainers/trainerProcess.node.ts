import { fork, type ChildProcess } from 'node:child_process';
import { dirname } from 'node:path';
import { reasonOf } from '../../protocol/channel';
import { isProcessFailure, saveAndExit, writeRunSignal, type RunSignal } from '../../protocol/trainer';
import { outOfMemory, type StartTrainerWorker, type TrainerWorker } from './trainerWorker';

/** Characters kept from the end of a process's stderr: enough for V8's report about its heap. */
const maxErrorOutput = 16_384;

/** Milliseconds to wait for the remaining output of a process that has exited. */
const drainTimeout = 1000;

/** Messages of V8 and Node when they run out of memory. */
const memoryErrors = /out of memory|allocation failed|cannot allocate memory|ERR_WORKER_OUT_OF_MEMORY/i;

/**
 * Starts each trainer as a process of its own, so that a crash never affects the extension host. Messages between the
 * two are copied; buffers are never transferred.
 *
 * @param script the bundled entry point of the trainer process
 * @param nodeOptions Node options of each process; none by default
 */
export function forkTrainers(script: string, nodeOptions: readonly string[] = []): StartTrainerWorker {
  return (): TrainerWorker => new TrainerProcess(script, nodeOptions);
}

class TrainerProcess implements TrainerWorker {
  readonly #process: ChildProcess;
  readonly #listeners = new Set<(reason: string | undefined) => void>();
  readonly #messages = new Set<(message: unknown) => void>();
  #errorOutput = '';
  #isExitExpected = false;
  #failure: string | undefined;
  #isGone = false;

  readonly port = {
    post: (message: unknown): void => {
      // Sending to a process that has exited fails; its exit is reported by onExit.
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
      // In a session of its own, whose priority it can lower: see `lowerPriority`. On Windows this would open a console.
      detached: process.platform === 'linux',
      execArgv: [...nodeOptions],
      // The Electron binary of desktop VS Code runs as Node only with this variable.
      env: { ...process.env, ELECTRON_RUN_AS_NODE: '1', ELECTRON_NO_ASAR: '1' },
      serialization: 'advanced',
      // Signals go through the standard input: a thread of the process reads it while another one trains.
      stdio: ['pipe', 'ignore', 'pipe', 'ipc'],
    });
    this.#process = child;
    // A signal to a process that has exited is lost; its exit is reported by onExit.
    child.stdin?.on('error', () => undefined);
    child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errorOutput = (this.#errorOutput + text).slice(-maxErrorOutput);
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
      // Its last output may still be in the pipes.
      const late = setTimeout(() => this.#conclude(code, signal), drainTimeout);
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

  signal(signal: RunSignal): void {
    this.#process.stdin?.write(`${writeRunSignal(signal)}\n`);
  }

  terminate(): void {
    this.#isExitExpected = true;
    this.#process.kill('SIGKILL');
  }

  saveAndExit(): void {
    this.#isExitExpected = true;
    // `ChildProcess.disconnect` does not close a channel that is receiving a message, so the process is told to exit.
    this.port.post(saveAndExit);
  }

  #conclude(code: number | null, signal: NodeJS.Signals | null): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#messages.clear();
    const reason = this.#isExitExpected ? undefined : this.#reason(code, signal);
    for (const listener of this.#listeners) listener(reason);
    this.#listeners.clear();
  }

  #reason(code: number | null, signal: NodeJS.Signals | null): string {
    if (memoryErrors.test(this.#failure ?? this.#errorOutput)) return outOfMemory;
    if (this.#process.pid === undefined)
      return `The trainer process can't be started: ${this.#failure ?? 'no reason given'}.`;
    if (this.#failure !== undefined) return `The trainer process failed: ${this.#failure}.`;
    if (signal === 'SIGKILL') {
      return 'The trainer process was killed (SIGKILL). The system does this when it runs out of memory.';
    }
    return `The trainer process exited unexpectedly (${signal ?? `exit code ${code ?? 'unknown'}`}).`;
  }
}
