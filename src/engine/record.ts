/** How much of a gate's values stands at the ends of its range, over all steps, units and sequences of a window. */
export interface Saturation {
  /** The gate's name in the cell's equations. */
  readonly name: string;
  /** Gates: share below 0.1. A relu candidate: share at exactly 0 (dead). Other candidates: 0. */
  readonly low: number;
  /** Gates: share above 0.9. Candidates: share with |pre-activation| ≥ 5 (relu: pre-activation ≥ 5). */
  readonly high: number;
}

/** Gradient norms of one layer, Euclidean over all units and the whole batch, of the total loss as reduced. */
export interface LayerRecord {
  /** (T): ‖∂L/∂h_t‖, total, before hidden clipping. 0 before the cut of truncated BPTT. */
  readonly dh: Float64Array;
  /** (T): the norm of what reaches h_t other than through the same layer's t+1. */
  readonly dhLocal: Float64Array;
  /** (T): ‖∂L/∂c_t‖, total, for cells with a second state. */
  readonly dc?: Float64Array;
  readonly saturation: readonly Saturation[];
}

/** What the instruments saw of one update. */
export interface StepRecord {
  /** T of the arrays: the steps of the window and the `reach` steps before it. */
  readonly steps: number;
  /** Steps before the window that the gradient reached, 0 unless `backward` > `forward`. */
  readonly reach: number;
  /** (T): L_t as it enters the reported loss; 0 in the reach. */
  readonly lossPerStep: Float64Array;
  /** From the lowest layer up. */
  readonly layers: readonly LayerRecord[];
}
