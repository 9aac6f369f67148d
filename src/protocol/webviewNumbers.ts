/**
 * Numbers that JSON has no word for. What crosses to a webview is JSON but for its typed arrays, so that NaN and the
 * infinities would arrive as null; they travel as marked objects instead.
 */
const mark = 'unroll.number';

/** The message with every NaN and infinity marked; typed arrays and buffers are left as they are. */
export function markNumbers(message: unknown): unknown {
  if (typeof message === 'number') return Number.isFinite(message) ? message : { [mark]: String(message) };
  return mapped(message, markNumbers);
}

/** The message as it was before `markNumbers`. */
export function unmarkNumbers(message: unknown): unknown {
  if (typeof message === 'object' && message !== null && mark in message) {
    const name = (message as Readonly<Record<string, unknown>>)[mark];
    if (name === 'NaN' || name === 'Infinity' || name === '-Infinity') return Number(name);
  }
  return mapped(message, unmarkNumbers);
}

function mapped(message: unknown, map: (value: unknown) => unknown): unknown {
  if (Array.isArray(message)) return message.map(map);
  const isPlain =
    typeof message === 'object' && message !== null && Object.getPrototypeOf(message) === Object.prototype;
  if (!isPlain) return message;
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, map(value)]));
}
