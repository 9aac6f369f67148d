/** Longest text that is parsed as a time. */
const maxLength = 40;

const dayPart = String.raw`(\d{1,4})([-/.])(\d{1,2})(?:\2(\d{1,4}))?`;
const timePart = String.raw`(?:[T ]+(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?`;
const pattern = new RegExp(`^${dayPart}${timePart}$`);

/** A date as milliseconds since 1970, UTC, by the order of day and month; NaN where an order gives no date. */
export interface ParsedTime {
  readonly monthFirst: number;
  readonly dayFirst: number;
}

/**
 * Parses a date with or without a time of day: a year, month and day (`2004-03-10`, `2004/3/10 18:00`), a year and month
 * (`1949-01`), or a day, month and year in either order (`10/03/2004`; with dots the day comes first). Without an offset
 * the time is taken as UTC. Undefined for any other text.
 */
export function parseTime(text: string): ParsedTime | undefined {
  if (text.length > maxLength) return undefined;
  const match = pattern.exec(text);
  if (match === null) return undefined;
  const [, first = '', separator, second = '', third, hour, minute, seconds, fraction, offset] = match;
  const time = timeOfDay(hour, minute, seconds, fraction, offset);
  if (first.length === 4) {
    const at = dayOf(Number(first), Number(second), third === undefined ? 1 : Number(third)) + time;
    return valid({ monthFirst: at, dayFirst: at });
  }
  if (third?.length !== 4) return undefined;
  const dayFirst = dayOf(Number(third), Number(second), Number(first)) + time;
  const monthFirst = separator === '.' ? NaN : dayOf(Number(third), Number(first), Number(second)) + time;
  return valid({ monthFirst, dayFirst });
}

function valid(time: ParsedTime): ParsedTime | undefined {
  return Number.isNaN(time.dayFirst) && Number.isNaN(time.monthFirst) ? undefined : time;
}

/** The start of a day in milliseconds since 1970; NaN if there is no such day. */
function dayOf(year: number, month: number, day: number): number {
  const at = Date.UTC(2000, month - 1, day);
  const date = new Date(at);
  // Years below 100 mean the twentieth century to Date.UTC.
  date.setUTCFullYear(year, month - 1, day);
  const isDay = date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
  return isDay ? date.getTime() : NaN;
}

function timeOfDay(
  hour: string | undefined,
  minute: string | undefined,
  second = '0',
  fraction = '0',
  offset = 'Z',
): number {
  if (hour === undefined || minute === undefined) return 0;
  // 24:00 is the end of the day, and 23:59:60 a leap second.
  if (Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return NaN;
  const [sign, hours, minutes] = offset === 'Z' ? [0, 0, 0] : offsetOf(offset);
  const minutesOfDay = 60 * Number(hour) + Number(minute) - sign * (60 * hours + minutes);
  return 60_000 * minutesOfDay + 1000 * Number(second) + Math.trunc(1000 * Number(`0.${fraction}`));
}

function offsetOf(offset: string): readonly [sign: number, hours: number, minutes: number] {
  return [offset.startsWith('-') ? -1 : 1, Number(offset.slice(1, 3)), Number(offset.slice(-2))];
}
