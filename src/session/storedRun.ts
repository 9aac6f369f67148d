import { FileType, Uri, workspace } from 'vscode';
import { maxDisplayNameBytes, plainName, readDisplayName } from '../run/displayName';
import { isLocked } from '../run/storage/folderLock.node';
import { FolderStorage } from '../run/storage/folderStorage.node';
import { runFiles } from '../run/storage/runFiles';
import { maxManifestBytes, readManifest, unreadableReason, type Manifest } from '../run/manifest';
import { reasonOf } from '../protocol/channel';
import type { RunState } from '../protocol/run';
import { experimentName, folderOf } from './experimentText';
import { formatTime } from '../text/dates';

/** A run as its folder tells of it. */
export interface StoredRun {
  readonly folder: Uri;
  readonly manifest: Manifest;
  /** What a person has called it. */
  readonly displayName: string | undefined;
  readonly state: RunState;
  /** The experiment file it says it was started from, where that may be; it may have gone since. */
  readonly source: Uri | undefined;
  /** That file where it is there; else the run's own `run.json`. */
  readonly experiment: Uri;
  /** The folder that the experiment's paths are relative to. */
  readonly base: Uri;
}

const experimentFile = /\.rnn\.json$/i;

/** Reads what a folder says of its run; undefined where it holds none that can be read. */
export async function readStoredRun(folder: Uri): Promise<StoredRun | undefined> {
  // Runs are kept on disks; the path of a virtual folder may be that of another one there.
  const manifest = folder.scheme === 'file' ? await manifestOf(folder) : undefined;
  if (manifest === undefined) return undefined;
  const source = sourceOf(folder, manifest);
  const isThere = source !== undefined && (await isFile(source));
  return {
    folder,
    manifest,
    displayName: readDisplayName(await fileOf(folder, runFiles.displayName, maxDisplayNameBytes)),
    state: await stateOf(folder, manifest),
    source,
    experiment: isThere ? source : Uri.joinPath(folder, runFiles.manifest),
    base: source === undefined ? placeOf(folder) : folderOf(source),
  };
}

/** A run whose manifest can't be read: only its folder is known. */
export interface DamagedRun {
  readonly folder: Uri;
  /** Why, as one or more sentences. */
  readonly reason: string;
}

/**
 * A folder that holds a run whose manifest can't be read; undefined for any other folder. A `run.json` alone may belong to
 * another program: records or checkpoints must be next to it.
 */
export async function readDamagedRun(folder: Uri): Promise<DamagedRun | undefined> {
  if (folder.scheme !== 'file') return undefined;
  const storage = new FolderStorage(folder.fsPath);
  const names: readonly string[] = await storage.list('').catch(() => []);
  const isRun = names.includes(runFiles.records) || names.includes(runFiles.checkpoints);
  if (!isRun || !names.includes(runFiles.manifest)) return undefined;
  try {
    const bytes = await storage.read(runFiles.manifest, maxManifestBytes);
    if (bytes === undefined || readManifest(bytes) !== undefined) return undefined;
    return { folder, reason: unreadableReason(bytes) };
  } catch (error) {
    return { folder, reason: `${reasonOf(error).replace(/\.$/, '')}.` };
  }
}

/** The message about a damaged run: why it can't be read, and what to do. */
export function damagedRunMessage({ folder, reason }: DamagedRun): string {
  return (
    `The ${runFiles.manifest} of the run in ${folder.fsPath} can't be read. ${reason} ` +
    'Restore it from a backup to open the run, or delete the run.'
  );
}

/** What is shown of a run whose folder holds no run any more that can be read. */
export function goneMessage(folder: Uri): string {
  return `The run in ${folder.fsPath} is gone, or its ${runFiles.manifest} can't be read.`;
}

/** Equal for two looks at a run between which nothing was written in its folder, and nobody came to train there or left. */
export async function versionOf({ folder, state }: StoredRun): Promise<string> {
  const names = [runFiles.manifest, runFiles.records, runFiles.findings, runFiles.displayName];
  const written = await Promise.all(
    names.map((name) =>
      workspace.fs.stat(Uri.joinPath(folder, name)).then(
        ({ size, mtime }) => [size, mtime],
        () => [],
      ),
    ),
  );
  return JSON.stringify([state, written]);
}

/** What a run is called: as a person has named it, else after its experiment and variant. */
export function nameOf({ displayName, manifest, source, experiment }: StoredRun): string {
  if (displayName !== undefined) return displayName;
  const name = experimentName(manifest.facts.name, source ?? experiment);
  return manifest.variant === null ? name : `${name} (${plainName(manifest.variant)})`;
}

/** What a run is called among the runs of its own experiment: by its own name, else after its variant. */
export function shortNameOf(run: StoredRun): string {
  const { displayName, manifest } = run;
  return displayName ?? (manifest.variant === null ? nameOf(run) : plainName(manifest.variant));
}

/**
 * When a run began, as briefly as the day allows: what tells apart runs that have no names of their own. '' where its
 * manifest does not say.
 */
export function formatStartTime({ manifest }: StoredRun, precision: 'minute' | 'second'): string {
  const began = new Date(manifest.startedAt);
  if (Number.isNaN(began.getTime())) return '';
  return formatTime(began, precision);
}

async function manifestOf(folder: Uri): Promise<Manifest | undefined> {
  const bytes = await fileOf(folder, runFiles.manifest, maxManifestBytes);
  return bytes === undefined ? undefined : readManifest(bytes);
}

/** The bytes of a file of the run; undefined where there is none that can be read. */
export async function fileOf(folder: Uri, name: string, largest: number): Promise<Uint8Array | undefined> {
  return new FolderStorage(folder.fsPath).read(name, largest).catch(() => undefined);
}

/** Where the experiment of a run stands by default, as far as that is in the workspace folder that holds the run. */
function placeOf(folder: Uri): Uri {
  const beside = Uri.joinPath(folder, '..', '..');
  const home = workspace.getWorkspaceFolder(folder);
  return home === undefined || workspace.getWorkspaceFolder(beside) === home ? beside : home.uri;
}

/** A manifest may name any path: an experiment of the same workspace folder is believed, or one where runs stand by default. */
function sourceOf(folder: Uri, { source }: Manifest): Uri | undefined {
  if (source === null || !experimentFile.test(source)) return undefined;
  const uri = Uri.joinPath(folder, source);
  const home = workspace.getWorkspaceFolder(folder);
  const goal = workspace.getWorkspaceFolder(uri);
  const isBeside = folderOf(uri).path === Uri.joinPath(folder, '..', '..').path;
  // A run that lies directly in the workspace folder has nothing beside it that is inside.
  const isBelieved = home === undefined ? isBeside || goal !== undefined : goal === home;
  return isBelieved ? uri : undefined;
}

async function isFile(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    ({ type }) => (type & FileType.File) !== 0,
    () => false,
  );
}

/** A run that is not over in its manifest is trained by somebody now, or was cut off. */
async function stateOf(folder: Uri, { state }: Manifest): Promise<RunState> {
  if (state !== 'running' && state !== 'paused') return state;
  return (await isLocked(folder.fsPath)) ? 'elsewhere' : 'interrupted';
}
