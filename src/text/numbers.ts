const significant = 3;
const smallestPlain = 1e-3;
const smallestScientific = 1e5;

/** A number as it stands everywhere: three significant digits, scientific below 1e-3 and from 1e5. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞');
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < smallestPlain || magnitude >= smallestScientific) return value.toExponential(significant - 1);
  // From 999.5 three digits would be 1.00e+3.
  return magnitude >= 999.5 ? Math.round(value).toLocaleString('en-US') : value.toPrecision(significant);
}

/** A number that somebody chose, or that stands on an axis: as `briefNumber` writes it, without zeros at its end. */
export function formatShortNumber(value: number): string {
  return formatNumber(value).replace(/(\.\d*?)0+(?=e|$)/, (_, kept: string) => (kept === '.' ? '' : kept));
}

/** A power of ten as it stands on a logarithmic axis: in digits near 1, and with an exponent far from it. */
export function formatPowerOfTen(exponent: number): string {
  if (Math.abs(exponent) <= 3) return formatShortNumber(10 ** exponent);
  return `10${String(exponent).replace(/[-\d]/g, (sign) => superscripts[sign] ?? sign)}`;
}

const superscripts: Readonly<Record<string, string>> = {
  '-': '⁻',
  '0': '⁰',
  '1': '¹',
  '2': '²',
  '3': '³',
  '4': '⁴',
  '5': '⁵',
  '6': '⁶',
  '7': '⁷',
  '8': '⁸',
  '9': '⁹',
};

/** Memory in MiB, never less than it is. */
export function formatMebibytes(bytes: number): string {
  const size = bytes / 1024 ** 2;
  return `${size < 10 ? String(Math.ceil(size * 10) / 10) : Math.ceil(size).toLocaleString('en-US')} MiB`;
}

/** So many of something, in the singular where it is one. */
export function formatCount(count: number, thing: string): string {
  return `${count.toLocaleString('en-US')} ${count === 1 ? thing : `${thing}s`}`;
}

/** A duration in the largest two units that matter. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
