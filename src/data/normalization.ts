import type { CsvData } from '../experiment/schema';

/** How a column is rescaled: value ↦ (value − shift) / scale. */
export interface Rescaling {
  readonly shift: number;
  readonly scale: number;
}

/** The rescaling of a column by statistics of its training part; a constant column is shifted only. */
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
      const variance = meanOf(training.map((value) => (value - mean) ** 2));
      return { shift: mean, scale: Math.sqrt(variance) || 1 };
    }
    default:
      return kind satisfies never;
  }
}

/** A column rescaled. */
export function rescaled(column: Float64Array, { shift, scale }: Rescaling): Float64Array {
  return column.map((value) => (value - shift) / scale);
}

/** The mean; 0 of nothing. */
export function meanOf(values: Float64Array): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
