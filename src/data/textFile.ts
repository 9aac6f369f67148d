import type { KeyPath, KeyProblem } from '../experiment/problem';
import { formatExact } from '../text/numbers';
import { quote } from '../text/quoting';

/** The text of a file, which is never held as a whole. */
export interface FileText {
  /** Its characters in UTF-16 units, without the byte-order mark. */
  readonly length: number;
  /** The text from its beginning, in pieces that no character is cut by. */
  readonly pieces: () => Iterable<string>;
}

/** The text of a file, or why it is none. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: FileText }
  | { readonly kind: 'refused'; readonly refusals: readonly KeyProblem[] };

/** Bytes that are decoded at once. */
const pieceBytes = 64 * 1024;

/** Decodes a file as UTF-8, without its byte-order mark; empty and binary files are refused. */
export function decodeText(bytes: Uint8Array, path: string, keyPath: KeyPath): DecodedText {
  const refuse = (code: string, message: string): DecodedText => ({
    kind: 'refused',
    refusals: [{ code, message, keyPath }],
  });
  const zero = bytes.indexOf(0);
  if (zero >= 0) {
    return refuse(
      'file.binary',
      `${quote(path)} is a binary file (byte ${formatExact(zero + 1)} is 0): name a text file in UTF-8.`,
    );
  }
  let length = 0;
  try {
    for (const piece of piecesOf(bytes)) length += piece.length;
  } catch {
    return refuse('file.binary', `${quote(path)} is not UTF-8 text: save it as UTF-8, or name another file.`);
  }
  if (length === 0) return refuse('file.empty', `${quote(path)} is empty: name a file with something in it.`);
  return { kind: 'text', text: { length, pieces: () => piecesOf(bytes) } };
}

/** @throws TypeError where the bytes are no UTF-8 */
function* piecesOf(bytes: Uint8Array): Generator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  for (let at = 0; at < bytes.length; at += pieceBytes) {
    const piece = decoder.decode(bytes.subarray(at, at + pieceBytes), { stream: true });
    if (piece.length > 0) yield piece;
  }
  const rest = decoder.decode();
  if (rest.length > 0) yield rest;
}
