import type { Tensor } from '../tensor';
import type { LossSpec } from '../spec';
import type { Targets } from '../recurrence/window';

/** The input and output of a loss for one time step of the batch. */
export interface LossStep {
  /** ŷ_t, rows (B,O) from `outputsAt`, before any softmax. */
  readonly outputs: Tensor;
  outputsAt: number;
  /** B */
  rows: number;
  /** O */
  readonly width: number;
  readonly targets: Targets;
  /** First row of the step in `targets` and `mask`. */
  firstRow: number;
  readonly mask: Uint8Array;
  /** (B,O) from `gradientAt`: out, weight · ∂(Σ rows)/∂ŷ_t, zero in masked rows. Undefined for no gradient. */
  gradient: Tensor | undefined;
  gradientAt: number;
  /** The factor of the sum over rows in the total loss. */
  gradientWeight: number;
}

/** A loss: returns the plain sum over the step's unmasked rows; see `lossWeight` for the divisor. */
export type Loss = (step: Readonly<LossStep>) => number;

/**
 * The factor of the plain sum: `mean` 1/(number of targets), for mse also 1/O, as PyTorch's `mean`; `sum` 1/B.
 */
export function lossWeight(spec: LossSpec, targets: number, outputs: number, batch: number): number {
  switch (spec.reduction) {
    case 'mean':
      return 1 / (spec.kind === 'mse' ? targets * outputs : targets);
    case 'sum':
      return 1 / batch;
    default:
      return spec.reduction satisfies never;
  }
}
