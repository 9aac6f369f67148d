import type { CsvData } from '../experiment/schema';

/** How a column is rescaled: value ↦ (value − shift) / scale. */
export interface Rescaling {
  readonly shift: number;
  readonly scale: number;
}

/** The rescaling of a column by statistics of its training part; a constant column is only shifted. */
export function rescalingOf(training: Float64Array, kind: CsvData['normalize']): Rescaling {
  switch (kind) {
    case 'none':
      return { shift: 0, scale: 1 };
    case 'minmax': {
      const lowest = training.reduce((least, value) => Math.min(least, value), Infinity);
      const highest = training.reduce((most, value) => Math.max(most, value), -Infinity);
      return { shift: lowest, scale: highest - lowest || 1 };
    }
    case 'standard': {
      const mean = meanOf(training);
      const variance = meanOf(training, (value) => (value - mean) ** 2);
      return { shift: mean, scale: Math.sqrt(variance) || 1 };
    }
    default:
      return kind satisfies never;
  }
}

/** Rescales a column in place: a copy would be as large as the data. */
export function rescale(column: Float64Array, { shift, scale }: Rescaling): void {
  for (let row = 0; row < column.length; row++) column[row] = ((column[row] ?? 0) - shift) / scale;
}

/** The mean of a measure of each value, by default of the value itself; 0 for no values. */
export function meanOf(
  values: Float64Array,
  measure: (value: number, index: number) => number = (value) => value,
): number {
  if (values.length === 0) return 0;
  return values.reduce((sum, value, index) => sum + measure(value, index), 0) / values.length;
}
