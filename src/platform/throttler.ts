import type { Disposable } from 'vscode';

/** Runs an action shortly after it is scheduled: once for all calls meanwhile, and never twice at the same time. */
export class Throttler implements Disposable {
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isDisposed = false;

  /** @param milliseconds from the first call of `schedule` to the action */
  constructor(
    readonly milliseconds: number,
    readonly act: () => void | Promise<void>,
  ) {}

  /** Schedules the action, unless it is scheduled already. */
  schedule(): void {
    if (this.#isDisposed) return;
    this.#timer ??= setTimeout(() => void this.#run(), this.milliseconds);
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  async #run(): Promise<void> {
    // Errors are reported where the action is run; here only its end matters.
    await this.#running?.catch(() => undefined);
    this.#timer = undefined;
    this.#running = Promise.resolve(this.act());
    await this.#running;
  }
}
