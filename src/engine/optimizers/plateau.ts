import type { PlateauSpec } from '../spec';

/** What a plateau schedule remembers; plain data that survives JSON. */
export interface PlateauState {
  /** The lowest loss so far; null before the first. */
  readonly best: number | null;
  /** Losses since then, without those of a cooldown. */
  readonly withoutImprovement: number;
  /** Losses that are left of the cooldown. */
  readonly cooldown: number;
}

/** A smaller change of the rate isn't made: `eps` in PyTorch. */
const leastChange = 1e-8;

/** A change of the rate, and what led to it. */
export interface PlateauReduction {
  readonly learningRate: number;
  /** Losses in a row that were no improvement. */
  readonly withoutImprovement: number;
}

/**
 * Reduces the learning rate when a loss has stopped falling: after more than `patience` losses in a row that are not
 * below the best one by the threshold, rate = max(rate · factor, minLearningRate); for the next `cooldown` losses none
 * counts. Definition: torch.optim.lr_scheduler.ReduceLROnPlateau, mode min. A loss of NaN is no improvement.
 */
export class PlateauSchedule {
  #state: PlateauState = { best: null, withoutImprovement: 0, cooldown: 0 };

  constructor(readonly spec: PlateauSpec) {}

  get state(): PlateauState {
    return this.#state;
  }

  restore(state: PlateauState): void {
    this.#state = state;
  }

  /**
   * Takes the next loss; undefined where the rate stays as it is.
   *
   * @param rate the present rate
   */
  observe(loss: number, rate: number): PlateauReduction | undefined {
    const { patience, factor, minLearningRate, cooldown: pause } = this.spec;
    let { best, withoutImprovement, cooldown } = this.#state;
    if (this.#isBetter(loss, best ?? Infinity)) {
      best = loss;
      withoutImprovement = 0;
    } else withoutImprovement++;
    if (cooldown > 0) {
      cooldown--;
      withoutImprovement = 0;
    }
    const isReduced = withoutImprovement > patience;
    this.#state = isReduced ? { best, withoutImprovement: 0, cooldown: pause } : { best, withoutImprovement, cooldown };
    const reduced = Math.max(rate * factor, minLearningRate);
    return isReduced && rate - reduced > leastChange ? { learningRate: reduced, withoutImprovement } : undefined;
  }

  #isBetter(loss: number, best: number): boolean {
    const { threshold, thresholdMode } = this.spec;
    return loss < (thresholdMode === 'rel' ? best * (1 - threshold) : best - threshold);
  }
}
