const longest = 200;

/** Bytes beyond which a file is no name. */
export const largestDisplayName = 64 * 1024;

/** What a person has called a run, from the bytes of its file: one line of text, whatever somebody else has put there. */
export function readDisplayName(bytes: Uint8Array | undefined): string | undefined {
  const [line = ''] = new TextDecoder().decode(bytes?.subarray(0, 4 * longest)).split(/[\r\n]/);
  // What steers the direction of text, or a terminal, is no part of a name.
  const plain = line.replace(/[\p{Cc}\p{Cf}]/gu, ' ').trim();
  return plain === '' ? undefined : plain.slice(0, longest);
}

/** The bytes to keep for a name. */
export function writeDisplayName(name: string): Uint8Array {
  return new TextEncoder().encode(`${name}\n`);
}
