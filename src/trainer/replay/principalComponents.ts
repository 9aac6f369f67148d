import { EigenvalueDecomposition, Matrix } from 'ml-matrix';

/** Points in two dimensions, and the share of the variance that they explain. */
export interface PrincipalPlane {
  /** (N,2) */
  readonly points: Float64Array;
  /** Share of the variance along each component; NaN where the rows don't vary. */
  readonly explained: readonly [number, number];
}

/**
 * Projects rows (N,H) onto their first two principal components: the eigenvectors of their covariance with the largest
 * eigenvalues (Pearson 1901). The sign of a component is arbitrary; here its largest element is positive, so that
 * consecutive updates aren't drawn mirrored.
 */
export function principalPlane(rows: Float64Array, width: number): PrincipalPlane {
  const count = rows.length / width;
  const mean = new Float64Array(width);
  for (let i = 0; i < rows.length; i++) mean[i % width] = (mean[i % width] ?? 0) + (rows[i] ?? 0) / count;
  const centred = Matrix.from1DArray(
    count,
    width,
    rows.map((value, i) => value - (mean[i % width] ?? 0)),
  );
  const covariance = centred
    .transpose()
    .mmul(centred)
    .div(Math.max(1, count - 1));
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(covariance, { assumeSymmetric: true });
  const order = realEigenvalues.map((_, i) => i).sort((a, b) => (realEigenvalues[b] ?? 0) - (realEigenvalues[a] ?? 0));
  const variance = realEigenvalues.reduce((sum, value) => sum + Math.max(0, value), 0);
  const points = new Float64Array(count * 2);
  const explained = [0, 1].map((component) => {
    const index = order[component];
    if (index === undefined) return variance > 0 ? 0 : NaN;
    const direction = upright(eigenvectorMatrix.getColumn(index));
    for (let n = 0; n < count; n++) {
      let at = 0;
      for (let k = 0; k < width; k++) at += centred.get(n, k) * (direction[k] ?? 0);
      points[2 * n + component] = at;
    }
    return variance > 0 ? Math.max(0, realEigenvalues[index] ?? 0) / variance : NaN;
  }) as [number, number];
  return { points, explained };
}

function upright(direction: readonly number[]): readonly number[] {
  const largest = direction.reduce((most, value) => (Math.abs(value) > Math.abs(most) ? value : most), 0);
  return largest < 0 ? direction.map((value) => -value) : direction;
}
