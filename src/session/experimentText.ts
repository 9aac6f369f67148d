import { FileType, Uri, workspace } from 'vscode';
import { decodeExperiment } from '../experiment/document/decodeExperiment';
import type { Parsed } from '../experiment/parse';
import { memberName, plainName } from '../run/displayName';
import { formatExact, formatMebibytes } from '../text/numbers';
import type { Target } from './sessions';

/** The text of an experiment as the user sees it: the open document, saved or not, else the file. */
export async function readExperimentText(uri: Uri): Promise<string> {
  const open = workspace.textDocuments.find((document) => document.uri.toString() === uri.toString());
  if (open !== undefined) return open.getText();
  const { type, size } = await workspace.fs.stat(uri);
  const { maxExperimentBytes } = await import('../experiment/parse');
  if ((type & FileType.File) === 0) throw new Error(`${fileNameOf(uri)} is a folder, a pipe or a device, not a file.`);
  if (size > maxExperimentBytes) {
    throw new Error(
      `An experiment file is at most ${formatMebibytes(maxExperimentBytes)}; this one has ${formatExact(size)} bytes.`,
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

/** The relative path from a folder to a file, with `/`. */
export function relativePath(folder: Uri, file: Uri): string {
  const from = folder.path.split('/');
  const to = file.path.split('/');
  const shared = from.findIndex((part, i) => part !== to[i]);
  const depth = shared < 0 ? from.length : shared;
  return [...from.slice(depth).map(() => '..'), ...to.slice(depth)].join('/');
}

/** A target by its file, its variant and its seed: `adding.rnn.json (no clipping, seed 2)`. */
export function targetName({ uri, variant, seed }: Target): string {
  const member = memberName(variant, seed);
  return `${fileNameOf(uri)}${member === undefined ? '' : ` (${member})`}`;
}
