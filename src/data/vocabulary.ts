/** A text as indices into its distinct characters: 1 byte a character up to 256 distinct ones, 2 up to 65,536. */
export interface EncodedText {
  /** The distinct characters (code points), sorted. */
  readonly characters: readonly string[];
  readonly indices: Uint8Array | Uint16Array | Uint32Array;
}

/** Encodes a text by its own vocabulary: its distinct code points in order. */
export function encodeText(text: string): EncodedText {
  const distinct = new Set<number>();
  let length = 0;
  for (const point of codePoints(text)) {
    distinct.add(point);
    length += 1;
  }
  const sorted = [...distinct].sort((one, other) => one - other);
  const indexOf = new Map(sorted.map((point, index) => [point, index]));
  const indices = roomFor(length, sorted.length);
  let place = 0;
  for (const point of codePoints(text)) indices[place++] = indexOf.get(point) ?? 0;
  return { characters: sorted.map((point) => String.fromCodePoint(point)), indices };
}

function* codePoints(text: string): Iterable<number> {
  for (let at = 0; at < text.length;) {
    const point = text.codePointAt(at) ?? 0;
    yield point;
    at += point > 0xffff ? 2 : 1;
  }
}

function roomFor(length: number, distinct: number): EncodedText['indices'] {
  if (distinct <= 0x100) return new Uint8Array(length);
  return distinct <= 0x10000 ? new Uint16Array(length) : new Uint32Array(length);
}
