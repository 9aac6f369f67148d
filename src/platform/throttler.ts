import type { Disposable } from 'vscode';

/** Does one thing soon after it is asked for, once for all who asked meanwhile, and never twice at a time. */
export class Throttler implements Disposable {
  #timer: NodeJS.Timeout | undefined;
  #underWay: Promise<void> | undefined;
  #isDisposed = false;

  /** @param milliseconds from the first who asks to the doing */
  constructor(
    readonly milliseconds: number,
    readonly act: () => void | Promise<void>,
  ) {}

  /** Asks for it. */
  schedule(): void {
    if (this.#isDisposed) return;
    this.#timer ??= setTimeout(() => void this.#do(), this.milliseconds);
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
  }

  async #do(): Promise<void> {
    // Whoever awaits it is told that it failed; here only its end counts.
    await this.#underWay?.catch(() => undefined);
    this.#timer = undefined;
    this.#underWay = Promise.resolve(this.act());
    await this.#underWay;
  }
}
