import { FileType, Uri, workspace } from 'vscode';
import { maxAnnotationsBytes, noAnnotations, readAnnotations, type Annotations } from '../../run/annotations';
import { maxDisplayNameBytes, memberName, readDisplayName } from '../../run/displayName';
import { groupSeed } from '../../run/runInfo';
import { runFiles } from '../../run/storage/runFiles';
import { maxManifestBytes, readManifest, unreadableReason, type Manifest } from '../../run/manifest';
import { reasonOf } from '../../protocol/channel';
import type { RunState } from '../../protocol/run';
import { experimentName, folderOf } from '../experimentText';
import { formatTime } from '../../text/dates';
import { isUri, locationOf } from '../files/location';
import { canStoreRuns, isRunLocked, runStorage } from '../files/hostFiles.node';
import { english } from '../../text/translate';

/** A run as read from its folder, without its records. */
export interface StoredRun {
  readonly folder: Uri;
  readonly manifest: Manifest;
  /** The name given by the user. */
  readonly displayName: string | undefined;
  /** Empty where they can't be read. */
  readonly annotations: Annotations;
  readonly state: RunState;
  /** The experiment file named in the manifest, if it is in an allowed place; it may no longer exist. */
  readonly source: Uri | undefined;
  /** That file if it exists, else the run's `run.json`. */
  readonly experiment: Uri;
  /** The folder that the experiment's paths are relative to. */
  readonly base: Uri;
}

const experimentFile = /\.rnn\.json$/i;

/** Reads the run in a folder, without its records; undefined if there is none or it can't be read. */
export async function readStoredRun(folder: Uri): Promise<StoredRun | undefined> {
  const manifest = canStoreRuns(folder) ? await manifestOf(folder) : undefined;
  if (manifest === undefined) return undefined;
  const source = sourceOf(folder, manifest);
  const isThere = source !== undefined && (await isFile(source));
  return {
    folder,
    manifest,
    displayName: readDisplayName(await fileOf(folder, runFiles.displayName, maxDisplayNameBytes)),
    annotations: readAnnotations(await fileOf(folder, runFiles.annotations, maxAnnotationsBytes)) ?? noAnnotations,
    state: await stateOf(folder, manifest),
    source,
    experiment: isThere ? source : Uri.joinPath(folder, runFiles.manifest),
    base: source === undefined ? placeOf(folder) : folderOf(source),
  };
}

/** A run whose manifest is missing or can't be read: only its folder is known. */
export interface DamagedRun {
  readonly folder: Uri;
  /** Why, as one or more sentences. */
  readonly reason: string;
}

/**
 * A folder that holds a run whose manifest is missing or can't be read; undefined for any other folder. A `run.json` alone
 * may belong to another program: records or checkpoints must be next to it. Without a `run.json` there must be both, or
 * the file of rate changes, which every run has.
 */
export async function readDamagedRun(folder: Uri): Promise<DamagedRun | undefined> {
  if (!canStoreRuns(folder)) return undefined;
  const storage = runStorage(locationOf(folder));
  const names: readonly string[] = await storage.list('').catch(() => []);
  const [hasRecords, hasCheckpoints, hasRateChanges] = [
    names.includes(runFiles.records),
    names.includes(runFiles.checkpoints),
    names.includes(runFiles.rateChanges),
  ];
  if (!hasRecords && !hasCheckpoints) return undefined;
  try {
    const bytes = await storage.read(runFiles.manifest, maxManifestBytes);
    if (bytes === undefined) {
      return hasRecords && (hasCheckpoints || hasRateChanges) ? { folder, reason: english`It is missing.` } : undefined;
    }
    return readManifest(bytes) === undefined ? { folder, reason: unreadableReason(bytes) } : undefined;
  } catch (error) {
    return { folder, reason: `${reasonOf(error).replace(/\.$/, '')}.` };
  }
}

