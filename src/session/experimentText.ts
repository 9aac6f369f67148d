import { FileType, Uri, workspace } from 'vscode';
import { decodeExperiment } from '../experiment/document/decodeExperiment';
import type { Parsed } from '../experiment/parse';
import { memberName, plainName } from '../run/displayName';
import { formatExact, formatMebibytes } from '../text/numbers';
import { relativePath } from './files/relativePath';
import type { Target } from './sessions';
import { english } from '../text/translate';

/** The text of an experiment as the user sees it: the open document, saved or not, else the file. */
export async function readExperimentText(uri: Uri): Promise<string> {
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  const { type, size } = await workspace.fs.stat(uri);
  const { maxExperimentBytes } = await import('../experiment/parse');
  if ((type & FileType.File) === 0)
    throw new Error(english`${fileNameOf(uri)} is a folder, a pipe or a device, not a file.`);
  if (size > maxExperimentBytes) {
    throw new Error(
      english`An experiment file is at most ${formatMebibytes(maxExperimentBytes)}; this one has ${formatExact(size)} bytes.`,
    );
  }
  return decodeExperiment(await workspace.fs.readFile(uri));
}

/** Reads and parses an experiment. */
export async function readExperiment(uri: Uri): Promise<Parsed> {
  // Imported lazily, here and elsewhere: building the schemas takes longer than the rest of activation.
  const { parseExperiment } = await import('../experiment/parse');
  return parseExperiment(await readExperimentText(uri));
}

/** The last part of a URI's path, for display. */
export function fileNameOf(uri: Uri): string {
  return uri.path.slice(uri.path.lastIndexOf('/') + 1);
}

/** The name of an experiment: its `name`, else its file name. */
export function experimentName(name: string, uri: Uri): string {
  return plainName(name) || fileNameOf(uri).replace(/\.rnn\.json$/i, '');
}

/** The parent folder of a URI. */
export function folderOf(uri: Uri): Uri {
  return Uri.joinPath(uri, '..');
}

/** The path of a file from a folder, as `relativePath`; undefined also for a file in another file system. */
export function pathFrom(folder: Uri, file: Uri): string | undefined {
  const isBeside = folder.scheme === file.scheme && folder.authority.toLowerCase() === file.authority.toLowerCase();
  return isBeside ? relativePath(folder.path, file.path) : undefined;
}

/** A target by its file, its variant and its seed: `adding.rnn.json (no clipping, seed 2)`. */
export function targetName({ uri, variant, seed }: Target): string {
  const member = memberName(variant, seed);
  return `${fileNameOf(uri)}${member === undefined ? '' : ` (${member})`}`;
}
