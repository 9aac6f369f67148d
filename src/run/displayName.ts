import { withoutControls } from '../text/plainText';

const longest = 200;

/** Bytes beyond which a file is no name. */
export const largestDisplayName = 64 * 1024;

/** What a person has called a run, from the bytes of its file: one line of text, whatever somebody else has put there. */
export function readDisplayName(bytes: Uint8Array | undefined): string | undefined {
  const [line = ''] = new TextDecoder().decode(bytes?.subarray(0, 4 * longest)).split(/[\r\n]/);
  return plainName(line) || undefined;
}

/**
 * A name from a file as it may be shown: one line without what steers a terminal or the direction of text, which would
 * let a name pass for another one or turn the words beside it around. '' where nothing is left.
 */
export function plainName(name: string): string {
  return withoutControls(name.slice(0, longest), ' ')
    .replace(/[\n\t\u2028\u2029]/g, ' ')
    .trim();
}

/** The bytes to keep for a name. */
export function writeDisplayName(name: string): Uint8Array {
  return new TextEncoder().encode(`${name}\n`);
}
