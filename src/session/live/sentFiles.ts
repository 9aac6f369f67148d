import type { FileContent } from '../../data/files/fileContent';
import type { SentFile } from '../../protocol/trainer';

/** The files of an experiment as they are sent to a trainer, which reads large ones itself. */
export function sentFiles(files: ReadonlyMap<string, FileContent>): ReadonlyMap<string, SentFile> {
  return new Map(
    [...files].map(([path, content]) => [
      path,
      content instanceof Uint8Array ? content : { location: content.location, size: content.size },
    ]),
  );
}
