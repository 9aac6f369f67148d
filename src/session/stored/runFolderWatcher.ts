import { Disposable, RelativePattern, workspace, type Uri } from 'vscode';
import { runFiles } from '../../run/storage/runFiles';
import { readStoredRun, versionOf } from './storedRun';

/** Milliseconds between two checks of folders that another process writes. */
const checkInterval = 2000;

interface Follower {
  readonly folder: Uri;
  readonly onChange: () => void;
  /** See versionOf; '' if there is no run. */
  version: string;
}

/**
 * Reports changes in the folders of runs. File watchers miss some: folders can be excluded (`files.watcherExclude`),
 * network disks send no events, and a killed process changes no file. So folders that another process writes are polled
 * every 2 s, with one poll per folder for all followers in this window.
 */
export class RunFolderWatcher {
  readonly #followers = new Set<Follower>();
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  /**
   * Polls a folder that another process writes, until the returned object is disposed.
   *
   * @param version the version of the run at its last reading
   * @param onChange called when the version differs from that of the previous poll
   */
  follow(folder: Uri, version: string, onChange: () => void): Disposable {
    const follower: Follower = { folder, onChange, version };
    this.#followers.add(follower);
    this.#schedule();
    return new Disposable(() => {
      this.#followers.delete(follower);
    });
  }

  /** Watches the run's files with VS Code's file watcher. */
  watchFiles(folder: Uri, onEvent: () => void): Disposable {
    const names = [runFiles.records, runFiles.manifest, runFiles.displayName, runFiles.annotations, runFiles.lock];
    const watcher = workspace.createFileSystemWatcher(new RelativePattern(folder, `{${names.join(',')}}`));
    for (const event of [watcher.onDidChange, watcher.onDidCreate, watcher.onDidDelete]) event(onEvent);
    return watcher;
  }

  dispose(): void {
    this.#isDisposed = true;
    clearTimeout(this.#timer);
    this.#followers.clear();
  }

  #schedule(): void {
    if (this.#timer !== undefined || this.#isDisposed || this.#followers.size === 0) return;
    this.#timer = setTimeout(() => {
      void this.#check().finally(() => {
        this.#timer = undefined;
        this.#schedule();
      });
    }, checkInterval);
  }

  async #check(): Promise<void> {
    const folders = new Map([...this.#followers].map(({ folder }) => [folder.toString(), folder]));
    for (const [key, folder] of folders) {
      const version = await this.#versionAt(folder);
      for (const follower of this.#followers) {
        if (follower.folder.toString() !== key || follower.version === version) continue;
        follower.version = version;
        follower.onChange();
      }
    }
  }

  /** See versionOf; '' if there is no run. */
  async #versionAt(folder: Uri): Promise<string> {
    const run = await readStoredRun(folder);
    return run === undefined ? '' : versionOf(run);
  }
}
