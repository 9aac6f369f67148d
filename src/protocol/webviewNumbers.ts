/**
 * Encoding of numbers for a webview. Messages to a webview are JSON except for typed arrays: NaN and the infinities,
 * which JSON does not have, would arrive as null, so they are sent as marked objects. Long Float64Arrays whose values are
 * all float32 numbers, as most of a net's are, are sent as Float32Arrays: the cost of a message is its bytes.
 */
const mark = 'unroll.number';
const doublesMark = 'unroll.doubles';

/** Array length from which testing for float32 values pays off. */
const worthNarrowing = 1024;

/** The encoded message: NaN and infinities marked, long arrays narrowed to float32 if that is lossless. */
export function markNumbers(message: unknown): unknown {
  if (typeof message === 'number') return Number.isFinite(message) ? message : { [mark]: String(message) };
  if (message instanceof Float64Array)
    return isNarrow(message) ? { [doublesMark]: new Float32Array(message) } : message;
  return mapped(message, markNumbers);
}

/** The message as it was before `markNumbers`. */
export function unmarkNumbers(message: unknown): unknown {
  if (typeof message === 'object' && message !== null && mark in message) {
    const name = (message as Readonly<Record<string, unknown>>)[mark];
    if (name === 'NaN' || name === 'Infinity' || name === '-Infinity') return Number(name);
  }
  if (typeof message === 'object' && message !== null && doublesMark in message) {
    const doubles = (message as Readonly<Record<string, unknown>>)[doublesMark];
    if (doubles instanceof Float32Array) return new Float64Array(doubles);
  }
  return mapped(message, unmarkNumbers);
}

/** Whether an array is long and all its values are float32 numbers. */
function isNarrow(values: Float64Array): boolean {
  return (
    values.length >= worthNarrowing && values.every((value) => Math.fround(value) === value || Number.isNaN(value))
  );
}

function mapped(message: unknown, map: (value: unknown) => unknown): unknown {
  if (Array.isArray(message)) return message.map(map);
  const isPlain =
    typeof message === 'object' && message !== null && Object.getPrototypeOf(message) === Object.prototype;
  if (!isPlain) return message;
  return Object.fromEntries(Object.entries(message).map(([key, value]) => [key, map(value)]));
}
