import type { Source } from '../../data/sourceContract';
import type { Window } from '../../engine/recurrence/window';
import type { AllowedScore } from '../../protocol/output';
import { favoursAllowed } from '../allowedSymbols';

/** Counts the held-out strings in which the symbols that a grammar allows are the most probable ones at every step. */
export class AllowedTally {
  #window: Window | undefined;
  /** The sequences of the window in which another symbol was more probable. */
  readonly #failed = new Set<number>();
  #strings = 0;
  #right = 0;

  constructor(
    readonly allowedNext: NonNullable<Source['allowedNext']>,
    readonly width: number,
  ) {}

  /** Observes the outputs (B,O) of a step; every window holds whole strings. */
  observe(window: Window, t: number, outputs: ArrayLike<number>): void {
    if (window !== this.#window) this.#begin(window);
    const { batch, mask } = window;
    for (let sequence = 0; sequence < batch; sequence++) {
      if (mask[t * batch + sequence] !== 1 || this.#failed.has(sequence)) continue;
      const allowed = this.allowedNext(window, sequence, t);
      if (!favoursAllowed(outputs, sequence * this.width, this.width, allowed)) this.#failed.add(sequence);
    }
  }

  finish(): AllowedScore {
    this.#begin(undefined);
    return { strings: this.#strings, right: this.#right };
  }

  /** Counts the strings of the window before. */
  #begin(window: Window | undefined): void {
    const strings = this.#window?.batch ?? 0;
    this.#strings += strings;
    this.#right += strings - this.#failed.size;
    this.#failed.clear();
    this.#window = window;
  }
}
