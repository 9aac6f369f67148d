import { EventEmitter, FileType, RelativePattern, Uri, workspace, type Disposable, type Event } from 'vscode';
import { DisposableStore } from '../../platform/disposable';
import { settings } from '../../platform/ids';
import { runsFolder } from '../../platform/settings';
import { heartbeatInterval } from '../../run/storage/lockFile';
import { runFiles } from '../../run/storage/runFiles';
import { folderOf } from '../experimentText';
import { readDamagedRun, readStoredRun, versionOf, type DamagedRun, type StoredRun } from './storedRun';
import type { Session } from '../session';
import type { RunFolderWatcher } from './runFolderWatcher';
import type { Sessions } from '../sessions';

const debounceMilliseconds = 300;
const maxRuns = 2000;
const maxConcurrentReads = 16;
/** The files by which folders of runs are found: records without a manifest are of a damaged run. */
const filesOfRuns = `{${runFiles.manifest},${runFiles.records}}`;

/** The runs of the workspace, as they were found together. */
interface RunsFound {
  /** The newest first. */
  readonly runs: readonly StoredRun[];
  /** Sorted by folder. */
  readonly damaged: readonly DamagedRun[];
}

/**
 * All runs of the workspace and of the folder in `unroll.runsFolder`; searched again when files change. File watchers miss
 * some changes: folders can be excluded (`files.watcherExclude`), network disks send no events, and a killed process
 * changes no file. So this window reports its own changes here, and runs that another process trains are polled.
 */
export class RunIndex implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = new EventEmitter<undefined>();
  readonly #touched = new EventEmitter<Uri>();
  #watchers = new DisposableStore();
  #timer: NodeJS.Timeout | undefined;
  #following: readonly Disposable[] = [];
  #found: Promise<RunsFound> | undefined;
  /** Paths of the run folders at the last search. */
  #known: readonly string[] = [];
  /** Folders of runs that were found interrupted and have been checked again, by their URIs. */
  readonly #rechecked = new Set<string>();
  #recheckTimer: ReturnType<typeof setTimeout> | undefined;
  /** The folder of each session and whether it was live, at its last change. */
  readonly #seen = new WeakMap<Session, string>();

  /** Fires when runs were added, removed or changed, debounced. */
  readonly onDidChange: Event<undefined> = this.#changed.event;
  /** Fires with the folder of a run that this window has changed. */
  readonly onDidTouch: Event<Uri> = this.#touched.event;

  constructor(
    sessions: Sessions,
    readonly watcher: RunFolderWatcher,
    /** In the storage of the extension; see `folderOfRuns`. */
    readonly ownRuns?: Uri,
  ) {
    this.#owned.add(
      sessions.onDidChange((session) => {
        const now = JSON.stringify([session.folder, session.isLive]);
        if (this.#seen.get(session) === now) return;
        this.#seen.set(session, now);
        this.#searchSoon();
      }),
    );
    this.#owned.add(
      workspace.onDidChangeConfiguration((event) => {
        if (event.affectsConfiguration(`${settings.section}.${settings.runsFolder}`)) this.#watch();
      }),
    );
    this.#owned.add(
      workspace.onDidChangeWorkspaceFolders(() => {
        this.#watch();
      }),
    );
    this.#watch();
  }

  /** All runs, the newest first. */
  async all(): Promise<readonly StoredRun[]> {
    return (await (this.#found ??= this.#find())).runs;
  }

  /** Runs whose manifest is missing or can't be read. */
  async damaged(): Promise<readonly DamagedRun[]> {
    return (await (this.#found ??= this.#find())).damaged;
  }

  /** Reads all runs again: network drives report no changes. */
  refresh(): void {
    this.#searchSoon();
  }

  /** Reports that this window has changed or deleted a run's folder. */
  touched(folder: Uri): void {
    this.#touched.fire(folder);
    this.#searchSoon();
  }

  dispose(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#recheckTimer);
    this.#watchers.dispose();
    this.#owned.dispose();
    for (const following of this.#following) following.dispose();
    this.#changed.dispose();
    this.#touched.dispose();
  }

  async #find(): Promise<RunsFound> {
    const lists = await Promise.all([
      workspace.findFiles(`**/${filesOfRuns}`, '**/{node_modules,.git}/**', 2 * maxRuns),
      ...movedFolders().map((folder) =>
        workspace.findFiles(new RelativePattern(folder, `*/${filesOfRuns}`), undefined, 2 * maxRuns),
      ),
    ]);
    const found = [...lists.flat().map(folderOf), ...(await foldersIn(this.ownRuns))];
    const folders = new Map(found.map((folder) => [folder.toString(), folder]));
    const all = await readAll([...folders.values()]);
    this.#known = [...folders.values()].map(({ path }) => path);
    const runs = all
      .filter((run) => 'manifest' in run)
      .sort((a, b) => b.manifest.startedAt.localeCompare(a.manifest.startedAt));
    const damaged = all.filter((run) => 'reason' in run).sort((a, b) => a.folder.path.localeCompare(b.folder.path));
    await this.#followTraining(runs.filter(({ state }) => state === 'elsewhere'));
    await this.#recheckInterrupted(runs);
    return { runs, damaged };
  }

  /**
   * Another machine whose clock differs may be training a run that looks interrupted: the next look finds whether its
   * lock had a heartbeat meanwhile.
   */
  async #recheckInterrupted(runs: readonly StoredRun[]): Promise<void> {
    const folders = runs
      .filter(({ state, manifest }) => state === 'interrupted' && manifest.state !== 'interrupted')
      .map(({ folder }) => folder)
      .filter((folder) => !this.#rechecked.has(folder.toString()));
    for (const folder of folders) this.#rechecked.add(folder.toString());
    // After a crash without a lock, or with one that was removed, there is nothing to wait for.
    const locked = await Promise.all(
      folders.map((folder) =>
        workspace.fs.stat(Uri.joinPath(folder, runFiles.lock)).then(
          () => true,
          () => false,
        ),
      ),
    );
    if (!locked.includes(true) || this.#owned.isDisposed) return;
    clearTimeout(this.#recheckTimer);
    this.#recheckTimer = setTimeout(() => {
      this.#searchSoon();
    }, 2.5 * heartbeatInterval);
  }

  /** Polls runs that other processes train; the sessions of this window report their own changes. */
  async #followTraining(training: readonly StoredRun[]): Promise<void> {
    const versions = await Promise.all(training.map(versionOf));
    for (const following of this.#following) following.dispose();
    if (this.#owned.isDisposed) return;
    this.#following = training.map(({ folder }, i) =>
      this.watcher.follow(folder, versions[i] ?? '', () => {
        this.#searchSoon();
      }),
    );
  }

  #watch(): void {
    this.#watchers.dispose();
    this.#watchers = new DisposableStore();
    this.#watchFiles(`{${runFiles.manifest},${runFiles.displayName},${runFiles.annotations}}`, false);
    // The lock file is rewritten as a heartbeat, and records are appended, which changes nothing here.
    this.#watchFiles(`{${runFiles.lock},${runFiles.records}}`, true);
    // When a folder is deleted with its contents, there is an event for the folder only.
    for (const all of ['**', ...movedFolders().map((folder) => new RelativePattern(folder, '**'))]) {
      const watcher = this.#watchers.add(workspace.createFileSystemWatcher(all, true, true));
      this.#watchers.add(
        watcher.onDidDelete(({ path }) => {
          if (this.#known.some((folder) => `${folder}/`.startsWith(`${path}/`))) this.#searchSoon();
        }),
      );
    }
    this.#searchSoon();
  }

  #watchFiles(files: string, ignoreChange: boolean): void {
    const elsewhere = [...movedFolders(), ...(this.ownRuns === undefined ? [] : [this.ownRuns])];
    const patterns = [`**/${files}`, ...elsewhere.map((folder) => new RelativePattern(folder, `*/${files}`))];
    for (const pattern of patterns) {
      const watcher = this.#watchers.add(workspace.createFileSystemWatcher(pattern, false, ignoreChange));
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
        this.#watchers.add(event(() => this.#searchSoon()));
      }
    }
  }

  #searchSoon(): void {
    this.#found = undefined;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      this.#found = undefined;
      this.#changed.fire(undefined);
    }, debounceMilliseconds);
  }
}

