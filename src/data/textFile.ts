import type { KeyPath, Objection } from '../experiment/refusal';

/** The text of a file, or why it is none. */
export type DecodedText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'refused'; readonly refusals: readonly Objection[] };

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
      `"${path}" is a binary file (byte ${(zero + 1).toLocaleString('en-US')} is 0): name a text file in UTF-8.`,
    );
  }
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return refuse('file.binary', `"${path}" is not UTF-8 text: save it as UTF-8, or name another file.`);
  }
  if (text.length === 0) return refuse('file.empty', `"${path}" is empty: name a file with something in it.`);
  return { kind: 'text', text };
}
