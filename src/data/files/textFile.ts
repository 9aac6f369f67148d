import type { KeyPath, KeyProblem } from '../../experiment/problems/problem';
import { firstBytes, partsOf, type FileContent } from './fileContent';
import { foreignFormat } from './fileFormat';
import { formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';

/** The text of a file, decoded in pieces. */
export interface FileText {
  /** Its characters in UTF-16 units, without the byte-order mark. */
  readonly length: number;
  /** Upper bound of the number of lines. */
  readonly maxLines: number;
  /** The text from the start, in pieces that end between characters. */
  readonly pieces: () => Iterable<string>;
}

/** The text of a file, or why it cannot be decoded. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: FileText }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };

const [lineFeed, carriageReturn] = [10, 13];

/** The bytes of the beginning of a file up to its last line end; up to its last whole character if it has none. */
export function wholeLines(bytes: Uint8Array): Uint8Array {
  const last = Math.max(bytes.lastIndexOf(lineFeed), bytes.lastIndexOf(carriageReturn));
  return last < 0 ? wholeCharacters(bytes) : bytes.subarray(0, last + 1);
}

/** The bytes without the last character if it has several, as it may be cut off. */
function wholeCharacters(bytes: Uint8Array): Uint8Array {
  let end = bytes.length;
  while (end > 0 && ((bytes[end - 1] ?? 0) & 0xc0) === 0x80) end -= 1;
  return ((bytes[end - 1] ?? 0) & 0x80) === 0 ? bytes : bytes.subarray(0, end - 1);
}

/** Bytes by which a format is recognized. */
const signatureBytes = 64;

/** Decodes a file as UTF-8, without its byte-order mark; empty and binary files are problems. */
export function decodeText(content: FileContent, path: string, keyPath: KeyPath): DecodedText {
  const refuse = (code: string, message: string): DecodedText => ({
    kind: 'refused',
    problems: [{ code, message, keyPath }],
  });
  const foreign = foreignFormat(firstBytes(content, signatureBytes), path);
  if (foreign !== undefined) return refuse('file.format', `${quote(path)} is ${foreign.name}. ${foreign.advice}`);
  let [length, lines] = [0, 1];
  let [hasZero, isUtf8] = [false, true];
  try {
    for (const { text, bytes } of decodedParts(content)) {
      hasZero ||= bytes.includes(0);
      length += text.length;
      lines += maxLineEnds(bytes);
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    isUtf8 = false;
  }
  const zero = hasZero || !isUtf8 ? firstZero(content) : undefined;
  if (zero !== undefined) {
    const found = `is a binary file (byte ${formatExact(zero + 1)} is 0)`;
    return refuse('file.binary', `${quote(path)} ${found}. Choose a text file in UTF-8.`);
  }
  if (!isUtf8) {
    const found = `is not UTF-8 text${firstWrongByte(content)}`;
    return refuse('file.binary', `${quote(path)} ${found}. Save it as UTF-8, or choose another file.`);
  }
  if (length === 0) return refuse('file.empty', `${quote(path)} is empty. Choose another file.`);
  return { kind: 'text', text: { length, maxLines: lines, pieces: () => piecesOf(content) } };
}

/** Offset of the first byte that is 0; undefined if there is none. */
function firstZero(content: FileContent): number | undefined {
  let start = 0;
  for (const part of partsOf(content)) {
    const at = part.indexOf(0);
    if (at >= 0) return start + at;
    start += part.length;
  }
  return undefined;
}

/** Number of line feeds and carriage returns. */
function maxLineEnds(bytes: Uint8Array): number {
  let count = 0;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at] ?? 0;
    if (byte === lineFeed || (byte === carriageReturn && bytes[at + 1] !== lineFeed)) count += 1;
  }
  return count;
}

/** The first byte that is not UTF-8, and its line: ": line 3 has the byte 0xe9, as in Latin-1". */
function firstWrongByte(content: FileContent): string {
  const lines = new LineCounter();
  let rest = new Uint8Array();
  const describe = (bytes: Uint8Array, at: number): string =>
    `: line ${formatExact(lines.add(bytes.subarray(0, at)))} has the byte 0x${(bytes[at] ?? 0).toString(16)}, which is none in UTF-8 (files in Latin-1 or Windows-1252 have such bytes)`;
  for (const part of partsOf(content)) {
    const bytes = new Uint8Array(rest.length + part.length);
    bytes.set(rest);
    bytes.set(part, rest.length);
    const decoded = decodedLength(bytes);
    if (decoded === undefined) return describe(bytes, wrongByteIn(bytes));
    lines.add(bytes.subarray(0, decoded));
    rest = bytes.slice(decoded);
  }
  return rest.length > 0 ? describe(rest, 0) : '';
}

/** Counts the lines of a text that comes in pieces; a line ends at LF, CRLF or CR, as in VS Code. */
class LineCounter {
  #line = 1;
  #isAfterCarriageReturn = false;

  /** Adds the next bytes; returns the line that the byte after them is on. */
  add(bytes: Uint8Array): number {
    for (const byte of bytes) {
      if (byte === carriageReturn || (byte === lineFeed && !this.#isAfterCarriageReturn)) this.#line += 1;
      this.#isAfterCarriageReturn = byte === carriageReturn;
    }
    return this.#line;
  }
}

/** The first byte that is not part of a UTF-8 character, in bytes that have one. */
function wrongByteIn(bytes: Uint8Array): number {
  // The longest prefix that can be decoded may end within a character: the wrong byte is the first one of that character.
  let [valid, invalid] = [0, bytes.length];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodedLength(bytes.subarray(0, middle)) === undefined) invalid = middle;
    else valid = middle;
  }
  return decodedLength(bytes.subarray(0, valid)) ?? 0;
}

/** Number of the bytes of whole characters; undefined if the bytes are not UTF-8. The last one may be cut off. */
function decodedLength(bytes: Uint8Array): number | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: true });
    return new TextEncoder().encode(text).length;
  } catch {
    return undefined;
  }
}

function* piecesOf(content: FileContent): Generator<string, void, undefined> {
  for (const { text } of decodedParts(content)) if (text.length > 0) yield text;
}

/** The text in pieces that end between characters, each with the bytes that were read for it. */
function* decodedParts(
  content: FileContent,
): Generator<{ readonly text: string; readonly bytes: Uint8Array }, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (const bytes of partsOf(content)) yield { text: decoder.decode(bytes, { stream: true }), bytes };
  yield { text: decoder.decode(), bytes: new Uint8Array() };
}