/** Reads few manifests at a time: each one may be as large as the limit. */
async function readAll(folders: readonly Uri[]): Promise<readonly (StoredRun | DamagedRun)[]> {
  const read = async (folder: Uri) => (await readStoredRun(folder)) ?? (await readDamagedRun(folder));
  const runs: (StoredRun | DamagedRun)[] = [];
  for (let from = 0; from < folders.length; from += maxConcurrentReads) {
    const some = await Promise.all(folders.slice(from, from + maxConcurrentReads).map(read));
    runs.push(...some.filter((run) => run !== undefined));
  }
  return runs;
}

/** The folders in a folder; none if it doesn't exist. VS Code's search finds only what is in a workspace. */
async function foldersIn(folder: Uri | undefined): Promise<readonly Uri[]> {
  if (folder === undefined) return [];
  const entries = await workspace.fs.readDirectory(folder).then(undefined, () => []);
  return entries
    .filter(([, type]) => type === FileType.Directory)
    .slice(0, maxRuns)
    .map(([name]) => Uri.joinPath(folder, name));
}

/** Folders of `unroll.runsFolder` outside all workspace folders; those inside are found with the workspace. */
function movedFolders(): readonly Uri[] {
  const folders = (workspace.workspaceFolders ?? []).flatMap(({ uri }) => {
    try {
      return runsFolder(uri) ?? [];
    } catch {
      // An invalid setting is reported when a run is started.
      return [];
    }
  });
  return folders.filter((folder) => workspace.getWorkspaceFolder(folder) === undefined);
}
