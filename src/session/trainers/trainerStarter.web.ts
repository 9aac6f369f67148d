import { Uri, workspace } from 'vscode';
import { isExited, isProcessFailure, saveAndExit, type RunSignal } from '../../protocol/trainer';
import { reasonOf } from '../../protocol/channel';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';
import { english } from '../../text/translate';

/** Milliseconds that a trainer may take to save before it is terminated. */
const timeToSave = 10_000;

/** Starts each trainer as a worker of the browser, from the files of the extension. */
export function trainerStarter(extension: Uri): StartTrainerWorker {
  let script: Promise<string> | undefined;
  const readScript = async (): Promise<string> => {
    const code = await workspace.fs.readFile(Uri.joinPath(extension, 'dist', 'trainer.web.js'));
    // The script may be of another origin than the extension host, which a worker may not be.
    return URL.createObjectURL(new Blob([new Uint8Array(code)], { type: 'text/javascript' }));
  };
  return () => {
    script ??= readScript().catch((error: unknown) => {
      // The next trainer tries again.
      script = undefined;
      throw error;
    });
    return new BrowserTrainer(script);
  };
}

class BrowserTrainer implements TrainerWorker {
  readonly processId = undefined;
  readonly #worker: Promise<Worker>;
  readonly #listeners = new Set<(reason: string | undefined) => void>();
  readonly #messages = new Set<(message: unknown) => void>();
  #isExitExpected = false;
  #isGone = false;

  readonly port = {
    post: (message: unknown): void => {
      // Messages are sent in their order as soon as the worker exists.
      this.#worker.then(
        (worker) => {
          worker.postMessage(message);
        },
        () => undefined,
      );
    },
    listen: (listener: (message: unknown) => void): (() => void) => {
      this.#messages.add(listener);
      return () => this.#messages.delete(listener);
    },
  };

  constructor(script: Promise<string>) {
    this.#worker = script.then((url) => this.#start(url));
    this.#worker.catch((error: unknown) => {
      this.#conclude(english`The trainer can't be started: ${reasonOf(error)}.`);
    });
  }

  onExit(listener: (reason: string | undefined) => void): void {
    this.#listeners.add(listener);
  }

  signal(signal: RunSignal): void {
    this.port.post({ kind: 'signal', signal });
  }

  terminate(): void {
    this.#isExitExpected = true;
    this.#end(undefined);
  }

  saveAndExit(): void {
    this.#isExitExpected = true;
    this.port.post(saveAndExit);
    setTimeout(() => {
      this.#end(undefined);
    }, timeToSave);
  }

  #start(url: string): Worker {
    const worker = new Worker(url, { name: 'unroll-trainer' });
    worker.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
      if (isExited(data)) this.#end(undefined);
      else if (isProcessFailure(data)) this.#end(english`The trainer failed: ${data.reason}.`);
      else for (const listener of this.#messages) listener(data);
    });
    worker.addEventListener('error', (event) => {
      // Otherwise it is an error of the extension host too.
      event.preventDefault();
      const { message } = event;
      this.#end(english`The trainer failed: ${message || english`no reason given`}.`);
    });
    return worker;
  }

  #end(reason: string | undefined): void {
    this.#worker.then(
      (worker) => {
        worker.terminate();
      },
      () => undefined,
    );
    this.#conclude(reason);
  }

  #conclude(reason: string | undefined): void {
    if (this.#isGone) return;
    this.#isGone = true;
    this.#messages.clear();
    for (const listener of this.#listeners) listener(this.#isExitExpected ? undefined : reason);
    this.#listeners.clear();
  }
}
