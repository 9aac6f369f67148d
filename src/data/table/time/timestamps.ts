/** Longest text that is parsed as a time. */
const maxLength = 60;

const dayPart = String.raw`(\d{1,4})([-/.])(\d{1,2})(?:\2(\d{1,4}))?`;
const clock = String.raw`(\d{1,2})[:.](\d{2})(?:[:.](\d{2})(?:[.,](\d{1,9}))?)?`;
const timePart = String.raw`(?:[T ]+${clock}\s*(?:([AP])\.?M\.?)?\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?`;
const pattern = new RegExp(`^${dayPart}${timePart}$`, 'i');

const monthPart =
  '(jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)';
const weekday = '(?:(?:mon|tue|tues|wed|wednes|thu|thur|thurs|fri|sat|satur|sun)(?:day)?[.,]{0,2} +)?';
const dayOfMonth = String.raw`(\d{1,2})(?:st|nd|rd|th)?`;
const year = String.raw`(\d{4}|\d{2})`;
/** English names of months, by where the year, the month and the day stand. */
const namedPatterns = [
  { order: ['day', 'month', 'year'], text: `${weekday}${dayOfMonth}[-/ ]${monthPart}[.,]?[-/ ]${year}${timePart}` },
  { order: ['month', 'day', 'year'], text: `${weekday}${monthPart}[.]?[-/ ]${dayOfMonth},?[-/ ]${year}${timePart}` },
  { order: ['year', 'month', 'day'], text: String.raw`(\d{4})[-/ ]${monthPart}[.]?[-/ ]${dayOfMonth}${timePart}` },
  { order: ['month', 'year'], text: String.raw`${monthPart}[.,]?[-/ ](\d{4})` },
  { order: ['year', 'month'], text: String.raw`(\d{4})[-/ ]${monthPart}` },
].map(({ order, text }) => ({ order, pattern: new RegExp(`^${text}$`, 'i') }));
/** As `ctime` in C writes a time: Sat Oct 28 14:00:00 2023. */
const ctime = new RegExp(String.raw`^${weekday}${monthPart} {1,2}(\d{1,2}) ${clock}(?: (?:UTC|GMT))? (\d{4})$`, 'i');
const quarters = [/^(?<year>\d{4})[- ]?Q(?<quarter>[1-4])$/i, /^Q(?<quarter>[1-4])[- ](?<year>\d{4})$/i];
const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];
/** The first year of two digits that is one of the twentieth century, as POSIX and Python's strptime have it. */
const pivotYear = 69;

/** A date as milliseconds since 1970, UTC, by the order of day and month; NaN where an order gives no date. */
export interface ParsedTime {
  readonly monthFirst: number;
  readonly dayFirst: number;
  /** The part of it below a millisecond, in milliseconds: beside a date it would lose its digits. */
  readonly fraction: number;
}

/**
 * Parses a date with or without a time of day: a year, month and day (`2004-03-10`, `2004/3/10 18:00`), a year and month
 * (`1949-01`), or a day, month and year in either order (`10/03/2004`; with dots the day comes first). A month may be named
 * in English (`Oct 28, 2023`, `28-Oct-23`, `Sat, 28 Oct 2023 14:00:00 GMT`, `Oct 2023`); a quarter (`2023Q1`) is its first
 * day. The time of day has 24 hours, or 12 with AM or PM; without an offset it is taken as UTC. Undefined for any other text.
 */
export function parseTime(text: string): ParsedTime | undefined {
  if (text.length > maxLength) return undefined;
  const match = pattern.exec(text);
  if (match === null) return parseNamed(text);
  const [, first = '', separator, second = '', third, hour, minute, seconds, fraction, half, offset] = match;
  const time = timeOfDay(half === undefined ? hour : hourOf(Number(hour), half), minute, seconds, fraction, offset);
  if (first.length === 4) {
    const at = dayOf(Number(first), Number(second), third === undefined ? 1 : Number(third)) + time;
    return certain(at, fraction);
  }
  if (third?.length !== 4) return undefined;
  const dayFirst = dayOf(Number(third), Number(second), Number(first)) + time;
  const monthFirst = separator === '.' ? NaN : dayOf(Number(third), Number(first), Number(second)) + time;
  return valid({ monthFirst, dayFirst, fraction: belowMillisecond(fraction) });
}

