import { median } from 'd3-array';

/** The share of a loss's gradient that must be left at a step for the loss to reach it. */
export const horizonShare = 1e-3;

/**
 * What a lag leaves of the gradient in the median: median_t N[t,t−ℓ]/N[t,t]; NaN where no loss has such a step.
 *
 * @param matrix (T,T): row t is a loss, column k a step; NaN where there is no gradient
 * @param steps T
 */
export function shareAtLag(matrix: Float64Array, steps: number, lag: number): number {
  const shares: number[] = [];
  for (let t = lag; t < steps; t++) {
    const share = (matrix[t * steps + t - lag] ?? NaN) / (matrix[t * steps + t] ?? NaN);
    if (Number.isFinite(share)) shares.push(share);
  }
  return median(shares) ?? NaN;
}

/**
 * The memory horizon: the largest lag ℓ with median_t N[t,t−ℓ]/N[t,t] ≥ 1e-3; null where no step has a loss, or where
 * every gradient is exactly 0.
 */
export function memoryHorizon(matrix: Float64Array, steps: number): number | null {
  for (let lag = steps - 1; lag >= 0; lag--) if (shareAtLag(matrix, steps, lag) >= horizonShare) return lag;
  return null;
}

/** The last step that has a loss, which is the largest lag; null where none has. */
export function lastLoss(matrix: Float64Array, steps: number): number | null {
  for (let t = steps - 1; t >= 0; t--) if (!Number.isNaN(matrix[t * steps + t])) return t;
  return null;
}
