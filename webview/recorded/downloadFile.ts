import type { SavedFile, SavedFileKind } from '../../src/protocol/savedFile';
import { fileStem } from '../../src/text/fileStem';

const types: Readonly<Record<SavedFileKind, string>> = { png: 'image/png', svg: 'image/svg+xml', csv: 'text/csv' };

/** Milliseconds after which a browser has taken a download. */
const taken = 60_000;

/** Saves a picture or a table as a download: of memory, so that nothing is requested from anywhere. */
export function downloadFile({ title, kind, content }: SavedFile): void {
  const address = URL.createObjectURL(new Blob([new Uint8Array(content)], { type: types[kind] }));
  const link = document.createElement('a');
  link.href = address;
  link.download = `${fileStem(title)}.${kind}`;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, taken);
}
