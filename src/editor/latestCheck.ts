import type { Disposable } from 'vscode';

/** How many times as long as the last check of a long text took it is waited before the next one. */
const restPerDuration = 2;

/** Milliseconds after which a check whose text has changed is not waited for any more. */
const longestOutdated = 5000;

/** Checks one document: one check at a time, and of those that are asked for meanwhile only the newest. */
export class LatestCheck implements Disposable {
  #timer: NodeJS.Timeout | undefined;
  #next: (() => Promise<void>) | undefined;
  #isDue = false;
  #began: number | undefined;
  /** Milliseconds that the last check took. */
  #duration = 0;

  /** @param abandon ends the check that is under way, which then rejects or resolves soon */
  constructor(
    readonly abandon: () => void,
    readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Asks for a check in place of the one that was asked for last and has not begun.
   *
   * @param delay milliseconds until it begins at the earliest
   * @param rests whether it is also waited twice as long as the last check took
   */
  ask(delay: number, rests: boolean, check: () => Promise<void>): void {
    this.#next = check;
    this.#isDue = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#isDue = true;
        if (this.#began === undefined) void this.#run();
        else this.#endOutdated(this.#began);
      },
      rests ? Math.max(delay, restPerDuration * this.#duration) : delay,
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
  }

  /** Ends the check that is under way, now or when it has had its time. */
  #endOutdated(began: number): void {
    const left = began + longestOutdated - this.now();
    if (left <= 0) {
      this.abandon();
      return;
    }
    this.#timer = setTimeout(() => {
      if (this.#began === began) this.abandon();
    }, left);
  }

  async #run(): Promise<void> {
    while (this.#isDue && this.#next !== undefined) {
      const check = this.#next;
      this.#next = undefined;
      this.#isDue = false;
      const began = this.now();
      this.#began = began;
      // What becomes of a check is its own affair.
      await check().catch(() => undefined);
      this.#duration = this.now() - began;
      this.#began = undefined;
    }
  }
}
