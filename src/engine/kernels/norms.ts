import type { Tensor } from '../tensor';

/** Below it a sum of squares of doubles has lost digits to underflow, above `largest` it may have overflowed. */
const smallest = 1e-280;
const largest = 1e300;

/** ‖x‖ over `length` elements, for values of any magnitude that a double holds; NaN or Infinity where x holds one. */
export function norm(x: Tensor, xAt: number, length: number): number {
  const end = xAt + length;
  let sum = 0;
  for (let i = xAt; i < end; i++) sum += x[i] * x[i];
  if (sum > smallest && sum < largest) return Math.sqrt(sum);

  let peak = 0;
  for (let i = xAt; i < end; i++) {
    const magnitude = Math.abs(x[i]);
    if (!(magnitude <= peak)) peak = magnitude;
  }
  if (peak === 0 || !Number.isFinite(peak)) return Number.isNaN(sum) ? NaN : peak;
  sum = 0;
  for (let i = xAt; i < end; i++) sum += (x[i] / peak) * (x[i] / peak);
  return peak * Math.sqrt(sum);
}

/** ‖x − y‖ over `length` elements from the same offset, with the range of `norm`. */
export function distance(x: Tensor, y: Tensor, at: number, length: number): number {
  const end = at + length;
  let sum = 0;
  for (let i = at; i < end; i++) sum += (x[i] - y[i]) * (x[i] - y[i]);
  if (sum > smallest && sum < largest) return Math.sqrt(sum);

  let peak = 0;
  for (let i = at; i < end; i++) {
    const magnitude = Math.abs(x[i] - y[i]);
    if (!(magnitude <= peak)) peak = magnitude;
  }
  if (peak === 0 || !Number.isFinite(peak)) return Number.isNaN(sum) ? NaN : peak;
  sum = 0;
  for (let i = at; i < end; i++) sum += ((x[i] - y[i]) / peak) * ((x[i] - y[i]) / peak);
  return peak * Math.sqrt(sum);
}

/** √(Σ v²) of a few norms, with the range of `norm`. */
export function combineNorms(norms: Float64Array): number {
  return norm(norms, 0, norms.length);
}
