const windowSeconds = 3;

/** Updates per second of training time over the last seconds. */
export class RateMeter {
  #marks: { readonly update: number; readonly seconds: number }[] = [];

  mark(update: number, seconds: number): void {
    this.#marks.push({ update, seconds });
    while (this.#marks.length > 2 && seconds - (this.#marks[1]?.seconds ?? seconds) > windowSeconds)
      this.#marks.shift();
  }

  /** undefined until there are two measurements at different times. */
  get updatesPerSecond(): number | undefined {
    const first = this.#marks[0];
    const last = this.#marks.at(-1);
    if (first === undefined || last === undefined || last.seconds <= first.seconds) return undefined;
    return (last.update - first.update) / (last.seconds - first.seconds);
  }
}
