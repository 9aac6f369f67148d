import type { CapturedTensor } from '../../engine/instruments/capture';

/** Maximum number of multiplications, so that an update is shown without a wait. */
const maxMultiplications = 5e8;

/**
 * ∂L/∂x_t (T,I) of one sequence: W_ihᵀ ∂L/∂gx_t, where gx_t = W_ih x_t + b_ih has the rows of all gates. An input enters a
 * cell through gx_t only. Empty where it would take too long.
 *
 * @param dgx (T,G·H) ∂L/∂gx_t of the lowest layer
 * @param weight (G·H,I) W_ih of that layer
 */
export function inputGradients(dgx: Float64Array, { data, shape }: CapturedTensor): Float64Array {
  const [rows = 0, inputs = 0] = shape;
  const steps = rows === 0 ? 0 : dgx.length / rows;
  if (steps * rows * inputs > maxMultiplications) return new Float64Array(0);
  const gradients = new Float64Array(steps * inputs);
  for (let t = 0; t < steps; t++) {
    for (let row = 0; row < rows; row++) {
      const delta = dgx[t * rows + row] ?? NaN;
      // Truncation leaves whole steps at 0.
      if (delta === 0) continue;
      for (let i = 0; i < inputs; i++) {
        gradients[t * inputs + i] = (gradients[t * inputs + i] ?? NaN) + delta * (data[row * inputs + i] ?? NaN);
      }
    }
  }
  return gradients;
}
