import { EigenvalueDecomposition, Matrix, SingularValueDecomposition } from 'ml-matrix';
import type { CapturedTensor } from '../../engine/instruments/capture';
import type { RecurrentBlock } from '../../protocol/gradientFlow';

/** Maximum number of units for which eigenvalues are computed, in a fraction of a second: the work grows with the cube. */
const maxUnits = 200;
const powerSteps = 60;

/**
 * The spectral radius and the largest singular value of a gate's block of W_hh (G·H,H).
 *
 * @param gates G
 * @param at index of the block
 * @param gate name of the gate
 */
export function recurrentBlock(weight: CapturedTensor, gates: number, at: number, gate: string): RecurrentBlock {
  const [rows = 0, hidden = 0] = weight.shape;
  if (rows !== gates * hidden) throw new RangeError(`W_hh has ${rows} rows, not ${gates} blocks of ${hidden}.`);
  const values = Float64Array.from(weight.data.subarray(at * hidden * hidden, (at + 1) * hidden * hidden));
  if (hidden > maxUnits) return { gate, spectralRadius: null, largestSingularValue: powerIteration(values, hidden) };
  const block = Matrix.from1DArray(hidden, hidden, values);
  const { realEigenvalues, imaginaryEigenvalues } = new EigenvalueDecomposition(block);
  const magnitudes = realEigenvalues.map((real, i) => Math.hypot(real, imaginaryEigenvalues[i] ?? 0));
  // The singular vectors are most of the work and aren't needed.
  const valuesOnly = { computeLeftSingularVectors: false, computeRightSingularVectors: false };
  const [largestSingularValue = NaN] = new SingularValueDecomposition(block, valuesOnly).diagonal;
  return { gate, spectralRadius: Math.max(...magnitudes), largestSingularValue };
}

/** σ_max of a square matrix by power iteration with WᵀW from a fixed start: two digits are enough for a bound. */
function powerIteration(values: Float64Array, size: number): number {
  const at = (row: number, column: number): number => values[row * size + column] ?? NaN;
  let vector = Float64Array.from({ length: size }, (_, i) => 1 + (i % 7));
  let sigma = 0;
  for (let step = 0; step < powerSteps; step++) {
    const norm = Math.hypot(...vector);
    vector = vector.map((value) => value / norm);
    const image = vector.map((_, row) => vector.reduce((sum, value, column) => sum + at(row, column) * value, 0));
    sigma = Math.hypot(...image);
    if (sigma === 0) return 0;
    vector = vector.map((_, column) => image.reduce((sum, value, row) => sum + at(row, column) * value, 0));
  }
  return sigma;
}
