import { Disposable, RelativePattern, workspace, type Uri } from 'vscode';
import { runFiles } from '../run/storage/runFiles';
import { readStoredRun, versionOf } from './storedRun';

/** Milliseconds between two checks of folders that another process writes. */
const checkInterval = 2000;

interface Follower {
  readonly folder: Uri;
  readonly onChange: () => void;
  /** See versionOf; '' where there is no run. */
  version: string;
}

/**
 * Tells when something changed in the folder of a run. File watchers do not tell all: folders are excluded from them
 * (`files.watcherExclude`), network disks send no events, and a process that is killed changes no file. So folders that
 * another process writes are read again every 2 s, however many in this window follow them.
 */
export class RunFolderWatcher {
  readonly #followers = new Set<Follower>();
  #timer: NodeJS.Timeout | undefined;
  #isDisposed = false;

  /**
   * Follows a folder that another process writes, until the returned object is disposed.
   *
   * @param version of the run as it was read last
   * @param onChange called when the run differs from that, and from what it was at the check before
   */
  follow(folder: Uri, version: string, onChange: () => void): Disposable {
    const follower: Follower = { folder, onChange, version };
    this.#followers.add(follower);
    this.#schedule();
    return new Disposable(() => {
      this.#followers.delete(follower);
    });
  }

  /** Tells of files of the run that are created, changed or deleted, as far as the file watcher of VS Code does. */
  watchFiles(folder: Uri, onEvent: () => void): Disposable {
    const names = [runFiles.records, runFiles.manifest, runFiles.displayName, runFiles.lock];
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

  /** Equal as long as nothing was written and no process came to train there or ended; '' where there is no run. */
  async #versionAt(folder: Uri): Promise<string> {
    const run = await readStoredRun(folder);
    return run === undefined ? '' : versionOf(run);
  }
}
