import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, resolve, sep } from 'node:path';
import { isWithin } from '../../../data/files/fileAccess.node';
import type { RequestReplay } from '../../../protocol/replayRequests';
import { FolderStorage } from '../../../run/storage/folderStorage.node';
import { runFiles } from '../../../run/storage/runFiles';
import type { Manifest } from '../../../run/manifest';
import { quote } from '../../../text/quoting';
import type { ReadableRun, ListedRun } from '../../../tools/readableRun';
import { findRun, type FoundRun } from '../comparing.node';
import { codeOf, fileErrorReason } from '../fileErrorReason';
import { storedFindings } from '../storedFindings.node';
import { openStoredReplay } from '../storedReplay.node';
import { measureOutcome } from '../../storage/measureRun';

/** Folders below the workspace that are searched for runs, and levels of them. */
const maxFolders = 20_000;
const maxDepth = 16;

/** Most runs that are found. */
const maxRuns = 2000;

const skipped: ReadonlySet<string> = new Set(['node_modules', '.git']);

/** An experiment in a manifest may be any path: only one with this ending is named. */
const experimentFile = /\.rnn\.json$/i;

/** The runs below a folder, and what tools ask about them. */
export class StoredRuns {
  /**
   * @param workspace its real path; nothing outside is read
   * @param memoryLimit of a replay, in bytes
   */
  constructor(
    readonly workspace: string,
    readonly memoryLimit: number,
  ) {}

  /** The runs that can be read, the newest first. */
  async all(): Promise<readonly ListedRun[]> {
    const folders = await runFolders(this.workspace);
    const runs: ListedRun[] = [];
    for (const folder of folders) {
      // A damaged run does not hide the others; to name it is an error with the reason.
      const run = await this.#read(folder).catch(() => undefined);
      if (run !== undefined) runs.push(run.listed);
    }
    return runs.sort((one, other) => (one.manifest.startedAt < other.manifest.startedAt ? 1 : -1));
  }

  /**
   * Opens a run by its folder, relative to the workspace or absolute.
   *
   * @throws with a readable reason where it is outside the workspace, or no run that can be read
   */
  async open(run: string): Promise<ReadableRun> {
    const folder = await pathWithin(this.workspace, run, 'the folder of a run');
    const { listed, found } = await this.#read(folder);
    const { facts } = listed.manifest;
    const { workspace, memoryLimit } = this;
    let replay: Promise<RequestReplay> | undefined;
    return {
      ...listed,
      findings: () => storedFindings(found),
      outcome: () => measureOutcome(new FolderStorage(folder), facts),
      ask: (async (name, params) => {
        replay ??= openStoredReplay(found, { workspace, memoryLimit });
        return (await replay)(name, params);
      }) satisfies RequestReplay,
      // The replay is in this process, and ends with it.
      close: () => undefined,
    };
  }

  async #read(folder: string): Promise<{ readonly listed: ListedRun; readonly found: FoundRun }> {
    const found = await findRun(folder);
    const { manifest, state } = found;
    const source = sourceOf(folder, manifest);
    const file = source === undefined ? undefined : this.#nameOf(source);
    return { listed: { run: this.#nameOf(folder), file, manifest, state }, found };
  }

  #nameOf(path: string): string {
    return (isWithin(this.workspace, path) ? relative(this.workspace, path) || '.' : path).split(sep).join('/');
  }
}

/**
 * The real path of the folder whose runs are read.
 *
 * @throws with a readable reason where it is no folder
 */
export async function realWorkspace(path: string): Promise<string> {
  const found = await realpath(path).catch((error: unknown) => {
    const reason = codeOf(error) === 'ENOENT' ? 'it does not exist' : fileErrorReason(error);
    throw new Error(`The folder ${path} can't be read: ${reason}. Name the folder with the experiments and runs.`);
  });
  if (!(await stat(found)).isDirectory()) {
    throw new Error(`${path} is a file. Name the folder with the experiments and runs.`);
  }
  return found;
}

/**
 * The real path of a file or folder in the workspace.
 *
 * @param what it should be, for messages
 * @throws with a readable reason where it does not exist, or is outside, symbolic links resolved
 */
export async function pathWithin(workspace: string, path: string, what: string): Promise<string> {
  if (path.includes('\0')) throw new Error(`${quote(path)} is no path. Name ${what}.`);
  const root = await realpath(workspace);
  const written = resolve(workspace, path);
  // Of what is outside it is not even said whether it exists.
  const found = await realpath(written).catch((error: unknown) => {
    if (!isWithin(workspace, written)) return written;
    const reason = codeOf(error) === 'ENOENT' ? '' : `: ${fileErrorReason(error)}`;
    throw new Error(`${quote(path)} was not found in ${workspace}${reason}. Name ${what}.`);
  });
  if (!isWithin(root, found)) {
    throw new Error(`${quote(path)} is outside ${workspace}, where all runs and experiments have to be.`);
  }
  return found;
}

/** The experiment file that a manifest names; undefined where it names none. */
function sourceOf(folder: string, { source }: Manifest): string | undefined {
  return source !== null && experimentFile.test(source) && !source.includes('\0') ? resolve(folder, source) : undefined;
}

/** The folders below a folder, and itself, that have a `run.json`. Symbolic links are not followed. */
async function runFolders(root: string): Promise<readonly string[]> {
  const found: string[] = [];
  let level = [root];
  let visited = 0;
  for (let depth = 0; level.length > 0 && depth <= maxDepth; depth++) {
    const next: string[] = [];
    for (const folder of level) {
      if (found.length >= maxRuns || ++visited > maxFolders) return found;
      const entries = await readdir(folder, { withFileTypes: true }).catch(() => []);
      // A run has no run below it.
      if (entries.some((entry) => entry.isFile() && entry.name === runFiles.manifest)) found.push(folder);
      else {
        for (const entry of entries) {
          if (entry.isDirectory() && !skipped.has(entry.name)) next.push(join(folder, entry.name));
        }
      }
    }
    level = next;
  }
  return found;
}
