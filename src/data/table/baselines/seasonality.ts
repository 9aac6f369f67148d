import { fourierTransform } from './fourier';

/** Most rows, the last ones, of which the autocorrelation is computed. */
const maxRows = 16_384;
/** Share of the rows that the longest period may span: it has to be seen three times. */
const maxShare = 1 / 3;
/** Least autocorrelation at the period, and least rise to it from the lowest one before. */
const [minCorrelation, minRise] = [0.4, 0.2];
/** Autocorrelation of noise that is not exceeded by chance, as a multiple of 1/√n. */
const minErrors = 4;
/** Hours and days, quarters and halves of an hour, weeks, months, years: in rows of usual tables. */
const calendarPeriods = [7, 12, 24, 48, 52, 96, 144, 168, 288, 365, 1440];

/**
 * The autocorrelation r_0 … r_n of a series without its linear trend, at index k for lag k: the sum of x_t·x_(t+k) over
 * that of x_t² (the biased estimate, as `acf` of statsmodels computes it). A missing value counts as one on the trend.
 */
export function autocorrelation(values: Float64Array, maxLag: number): Float64Array {
  const rest = withoutTrend(values);
  // Padded, so that the end does not correlate with the start.
  const length = 2 ** Math.ceil(Math.log2(Math.max(2, rest.length + maxLag)));
  const series = { real: new Float64Array(length), imaginary: new Float64Array(length) };
  series.real.set(rest);
  // The transform of the squared spectrum is the autocorrelation (Wiener & Khinchin), which is symmetric: no inverse.
  fourierTransform(series);
  for (let k = 0; k < length; k++) series.real[k] = (series.real[k] ?? 0) ** 2 + (series.imaginary[k] ?? 0) ** 2;
  series.imaginary.fill(0);
  fourierTransform(series);
  const power = series.real[0] ?? 0;
  return series.real.slice(0, maxLag + 1).map((sum) => (power > 0 ? sum / power : 0));
}

/** The differences from the straight line of least squares, 0 for missing values. */
function withoutTrend(values: Float64Array): Float64Array {
  let [count, sumX, sumY, sumXX, sumXY] = [0, 0, 0, 0, 0];
  for (const [x, y] of values.entries()) {
    if (Number.isNaN(y)) continue;
    count += 1;
    sumX += x;
    sumY += y;
    sumXX += x * x;
    sumXY += x * y;
  }
  const spread = count * sumXX - sumX ** 2;
  const slope = spread === 0 ? 0 : (count * sumXY - sumX * sumY) / spread;
  const start = count === 0 ? 0 : (sumY - slope * sumX) / count;
  return values.map((y, x) => (Number.isNaN(y) ? 0 : y - start - slope * x));
}

/** A period, and the autocorrelation there. */
export interface Period {
  readonly rows: number;
  readonly correlation: number;
}

/**
 * The periods that are evident in a series: the lag of the highest local maximum of its autocorrelation, and of that of
 * its differences from row to row, in which slow changes do not cover a short period. The autocorrelation there is at
 * least 0.4 and 4/√n, and 0.2 higher than the lowest before. A calendar period within 3 % of it is preferred if its
 * autocorrelation is not significantly lower, by 2/√n.
 */
export function evidentPeriods(series: Float64Array): readonly Period[] {
  const values = series.subarray(Math.max(0, series.length - maxRows));
  const differences = values.slice(1).map((value, row) => value - (values[row] ?? NaN));
  return [values, differences].flatMap((one) => highestMaximum(one) ?? []);
}

function highestMaximum(values: Float64Array): Period | undefined {
  const maxLag = Math.floor(values.length * maxShare);
  const correlations = autocorrelation(values, maxLag + 1);
  const at = (lag: number): number => correlations[lag] ?? NaN;
  const error = 1 / Math.sqrt(values.length);
  let lowest = at(1);
  let best: Period | undefined;
  for (let lag = 2; lag <= maxLag; lag++) {
    const correlation = at(lag);
    const isMaximum = correlation >= at(lag - 1) && correlation > at(lag + 1);
    const isEvident = correlation >= Math.max(minCorrelation, minErrors * error) && correlation - lowest >= minRise;
    if (isMaximum && isEvident && correlation > (best?.correlation ?? 0)) best = { rows: lag, correlation };
    lowest = Math.min(lowest, correlation);
  }
  if (best === undefined) return undefined;
  const { rows, correlation } = best;
  const usual = calendarPeriods.find(
    (period) => Math.abs(period - rows) <= 0.03 * rows && period <= maxLag && at(period) >= correlation - 2 * error,
  );
  return usual === undefined ? best : { rows: usual, correlation: at(usual) };
}
