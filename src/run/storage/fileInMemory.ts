import type { RunFile } from './storage';

/** A file whose content is in memory. */
export function fileInMemory(content: Uint8Array): RunFile {
  return {
    size: content.length,
    read: (bytes, from) => {
      const part = content.subarray(from, from + bytes.length);
      bytes.set(part);
      return Promise.resolve(part.length);
    },
    close: () => Promise.resolve(),
  };
}
