/** What is remembered of the validation losses of a run; plain data that survives JSON. */
export interface ValidationState {
  /** The lowest finite validation loss, and the number of updates it was measured after; null before the first. */
  readonly best: { readonly updates: number; readonly validationLoss: number } | null;
  /** Validations since then. */
  readonly withoutImprovement: number;
}

/** Follows the validation losses of a run: the lowest one, and how long ago it was. */
export class ValidationProgress {
  #state: ValidationState = { best: null, withoutImprovement: 0 };

  get state(): ValidationState {
    return this.#state;
  }

  restore(state: ValidationState): void {
    this.#state = state;
  }

  /** Starts to count again, for a run that is resumed after its patience was over. */
  renew(): void {
    this.#state = { ...this.#state, withoutImprovement: 0 };
  }

  /**
   * Takes the next validation loss; true if it is the lowest one so far.
   *
   * @param updates done before it was measured
   */
  observe(validationLoss: number, updates: number): boolean {
    const { best, withoutImprovement } = this.#state;
    const isBest = Number.isFinite(validationLoss) && validationLoss < (best?.validationLoss ?? Infinity);
    this.#state = isBest
      ? { best: { updates, validationLoss }, withoutImprovement: 0 }
      : { best, withoutImprovement: withoutImprovement + 1 };
    return isBest;
  }
}
