import type { Uri } from 'vscode';
import { EventEmitter, RelativePattern, workspace, type Disposable, type Event } from 'vscode';
import { DisposableStore } from '../platform/disposable';
import { settings } from '../platform/ids';
import { runsFolder } from '../platform/settings';
import { runFiles } from '../run/storage/runFiles';
import { folderOf } from './experimentText';
import { readDamagedRun, readStoredRun, versionOf, type DamagedRun, type StoredRun } from './storedRun';
import type { Session } from './session';
import type { RunFolderWatcher } from './runFolderWatcher';
import type { Sessions } from './sessions';

const calmMilliseconds = 300;
const mostFound = 2000;
const mostAtOnce = 16;

/** The runs of the workspace, as they were found together. */
interface RunsFound {
  /** The newest first. */
  readonly runs: readonly StoredRun[];
  /** Sorted by folder. */
  readonly damaged: readonly DamagedRun[];
}

/**
 * Every run folder of the workspace, and of the folder that the setting moves runs to; looks again when files change.
 * Watchers do not tell of all: folders are excluded from them (`files.watcherExclude`), network carriers send none, and a
 * process that is killed changes no file. What this window does itself is told here, and runs that train are looked at
 * again and again.
 */
export class RunIndex implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = new EventEmitter<undefined>();
  readonly #touched = new EventEmitter<Uri>();
  #watchers = new DisposableStore();
  #due: NodeJS.Timeout | undefined;
  #following: readonly Disposable[] = [];
  #found: Promise<RunsFound> | undefined;
  /** Paths of the folders that were found last. */
  #known: readonly string[] = [];
  /** Where a session's run was kept and whether it went on, when that last changed. */
  readonly #seen = new WeakMap<Session, string>();

  /** Fires when runs came, went or changed, soon after it has grown calm. */
  readonly onDidChange: Event<undefined> = this.#changed.event;
  /** Fires with the folder of a run in which this window has changed something by itself. */
  readonly onDidTouch: Event<Uri> = this.#touched.event;

  constructor(
    sessions: Sessions,
    readonly watcher: RunFolderWatcher,
  ) {
    this.#owned.add(
      sessions.onDidChange((session) => {
        const now = JSON.stringify([session.folder, session.isLive]);
        if (this.#seen.get(session) === now) return;
        this.#seen.set(session, now);
        this.#lookSoon();
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

  /** Runs whose manifest can't be read. */
  async damaged(): Promise<readonly DamagedRun[]> {
    return (await (this.#found ??= this.#find())).damaged;
  }

  /** Tells that something in a run's folder was changed, or that it was deleted. */
  touched(folder: Uri): void {
    this.#touched.fire(folder);
    this.#lookSoon();
  }

  dispose(): void {
    clearTimeout(this.#due);
    this.#watchers.dispose();
    this.#owned.dispose();
    for (const following of this.#following) following.dispose();
    this.#changed.dispose();
    this.#touched.dispose();
  }

  async #find(): Promise<RunsFound> {
    const lists = await Promise.all([
      workspace.findFiles(`**/${runFiles.manifest}`, '**/{node_modules,.git}/**', mostFound),
      ...movedFolders().map((folder) =>
        workspace.findFiles(new RelativePattern(folder, `*/${runFiles.manifest}`), undefined, mostFound),
      ),
    ]);
    const folders = new Map(lists.flat().map((uri) => [folderOf(uri).toString(), folderOf(uri)]));
    const all = await readAll([...folders.values()]);
    this.#known = [...folders.values()].map(({ path }) => path);
    const runs = all
      .filter((run) => 'manifest' in run)
      .sort((a, b) => b.manifest.startedAt.localeCompare(a.manifest.startedAt));
    const damaged = all.filter((run) => 'reason' in run).sort((a, b) => a.folder.path.localeCompare(b.folder.path));
    await this.#followTraining(runs.filter(({ state }) => state === 'elsewhere'));
    return { runs, damaged };
  }

  /** Runs that other processes train are followed; those of this window tell of themselves. */
  async #followTraining(training: readonly StoredRun[]): Promise<void> {
    const versions = await Promise.all(training.map(versionOf));
    for (const following of this.#following) following.dispose();
    if (this.#owned.isDisposed) return;
    this.#following = training.map(({ folder }, i) =>
      this.watcher.follow(folder, versions[i] ?? '', () => {
        this.#lookSoon();
      }),
    );
  }

  #watch(): void {
    this.#watchers.dispose();
    this.#watchers = new DisposableStore();
    this.#watchFiles(`{${runFiles.manifest},${runFiles.displayName}}`, false);
    // A lock is written anew as a sign of life, which changes nothing here.
    this.#watchFiles(runFiles.lock, true);
    // Of a folder that is deleted with all in it, its own end is all that is told.
    for (const all of ['**', ...movedFolders().map((folder) => new RelativePattern(folder, '**'))]) {
      const watcher = this.#watchers.add(workspace.createFileSystemWatcher(all, true, true));
      this.#watchers.add(
        watcher.onDidDelete(({ path }) => {
          if (this.#known.some((folder) => `${folder}/`.startsWith(`${path}/`))) this.#lookSoon();
        }),
      );
    }
    this.#lookSoon();
  }

  #watchFiles(files: string, ignoreChange: boolean): void {
    const patterns = [`**/${files}`, ...movedFolders().map((folder) => new RelativePattern(folder, `*/${files}`))];
    for (const pattern of patterns) {
      const watcher = this.#watchers.add(workspace.createFileSystemWatcher(pattern, false, ignoreChange));
      for (const event of [watcher.onDidCreate, watcher.onDidChange, watcher.onDidDelete]) {
        this.#watchers.add(event(() => this.#lookSoon()));
      }
    }
  }

  #lookSoon(): void {
    this.#found = undefined;
    clearTimeout(this.#due);
    this.#due = setTimeout(() => {
      this.#found = undefined;
      this.#changed.fire(undefined);
    }, calmMilliseconds);
  }
}

/** A stranger's manifests may each be as large as one can be: few are in memory at a time. */
async function readAll(folders: readonly Uri[]): Promise<readonly (StoredRun | DamagedRun)[]> {
  const read = async (folder: Uri) => (await readStoredRun(folder)) ?? (await readDamagedRun(folder));
  const runs: (StoredRun | DamagedRun)[] = [];
  for (let from = 0; from < folders.length; from += mostAtOnce) {
    const some = await Promise.all(folders.slice(from, from + mostAtOnce).map(read));
    runs.push(...some.filter((run) => run !== undefined));
  }
  return runs;
}

/** Folders of the setting that lie outside of all workspace folders; those inside are searched with them. */
function movedFolders(): readonly Uri[] {
  const folders = (workspace.workspaceFolders ?? []).flatMap(({ uri }) => {
    try {
      return runsFolder(uri) ?? [];
    } catch {
      // Whoever trains is told that the setting cannot be used.
      return [];
    }
  });
  return folders.filter((folder) => workspace.getWorkspaceFolder(folder) === undefined);
}
