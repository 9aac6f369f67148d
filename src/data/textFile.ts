import type { KeyPath, KeyProblem } from '../experiment/problem';
import { foreignFormat } from './fileFormat';
import { formatExact } from '../text/numbers';
import { quote } from '../text/quoting';

/** The text of a file, decoded in pieces. */
export interface FileText {
  /** Its characters in UTF-16 units, without the byte-order mark. */
  readonly length: number;
  /** The text from the start, in pieces that end between characters. */
  readonly pieces: () => Iterable<string>;
}

/** The text of a file, or why it cannot be decoded. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: FileText }
  | { readonly kind: 'refused'; readonly problems: readonly KeyProblem[] };

const lineFeed = 10;

/** Bytes that are decoded at a time. */
const pieceBytes = 64 * 1024;

/** Decodes a file as UTF-8, without its byte-order mark; empty and binary files are problems. */
export function decodeText(bytes: Uint8Array, path: string, keyPath: KeyPath): DecodedText {
  const refuse = (code: string, message: string): DecodedText => ({
    kind: 'refused',
    problems: [{ code, message, keyPath }],
  });
  const foreign = foreignFormat(bytes, path);
  if (foreign !== undefined) return refuse('file.format', `${quote(path)} is ${foreign.name}. ${foreign.advice}`);
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    return refuse(
      'file.binary',
      `${quote(path)} is a binary file (byte ${formatExact(zero + 1)} is 0). Choose a text file in UTF-8.`,
    );
  }
  let length = 0;
  try {
    for (const piece of piecesOf(bytes)) length += piece.length;
  } catch {
    return refuse(
      'file.binary',
      `${quote(path)} is not UTF-8 text${firstWrongByte(bytes)}. Save it as UTF-8, or choose another file.`,
    );
  }
  if (length === 0) return refuse('file.empty', `${quote(path)} is empty. Choose another file.`);
  return { kind: 'text', text: { length, pieces: () => piecesOf(bytes) } };
}

/** The first byte that is not UTF-8, and its line: ": line 3 has the byte 0xe9, as in Latin-1". */
function firstWrongByte(bytes: Uint8Array): string {
  let [line, at] = [1, 0];
  while (at < bytes.length) {
    const next = bytes.indexOf(lineFeed, at);
    const end = next < 0 ? bytes.length : next + 1;
    // In UTF-8 a line feed is never part of a longer character, so lines can be decoded one by one.
    const wrong = wrongByteIn(bytes.subarray(at, end));
    if (wrong !== undefined) {
      return `: line ${formatExact(line)} has the byte 0x${wrong.toString(16)}, which is none in UTF-8 (files in Latin-1 or Windows-1252 have such bytes)`;
    }
    line += 1;
    at = end;
  }
  return '';
}

/** The first byte of a line that is not part of a UTF-8 character; undefined if there is none. */
function wrongByteIn(line: Uint8Array): number | undefined {
  if (line.every((byte) => byte < 0x80) || decodedLength(line, false) !== undefined) return undefined;
  // The longest prefix that can be decoded may end within a character: the wrong byte is the first one of that character.
  let [valid, invalid] = [0, line.length + 1];
  while (invalid - valid > 1) {
    const middle = (valid + invalid) >> 1;
    if (decodedLength(line.subarray(0, middle), true) === undefined) invalid = middle;
    else valid = middle;
  }
  return line[decodedLength(line.subarray(0, valid), true) ?? 0];
}

/** Number of the bytes of whole characters; undefined if the bytes are not UTF-8. `isCut`: the last one may be cut off. */
function decodedLength(bytes: Uint8Array, isCut: boolean): number | undefined {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes, { stream: isCut });
    return new TextEncoder().encode(text).length;
  } catch {
    return undefined;
  }
}

/** @throws TypeError if the bytes are not UTF-8 */
function* piecesOf(bytes: Uint8Array): Generator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = decoder.decode(bytes.subarray(at, at + pieceBytes), { stream: true });
    if (piece.length > 0) yield piece;
  }
  const rest = decoder.decode();
  if (rest.length > 0) yield rest;
}