/** A time whose month is named, or a quarter: the order of day and month is certain. */
function parseNamed(text: string): ParsedTime | undefined {
  for (const { order, pattern: named } of namedPatterns) {
    const match = named.exec(text);
    if (match === null) continue;
    const part = (name: string): string => match[order.indexOf(name) + 1] ?? '';
    const [hour, minute, seconds, fraction, half, offset] = match.slice(order.length + 1);
    const time = timeOfDay(half === undefined ? hour : hourOf(Number(hour), half), minute, seconds, fraction, offset);
    const day = order.includes('day') ? Number(part('day')) : 1;
    return certain(dayOf(yearOf(part('year')), monthOf(part('month')), day) + time, fraction);
  }
  const [, month = '', day, hour, minute, seconds, fraction, ownYear] = ctime.exec(text) ?? [];
  if (month !== '') {
    const time = timeOfDay(hour, minute, seconds, fraction);
    return certain(dayOf(Number(ownYear), monthOf(month), Number(day)) + time, fraction);
  }
  for (const quarterly of quarters) {
    const { year: ofQuarter, quarter } = quarterly.exec(text)?.groups ?? {};
    if (quarter !== undefined) return certain(dayOf(Number(ofQuarter), 3 * Number(quarter) - 2, 1), undefined);
  }
  return undefined;
}

function certain(at: number, fraction: string | undefined): ParsedTime | undefined {
  return valid({ monthFirst: at, dayFirst: at, fraction: belowMillisecond(fraction) });
}

/** The digits of a second beyond milliseconds, in milliseconds. */
function belowMillisecond(fraction: string | undefined): number {
  return Number(`0.${(fraction ?? '').slice(3) || 0}`);
}

function monthOf(name: string): number {
  return months.indexOf(name.slice(0, 3).toLowerCase()) + 1;
}

function yearOf(digits: string): number {
  if (digits.length === 4) return Number(digits);
  return Number(digits) + (Number(digits) < pivotYear ? 2000 : 1900);
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

/** The hour of 24 for one of 12: 12 AM is midnight, 12 PM noon. NaN for an hour that is none of 12. */
function hourOf(hour: number, half: string): number {
  return hour < 1 || hour > 12 ? NaN : (hour % 12) + (half.toUpperCase() === 'P' ? 12 : 0);
}

function timeOfDay(
  hour: string | number | undefined,
  minute: string | undefined,
  second = '0',
  fraction = '0',
  offset = 'Z',
): number {
  if (hour === undefined || minute === undefined) return 0;
  // 24:00 is the end of the day, and 23:59:60 a leap second.
  if (Number.isNaN(Number(hour)) || Number(hour) > 24 || Number(minute) > 59 || Number(second) > 60) return NaN;
  if (Number(hour) === 24 && Number(minute) + Number(second) + Number(fraction) > 0) return NaN;
  if (Number(second) === 60 && Number(minute) !== 59) return NaN;
  const [sign, hours, minutes] = /^[+-]/.test(offset) ? offsetOf(offset) : [0, 0, 0];
  if (hours > maxOffsetHours || minutes > 59) return NaN;
  const minutesOfDay = 60 * Number(hour) + Number(minute) - sign * (60 * hours + minutes);
  return 60_000 * minutesOfDay + 1000 * Number(second) + Number(fraction.slice(0, 3).padEnd(3, '0'));
}

/** Hours of the largest offset from UTC, as java.time.ZoneOffset allows it. */
const maxOffsetHours = 18;

function offsetOf(offset: string): readonly [sign: number, hours: number, minutes: number] {
  return [offset.startsWith('-') ? -1 : 1, Number(offset.slice(1, 3)), Number(offset.slice(-2))];
}

/** Numbers of digits of compact dates: year and month, with day, hour, minute and second. */
const compactLengths: readonly number[] = [6, 8, 10, 12, 14];
/** Years that compact dates may have: other numbers of these lengths seldom look like dates. */
const [firstCompactYear, lastCompactYear] = [1600, 2299];

/**
 * The time of a number that is written as a compact date, such as 20040310 or 200403101800, in milliseconds since 1970;
 * undefined for any other number.
 *
 * @param digits number of digits that all dates of the column have
 */
export function compactTime(value: number, digits: number): number | undefined {
  const text = String(value);
  if (!compactLengths.includes(digits) || text.length !== digits || !/^\d+$/.test(text)) return undefined;
  const part = (from: number, without: number): number => Number(text.slice(from, from + 2) || without);
  const year = Number(text.slice(0, 4));
  const [hour, minute, second] = [part(8, 0), part(10, 0), part(12, 0)];
  const day = dayOf(year, part(4, 1), part(6, 1));
  const isTime = year >= firstCompactYear && year <= lastCompactYear && hour < 24 && minute < 60 && second < 60;
  return isTime && !Number.isNaN(day) ? day + 1000 * (3600 * hour + 60 * minute + second) : undefined;
}
