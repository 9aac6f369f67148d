/** A text as indices into its distinct characters: 1 byte a character for up to 256 distinct ones, 2 for up to 65,536. */
export interface EncodedText {
  /** The distinct characters (code points), sorted. */
  readonly characters: readonly string[];
  readonly indices: Uint8Array | Uint16Array | Uint32Array;
}

const codePoints = 0x110000;

/**
 * Encodes a text with its own vocabulary: its distinct code points, sorted. Only the indices are held in memory.
 *
 * @param pieces returns the text from the start at each call; no piece ends within a code point
 */
export function encodeText(pieces: () => Iterable<string>): EncodedText {
  const occurs = new Uint8Array(codePoints);
  let length = 0;
  for (const piece of pieces()) {
    for (let at = 0; at < piece.length; length++) {
      const point = piece.codePointAt(at) ?? 0;
      occurs[point] = 1;
      at += point > 0xffff ? 2 : 1;
    }
  }
  const characters: string[] = [];
  const indexOf = new Uint32Array(occurs.lastIndexOf(1) + 1);
  for (let point = 0; point < indexOf.length; point++) {
    if (occurs[point] === 0) continue;
    indexOf[point] = characters.length;
    characters.push(String.fromCodePoint(point));
  }
  const indices = allocateIndices(length, characters.length);
  let place = 0;
  for (const piece of pieces()) {
    for (let at = 0; at < piece.length;) {
      const point = piece.codePointAt(at) ?? 0;
      indices[place++] = indexOf[point] ?? 0;
      at += point > 0xffff ? 2 : 1;
    }
  }
  return { characters, indices };
}

function allocateIndices(length: number, distinct: number): EncodedText['indices'] {
  if (distinct <= 0x100) return new Uint8Array(length);
  return distinct <= 0x10000 ? new Uint16Array(length) : new Uint32Array(length);
}
