import { Uri, type Disposable } from 'vscode';
import { DisposableStore } from '../platform/disposable';
import { Throttler } from '../platform/throttler';
import { runFiles } from '../run/storage/runFiles';
import { readStoredRun, versionOf, type StoredRun } from './storedRun';
import type { RunIndex } from './runIndex';
import type { GrowingHistory } from './growingHistory';
import type { RunReader } from './runReader';
import { loadRun } from './latestRuns';
import type { Session } from './session';
import type { Sessions } from './sessions';

const calmMilliseconds = 100;
const secondsBetweenLooks = 2;

/**
 * Sessions that are over in this window, and whose runs another window or a terminal has gone on with: they are shown as
 * their folders tell of them, and again as their records grow.
 */
export class ExternallyResumedRuns implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #look = this.#owned.add(new Throttler(calmMilliseconds, () => this.#showAll()));
  /** What each of them was last shown from, and what reads its records. */
  readonly #shown = new WeakMap<Session, { readonly stamp: string; readonly records: GrowingHistory }>();
  #next: NodeJS.Timeout | undefined;

  constructor(
    readonly sessions: Sessions,
    kept: RunIndex,
    readonly reader: RunReader,
  ) {
    this.#owned.add(
      kept.onDidChange(() => {
        this.#look.schedule();
      }),
    );
  }

  dispose(): void {
    clearTimeout(this.#next);
    this.#owned.dispose();
  }

  async #showAll(): Promise<void> {
    clearTimeout(this.#next);
    for (const session of this.sessions.all) await this.#show(session);
    if (this.#owned.isDisposed || this.sessions.all.every(({ status }) => status.state !== 'elsewhere')) return;
    this.#next = setTimeout(() => {
      this.#look.schedule();
    }, secondsBetweenLooks * 1000);
  }

  async #show(session: Session): Promise<void> {
    const { folder } = session;
    if (session.isLive || folder === undefined) return;
    // Until its own thread is gone, the folder is held by this window.
    await session.released;
    const run = await readStoredRun(Uri.file(folder));
    if (run === undefined && session.status.state === 'elsewhere') {
      session.markUnreadable(`The run in ${folder} is gone, or its ${runFiles.manifest} cannot be read.`);
    }
    if (run === undefined || !isOvertaken(session, run)) return;
    const stamp = await versionOf(run);
    const shown = this.#shown.get(session);
    if (shown?.stamp === stamp) return;
    const { records } = shown ?? { records: this.reader.growing() };
    const archived = await loadRun(run, records).catch(() => undefined);
    // While it was read, this window may have gone on with it.
    if (archived === undefined || this.sessions.withFolder(folder) !== session) return;
    this.#shown.set(session, { stamp, records });
    session.showLoaded(archived);
  }
}

/** Whether a run's folder tells of more than the session that trained it here. */
function isOvertaken({ status }: Session, { state, manifest }: StoredRun): boolean {
  return state === 'elsewhere' || status.state === 'elsewhere' || manifest.updates > status.updates;
}
