import type { SavedFile } from '../../src/protocol/savedFile';

let saver: ((file: SavedFile) => void) | undefined;

/** Sets what saves files for this page: its host, which knows where files belong. */
export function setSaver(save: (file: SavedFile) => void): void {
  saver = save;
}

/** Whether something saves files for this page. */
export function savesFiles(): boolean {
  return saver !== undefined;
}

/** Gives a picture or a table to the host, which saves it where the person chooses. */
export function saveFile(file: SavedFile): void {
  saver?.(file);
}
