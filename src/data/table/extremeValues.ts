/** One of the lowest or highest values of a column. */
export interface ExtremeValue {
  readonly value: number;
  /** Number of rows that have it. */
  count: number;
  /** The first rows that have it, at most `namedRows`. */
  readonly rows: number[];
}

/** Number of rows that are named for a value. */
export const namedRows = 3;

/** Number of different values that are collected at each end. */
const collected = 48;

/** The lowest and the highest different values of a column, in ascending order. */
export interface Extremes {
  readonly values: readonly ExtremeValue[];
  /** Whether these are all different values of the column; else others lie in the middle. */
  readonly isComplete: boolean;
}

/** Collects the lowest and the highest values of a column, without missing ones (NaN), in one pass. */
export function extremesOf(column: Float64Array): Extremes {
  const [lowest, highest] = [new LowestValues(), new LowestValues()];
  for (let row = 0; row < column.length; row++) {
    const value = column[row] ?? NaN;
    lowest.add(value, row);
    highest.add(-value, row);
  }
  const high = highest.values.map((one) => ({ ...one, value: 0 - one.value })).reverse();
  const last = lowest.values.at(-1)?.value ?? Infinity;
  const above = high.filter(({ value }) => value > last);
  return { values: [...lowest.values, ...above], isComplete: lowest.values.length < collected };
}

class LowestValues {
  readonly values: ExtremeValue[] = [];
  #last: ExtremeValue | undefined;
  #limit = Infinity;

  add(value: number, row: number): void {
    // Comparisons with NaN are false.
    if (!(value <= this.#limit)) return;
    const found = this.#last?.value === value ? this.#last : this.#find(value);
    this.#last = found;
    found.count += 1;
    if (found.rows.length < namedRows) found.rows.push(row);
  }

  #find(value: number): ExtremeValue {
    let at = 0;
    while ((this.values[at]?.value ?? Infinity) < value) at += 1;
    const known = this.values[at];
    if (known?.value === value) return known;
    const fresh: ExtremeValue = { value, count: 0, rows: [] };
    this.values.splice(at, 0, fresh);
    if (this.values.length > collected) this.values.pop();
    if (this.values.length === collected) this.#limit = this.values.at(-1)?.value ?? Infinity;
    return fresh;
  }
}

/** A value that lies far from all others of its column. */
export interface IsolatedValue extends Readonly<Omit<ExtremeValue, 'rows'>> {
  readonly rows: readonly number[];
  /** Whether it stands for a missing value, as it seems: it repeats, or is a usual code. */
  readonly isCode: boolean;
}

/** The isolated values of a column, and the range of all others. */
export interface IsolatedValues {
  readonly isolated: readonly IsolatedValue[];
  readonly others: { readonly min: number; readonly max: number };
}

/** Numbers that stand for a missing value in published tables: NOAA, NASA POWER, CMIP, netCDF, ESRI grids. */
const usualCode =
  /^(?:-?9{2,6}(?:\.9{1,3})?|-200|-?8{3,6}|-?7{3,6}|-3276[78]|32767|-?2147483648|2147483647|-?1e\+?(?:20|30|35|36|37)|-?9\.96920\d*e\+?36|-?3\.402823\d*e\+?38)$/;

/** Most different values at each end that are isolated together. */
const mostIsolated = 10;
/** Number of different values from which a column counts as continuous. */
const manyValues = 20;

/**
 * The values of a column that are isolated: their distance from the nearest other value is, relative to the range of all
 * others, at least 5; at least 10 in a column of fewer than 20 other values, and 1 for a usual code. A usual code that
 * is the only negative value is isolated too. (The distance from the median in units of the median absolute deviation
 * does not tell them apart: that of the largest rainfall or wind is above that of many codes.)
 *
 * Undefined if there are none.
 */
export function isolatedValues({ values, isComplete }: Extremes): IsolatedValues | undefined {
  const isolated: ExtremeValue[] = [];
  let rest = values;
  // A huge code hides a smaller one until it is left out.
  for (;;) {
    const ends = isolatedEnds(rest, isComplete);
    if (ends === undefined) break;
    isolated.push(...rest.slice(0, ends.low), ...rest.slice(rest.length - ends.high));
    rest = rest.slice(ends.low, rest.length - ends.high);
  }
  const [min, max] = [rest[0]?.value, rest.at(-1)?.value];
  if (isolated.length === 0 || min === undefined || max === undefined) return undefined;
  // Most of a column is no exception, but a usual code may well be most of it.
  const isMost = isComplete && rowsOf(isolated) > rowsOf(rest);
  if (isMost && !isolated.some(({ value }) => isUsualCode(value))) return undefined;
  return {
    isolated: isolated
      .toSorted((one, other) => other.count - one.count || one.value - other.value)
      .map((one) => ({ ...one, isCode: one.count > 1 || isUsualCode(one.value) })),
    others: { min, max },
  };
}

function rowsOf(values: readonly ExtremeValue[]): number {
  return values.reduce((sum, { count }) => sum + count, 0);
}

const isUsualCode = (value: number): boolean => usualCode.test(String(value));

/** How many values at each end are isolated from those between: the fewest that are. */
function isolatedEnds(
  values: readonly ExtremeValue[],
  isComplete: boolean,
): { readonly low: number; readonly high: number } | undefined {
  for (let total = 1; total <= 2 * mostIsolated; total++) {
    for (let low = Math.max(0, total - mostIsolated); low <= Math.min(total, mostIsolated); low++) {
      if (areIsolated(values, low, total - low, isComplete)) return { low, high: total - low };
    }
  }
  return undefined;
}

function areIsolated(values: readonly ExtremeValue[], low: number, high: number, isComplete: boolean): boolean {
  const end = values.length - high;
  const [first, last] = [values[low], values[end - 1]];
  if (first === undefined || last === undefined || end - low < 2) return false;
  const range = last.value - first.value;
  const needed = (value: number): number =>
    range * (isUsualCode(value) ? 1 : isComplete && end - low < manyValues ? 10 : 5);
  const [below, above] = [values[low - 1], values[end]];
  const isLowIsolated =
    below === undefined ||
    first.value - below.value >= needed(below.value) ||
    (low === 1 && first.value >= 0 && below.value < 0 && below.count > 1 && isUsualCode(below.value));
  return isLowIsolated && (above === undefined || above.value - last.value >= needed(above.value));
}
