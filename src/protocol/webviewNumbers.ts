/**
 * Numbers on their way to a webview. What crosses is JSON but for its typed arrays: NaN and the infinities, for which
 * JSON has no word, would arrive as null and travel as marked objects instead. Long arrays of doubles that are float32
 * numbers, as most of a net's are, travel in half the bytes, which is what crossing costs.
 */
const mark = 'unroll.number';
const doublesMark = 'unroll.doubles';

/** Elements from which it is worth looking whether an array can travel in half the bytes. */
const worthNarrowing = 1024;

/** The message ready to be sent: every NaN and infinity marked, long arrays made shorter where that loses nothing. */
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

/** Whether a long array holds float32 numbers only. */
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
