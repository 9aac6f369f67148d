/**
 * A time in the reader's locale: without the day where it is today, without the year where it is this year.
 *
 * @param precision the smallest unit shown
 */
export function formatTime(time: Date, precision: 'minute' | 'second'): string {
  const now = new Date();
  return time.toLocaleString([], {
    ...(time.toDateString() === now.toDateString() ? {} : { month: 'short', day: 'numeric' }),
    ...(time.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' }),
    hour: 'numeric',
    minute: '2-digit',
    ...(precision === 'second' ? { second: '2-digit' } : {}),
  });
}
