const significant = 3;
const smallestPlain = 1e-3;
const smallestScientific = 1e5;

/** A number as it stands everywhere: three significant digits, scientific below 1e-3 and from 1e5. */
export function briefNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞');
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < smallestPlain || magnitude >= smallestScientific) return value.toExponential(significant - 1);
  return magnitude >= 1000 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(significant);
}

/** A duration in the largest two units that matter. */
export function briefDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
