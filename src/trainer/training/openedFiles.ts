import type { FileContent, StreamedFile } from '../../data/files/fileContent';
import type { SentFile } from '../../protocol/trainer';

/** The files of an experiment as the host sent them; those that it did not read are read in parts. */
export function openedFiles(
  files: ReadonlyMap<string, SentFile>,
  open: (location: string, size: number) => StreamedFile,
): ReadonlyMap<string, FileContent> {
  return new Map(
    [...files].map(([path, file]) => [path, file instanceof Uint8Array ? file : open(file.location, file.size)]),
  );
}

/** The bytes of the files that are read in parts. */
export function streamedBytes(files: ReadonlyMap<string, SentFile>): number {
  return [...files.values()].reduce((sum, file) => sum + (file instanceof Uint8Array ? 0 : file.size), 0);
}
