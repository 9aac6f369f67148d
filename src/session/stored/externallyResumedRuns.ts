import type { Disposable } from 'vscode';
import { DisposableStore } from '../../platform/disposable';
import { Throttler } from '../../platform/throttler';
import type { GrowingHistory } from './growingHistory';
import { loadRun } from './latestRuns';
import type { RunFolderWatcher } from './runFolderWatcher';
import type { RunIndex } from './runIndex';
import type { RunReader } from './runReader';
import type { Session } from '../session';
import type { Sessions } from '../sessions';
import { goneMessage, readStoredRun, versionOf, type StoredRun } from './storedRun';
import { StoredSession } from './storedSession';
import { uriOfLocation } from '../files/location';

const checkDelay = 100;

/** The source that a session was last read from. */
interface Shown {
  readonly version: string;
  readonly records: GrowingHistory;
}

/**
 * Runs that ended in this window and that another window or a terminal has resumed: their sessions show the contents of
 * their folders and are updated as the records grow.
 */
export class ExternallyResumedRuns implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #check = this.#owned.add(new Throttler(checkDelay, () => this.#showAll()));
  /** By folder. */
  readonly #shown = new Map<string, Shown>();
  #following: readonly Disposable[] = [];

  constructor(
    readonly sessions: Sessions,
    index: RunIndex,
    readonly reader: RunReader,
    readonly watcher: RunFolderWatcher,
  ) {
    this.#owned.add(
      index.onDidChange(() => {
        this.#check.schedule();
      }),
    );
  }

  dispose(): void {
    this.#owned.dispose();
    for (const following of this.#following) following.dispose();
    this.#following = [];
  }

  async #showAll(): Promise<void> {
    for (const session of this.sessions.all) await this.#show(session);
    this.#follow();
  }

  async #show(session: Session): Promise<void> {
    const { folder } = session;
    if (session.isLive || folder === undefined) return;
    // Until its own trainer has exited, the folder is locked by this window.
    await session.released;
    const run = await readStoredRun(uriOfLocation(folder));
    if (run === undefined) {
      if (session.kind === 'stored' && session.status.state === 'elsewhere') {
        session.markUnreadable(goneMessage(uriOfLocation(folder)));
      }
      return;
    }
    if (!hasMore(run, session)) return;
    const version = await versionOf(run);
    const shown = this.#shown.get(folder);
    if (shown?.version === version && session.kind === 'stored') return;
    const { records } = shown ?? { records: this.reader.growing() };
    const loaded = await loadRun(run, records).catch(() => undefined);
    // This window may have resumed the run in the meantime.
    if (loaded === undefined || this.sessions.withFolder(folder) !== session) return;
    this.#shown.set(folder, { version, records });
    if (session.kind === 'stored') session.update(loaded);
    else this.sessions.replace(session, new StoredSession(session.uri, session.variant, loaded));
  }

  /** Watches the folders of all runs that another process is training. */
  #follow(): void {
    for (const following of this.#following) following.dispose();
    if (this.#owned.isDisposed) return;
    this.#following = this.sessions.all.flatMap(({ status, folder }) => {
      const shown = status.state === 'elsewhere' ? this.#shown.get(folder ?? '') : undefined;
      if (shown === undefined || folder === undefined) return [];
      return this.watcher.follow(uriOfLocation(folder), shown.version, () => {
        this.#check.schedule();
      });
    });
  }
}

/** Whether a run's folder has more updates than the session that shows it. */
function hasMore({ state, manifest }: StoredRun, { status }: Session): boolean {
  return state === 'elsewhere' || status.state === 'elsewhere' || manifest.updates > status.updates;
}