/** The message about a damaged run: why it can't be read, and what to do. */
export function damagedRunMessage({ folder, reason }: DamagedRun): string {
  return english`The ${runFiles.manifest} of the run in ${folder.fsPath} can't be read. ${reason} Restore it from a backup to open the run, or delete the run.`;
}

/** The message for a run whose folder no longer has a readable run. */
export function goneMessage(folder: Uri): string {
  return english`The run in ${folder.fsPath} is gone, or its ${runFiles.manifest} can't be read.`;
}

/** Identifies the state of a run's folder: changes when a file is written, or when a process starts or ends training. */
export async function versionOf({ folder, state }: StoredRun): Promise<string> {
  const names = [runFiles.manifest, runFiles.records, runFiles.findings, runFiles.displayName, runFiles.annotations];
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

/** The name of a run: the name given by the user, else that of its experiment, variant and seed. */
export function nameOf({ displayName, manifest, source, experiment }: StoredRun): string {
  if (displayName !== undefined) return displayName;
  const name = experimentName(manifest.facts.name, source ?? experiment);
  const member = memberName(manifest.variant, groupSeed(manifest.facts));
  return member === undefined ? name : `${name} (${member})`;
}

/** The name of a run among those of its experiment: the name given by the user, else that of its variant and seed. */
export function shortNameOf(run: StoredRun): string {
  const { displayName, manifest } = run;
  return displayName ?? memberName(manifest.variant, groupSeed(manifest.facts)) ?? nameOf(run);
}

/**
 * The start time of a run, without the date if it is today's: it distinguishes runs without a name. '' if the manifest
 * has no valid time.
 */
export function formatStartTime({ manifest }: StoredRun, precision: 'minute' | 'second'): string {
  const startTime = new Date(manifest.startedAt);
  if (Number.isNaN(startTime.getTime())) return '';
  return formatTime(startTime, precision);
}

async function manifestOf(folder: Uri): Promise<Manifest | undefined> {
  const bytes = await fileOf(folder, runFiles.manifest, maxManifestBytes);
  return bytes === undefined ? undefined : readManifest(bytes);
}

/** The bytes of a file of the run; undefined if it does not exist or can't be read. */
export async function fileOf(folder: Uri, name: string, largest: number): Promise<Uint8Array | undefined> {
  return runStorage(locationOf(folder))
    .read(name, largest)
    .catch(() => undefined);
}

/** The default folder of a run's experiment, if that is in the workspace folder of the run; else the workspace folder. */
function placeOf(folder: Uri): Uri {
  const beside = Uri.joinPath(folder, '..', '..');
  const home = workspace.getWorkspaceFolder(folder);
  return home === undefined || workspace.getWorkspaceFolder(beside) === home ? beside : home.uri;
}

/** A manifest may name any path: only an experiment in the same workspace folder, or in the default place, is accepted. */
function sourceOf(folder: Uri, { source }: Manifest): Uri | undefined {
  if (source === null || !experimentFile.test(source)) return undefined;
  const home = workspace.getWorkspaceFolder(folder);
  // An experiment in another file system, or on another drive, than its run is named by its URI.
  const uri = isUri(source) ? Uri.parse(source) : Uri.joinPath(folder, source);
  const sourceHome = workspace.getWorkspaceFolder(uri);
  const isBeside = folderOf(uri).toString() === Uri.joinPath(folder, '..', '..').toString();
  // For a run directly in the workspace folder, the default place is outside the workspace.
  const isAllowed = home === undefined ? isBeside || sourceHome !== undefined : sourceHome === home;
  return isAllowed ? uri : undefined;
}

async function isFile(uri: Uri): Promise<boolean> {
  return workspace.fs.stat(uri).then(
    ({ type }) => (type & FileType.File) !== 0,
    () => false,
  );
}

/** A run whose manifest says that it is running is being trained elsewhere if its folder is locked, else interrupted. */
async function stateOf(folder: Uri, { state }: Manifest): Promise<RunState> {
  if (state !== 'running' && state !== 'paused') return state;
  return (await isRunLocked(locationOf(folder))) ? 'elsewhere' : 'interrupted';
}
