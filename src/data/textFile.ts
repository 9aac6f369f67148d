import type { KeyPath, KeyProblem } from '../experiment/problem';
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

/** Bytes that are decoded at a time. */
const pieceBytes = 64 * 1024;

/** Decodes a file as UTF-8, without its byte-order mark; empty and binary files are problems. */
export function decodeText(bytes: Uint8Array, path: string, keyPath: KeyPath): DecodedText {
  const refuse = (code: string, message: string): DecodedText => ({
    kind: 'refused',
    problems: [{ code, message, keyPath }],
  });
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
    return refuse('file.binary', `${quote(path)} is not UTF-8 text. Save it as UTF-8, or choose another file.`);
  }
  if (length === 0) return refuse('file.empty', `${quote(path)} is empty. Choose another file.`);
  return { kind: 'text', text: { length, pieces: () => piecesOf(bytes) } };
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
