/** Lets a bounded number of operations run at the same time; the others wait in their order. */
export class Turns {
  #running = 0;
  readonly #waiting = new Set<() => void>();

  /** @param most operations at the same time, at least 1 */
  constructor(readonly most: number) {}

  /**
   * Runs an operation when it is its turn.
   *
   * @throws the reason of the signal if it is aborted before the turn has come, and what the operation throws
   */
  async run<Result>(operation: () => Promise<Result>, signal: AbortSignal): Promise<Result> {
    await this.#turn(signal);
    try {
      return await operation();
    } finally {
      this.#running -= 1;
      const [next] = this.#waiting;
      next?.();
    }
  }

  #turn(signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const giveUp = (): void => {
        this.#waiting.delete(begin);
        reject(signal.reason as Error);
      };
      const begin = (): void => {
        this.#waiting.delete(begin);
        signal.removeEventListener('abort', giveUp);
        this.#running += 1;
        resolve();
      };
      if (this.#running < this.most) begin();
      else {
        this.#waiting.add(begin);
        signal.addEventListener('abort', giveUp);
      }
    });
  }
}
