import type { CsvData } from '../../experiment/schema/schema';

/** How a column is rescaled: value ↦ (value − shift) / scale. */
export interface Rescaling {
  readonly shift: number;
  readonly scale: number;
}

/** How the columns of a table are rescaled before the net gets them. */
export interface TableScaling {
  readonly kind: CsvData['normalize'];
  /** (I): shift 0 and scale 1 for an indicator of missing values. */
  readonly inputs: readonly Rescaling[];
  /** (O): none for classes. */
  readonly targets: readonly Rescaling[];
}

/** A number that the net gets or gives, in the unit of its column. */
export function inDataUnit(value: number, { shift, scale }: Rescaling): number {
  return value * scale + shift;
}

/**
 * The rescaling of a column by statistics of its training part, as scikit-learn's StandardScaler and MinMaxScaler define
 * it: the standard deviation divides by n. A constant column is only shifted, to 0.
 *
 * @param training values in single precision's range, so that no sum of squares overflows; missing ones are left out
 */
export function rescalingOf(training: Float64Array, kind: CsvData['normalize']): Rescaling {
  if (kind === 'none') return { shift: 0, scale: 1 };
  const range = rangeOf(training);
  const isShiftedOnly = isConstant(range);
  switch (kind) {
    case 'minmax':
      return { shift: range.min, scale: isShiftedOnly ? 1 : range.max - range.min };
    case 'standard': {
      // The rounded mean of equal values may differ from them.
      if (range.min === range.max) return { shift: range.min, scale: 1 };
      const mean = meanOf(training);
      const variance = meanOf(training, (value) => (value - mean) ** 2);
      if (isShiftedOnly) return { shift: mean, scale: 1 };
      if (variance >= leastVariance) return { shift: mean, scale: Math.sqrt(variance) };
      // Squares of tiny numbers lose their digits, or are 0.
      const size = range.max - range.min;
      return { shift: mean, scale: size * Math.sqrt(meanOf(training, (value) => ((value - mean) / size) ** 2)) };
    }
    default:
      return kind satisfies never;
  }
}

/** The least variance that has all digits of a double. */
const leastVariance = 1e-280;

/** The lowest and the largest value of a column. */
export interface ValueRange {
  readonly min: number;
  readonly max: number;
}

/** The range of the values of a column that are not missing; both ends are 0 without any. */
export function rangeOf(values: Float64Array): ValueRange {
  let [min, max] = [Infinity, -Infinity];
  for (const value of values) {
    // Comparisons with NaN, a missing value, are false.
    if (value < min) min = value;
    if (value > max) max = value;
  }
  return min <= max ? { min, max } : { min: 0, max: 0 };
}

/** Relative spread up to which values differ only by rounding: some units in the last place of a double. */
const roundingNoise = 16 * Number.EPSILON;

/** Whether a column is constant but for rounding, such as 0.3 beside 0.1 + 0.2. */
export function isConstant({ min, max }: ValueRange): boolean {
  return max - min <= roundingNoise * Math.max(Math.abs(min), Math.abs(max));
}

/** Rescales a column in place: a copy would be as large as the data. */
export function rescale(column: Float64Array, { shift, scale }: Rescaling): void {
  for (let row = 0; row < column.length; row++) column[row] = ((column[row] ?? 0) - shift) / scale;
}

/** The largest root mean square of some columns, without missing values; 0 for no columns. */
export function largestSize(columns: readonly Float64Array[]): number {
  return columns.reduce((most, column) => Math.max(most, rootMeanSquare(column)), 0);
}

/** The root mean square of some values, without missing ones; 0 for no values. */
export function rootMeanSquare(values: Float64Array): number {
  return Math.sqrt(meanOf(values, (value) => value ** 2));
}

/** The mean of a measure of each value, by default of the value itself, without missing ones (NaN); 0 for no values. */
export function meanOf(
  values: Float64Array,
  measure: (value: number, index: number) => number = (value) => value,
): number {
  let [sum, count] = [0, 0];
  for (let index = 0; index < values.length; index++) {
    const one = measure(values[index] ?? NaN, index);
    if (Number.isNaN(one)) continue;
    sum += one;
    count += 1;
  }
  return count === 0 ? 0 : sum / count;
}
