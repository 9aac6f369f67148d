import type { Disposable } from 'vscode';

/** Pause before the check of a long text, as a multiple of the last check's duration. */
const pausePerDuration = 2;

/** Milliseconds after which a running check whose text has changed is aborted. */
const maxOutdatedMilliseconds = 5000;

/** Runs the checks of one document, one at a time. Of those scheduled meanwhile, only the latest runs. */
export class LatestCheck implements Disposable {
  #timer: NodeJS.Timeout | undefined;
  #next: (() => Promise<void>) | undefined;
  #isDue = false;
  #startedAt: number | undefined;
  /** Milliseconds that the last check took. */
  #duration = 0;

  /** @param abandon aborts the running check, which then rejects or resolves soon */
  constructor(
    readonly abandon: () => void,
    readonly now: () => number = () => performance.now(),
  ) {}

  /**
   * Schedules a check. It replaces one that is scheduled and not running yet.
   *
   * @param delay milliseconds until it starts at the earliest
   * @param pauses whether it also waits twice as long as the last check took
   */
  schedule(delay: number, pauses: boolean, check: () => Promise<void>): void {
    this.#next = check;
    this.#isDue = false;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(
      () => {
        this.#isDue = true;
        if (this.#startedAt === undefined) void this.#run();
        else this.#endOutdated(this.#startedAt);
      },
      pauses ? Math.max(delay, pausePerDuration * this.#duration) : delay,
    );
  }

  dispose(): void {
    clearTimeout(this.#timer);
    this.#next = undefined;
  }

  /** Aborts the running check, at once or when its time is over. */
  #endOutdated(startedAt: number): void {
    const left = startedAt + maxOutdatedMilliseconds - this.now();
    if (left <= 0) {
      this.abandon();
      return;
    }
    this.#timer = setTimeout(() => {
      if (this.#startedAt === startedAt) this.abandon();
    }, left);
  }

  async #run(): Promise<void> {
    while (this.#isDue && this.#next !== undefined) {
      const check = this.#next;
      this.#next = undefined;
      this.#isDue = false;
      const startedAt = this.now();
      this.#startedAt = startedAt;
      // A check handles its own errors.
      await check().catch(() => undefined);
      this.#duration = this.now() - startedAt;
      this.#startedAt = undefined;
    }
  }
}
