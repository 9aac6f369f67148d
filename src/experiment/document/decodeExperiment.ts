/**
 * The text of an experiment file: UTF-8, or UTF-16 as PowerShell and Windows editors write it, which VS Code opens too.
 * UTF-16 is recognized by its byte-order mark, or by a zero byte beside the first character, which JSON in UTF-8 cannot
 * have.
 *
 * @param keepMark whether the byte-order mark stays in the text, so that offsets count it
 */
export function decodeExperiment(bytes: Uint8Array, keepMark = false): string {
  return new TextDecoder(encodingOf(bytes), { ignoreBOM: keepMark }).decode(bytes);
}

function encodingOf([first, second]: Uint8Array): 'utf-8' | 'utf-16le' | 'utf-16be' {
  if ((first === 0xff && second === 0xfe) || (first !== undefined && first !== 0 && second === 0)) return 'utf-16le';
  if ((first === 0xfe && second === 0xff) || (first === 0 && second !== undefined && second !== 0)) return 'utf-16be';
  return 'utf-8';
}
