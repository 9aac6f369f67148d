import { translate, translateCount } from './translate';

const significantDigits = 3;
const minPlain = 1e-3;
const minScientific = 1e5;

/** A measured number: three significant digits, in scientific notation below 1e-3 and from 1e5. */
export function formatNumber(value: number): string {
  if (!Number.isFinite(value)) return String(value).replace('Infinity', '∞');
  if (value === 0) return '0';
  const magnitude = Math.abs(value);
  if (magnitude < minPlain || magnitude >= minScientific) return value.toExponential(significantDigits - 1);
  // From 999.5 three digits would be 1.00e+3.
  return magnitude >= 999.5 ? formatExact(Math.round(value)) : value.toPrecision(significantDigits);
}

/** A measured number beside another one: as `formatNumber` writes it, with more digits where the two would look the same. */
export function formatDistinct(value: number, other: number): string {
  const text = formatNumber(value);
  if (value === other || text !== formatNumber(other)) return text;
  for (let digits = significantDigits + 1; digits <= 17; digits++) {
    const longer = value.toPrecision(digits);
    if (longer !== other.toPrecision(digits)) return longer;
  }
  return String(value);
}

/** A number that a user chose, or a tick of an axis: as `formatNumber` writes it, without trailing zeros. */
export function formatShortNumber(value: number): string {
  return formatNumber(value).replace(/(\.\d*?)0+(?=e|$)/, (_, digits: string) => (digits === '.' ? '' : digits));
}

/** A number with all of its digits and with its thousands separated: 65,536 and not 65536. */
export function formatExact(value: number): string {
  // Not toLocaleString: its first call takes some 20 ms, and these texts are made while the extension is loaded.
  const [whole = '', ...fraction] = String(value).replace('Infinity', '∞').split('.');
  return [whole.replace(/(?<=\d)(?=(?:\d{3})+$)/g, ','), ...fraction].join('.');
}

/** A number with as many digits after the point as are given, trailing zeros included. */
export function formatFixed(value: number, fractionDigits: number): string {
  return value.toFixed(fractionDigits);
}

/** The number rounded to a count of significant digits. */
export function roundToDigits(value: number, digits: number): number {
  return Number(value.toPrecision(digits));
}

/** A power of ten on a logarithmic axis: in digits near 1, and with an exponent far from it. */
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

/** A count with its noun, singular for one: 1 row, 1,234 rows. */
export function formatCount(count: number, thing: string): string {
  return translateCount(count, formatExact(count), thing);
}

/**
 * How many of what was planned is done: 852 of 4,000.
 *
 * @param planned 0 where it isn't known
 * @param of between the two numbers
 * @param format of the last number
 */
export function formatDone(done: number, planned: number, of = translate` of `, format = formatExact): string {
  return planned === 0 ? format(done) : `${formatExact(done)}${of}${format(planned)}`;
}

/** A share from 0 to 1 as a percentage, by default rounded to a whole one. */
export function formatPercentage(share: number, fractionDigits = 0): string {
  return `${(100 * share).toFixed(fractionDigits)} %`;
}

/** A share of any magnitude and sign as a percentage of at most three significant digits. */
export function formatShortPercentage(share: number): string {
  return `${formatShortNumber(roundToDigits(100 * share, significantDigits))} %`;
}

const mebibyte = 1024 ** 2;

/** Memory in MiB, rounded up: as a limit it is always enough. */
export function formatMebibytes(bytes: number): string {
  const size = bytes / mebibyte;
  return `${size < 10 ? String(Math.ceil(size * 10) / 10) : formatExact(Math.ceil(size))} MiB`;
}

/** An estimate of memory, to the nearest MiB. */
export function formatMemoryEstimate(bytes: number): string {
  const size = bytes / mebibyte;
  return translate`about ${size < 10 ? size.toPrecision(2) : formatExact(Math.round(size))} MiB`;
}

/** A time in two significant digits, in milliseconds up to a second. */
export function formatShortTime(seconds: number): string {
  const digits = (value: number): string => String(Number(value.toPrecision(2)));
  return seconds < 1 ? `${digits(1000 * seconds)} ms` : `${digits(seconds)} s`;
}

/** A duration in its largest two units, rounded up. */
export function formatDuration(seconds: number): string {
  if (!Number.isFinite(seconds)) return '–';
  if (seconds < 60) return `${Math.ceil(seconds)} s`;
  const minutes = Math.ceil(seconds / 60);
  return minutes < 60 ? translate`${minutes} min` : translate`${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
