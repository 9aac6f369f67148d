import { EventEmitter, RelativePattern, workspace, type Disposable, type Event, type Uri } from 'vscode';
import { Throttler } from '../platform/throttler';
import { reasonOf } from '../protocol/channel';
import { runFiles } from '../run/storage/runFiles';
import { nameOf, readStoredRun, versionOf, type StoredRun } from './storedRun';
import type { GrowingHistory } from './growingHistory';
import type { RunReader } from './runReader';
import { loadRun } from './latestRuns';
import { Session } from './session';

const secondsBetweenLooks = 2;

/** A kept run opened from its folder; while somebody else trains it, it is read again as its records grow. */
export class StoredRunSession implements Disposable {
  readonly #changed = new EventEmitter<undefined>();
  readonly #watcher;
  readonly #touched: Disposable;
  #kept: StoredRun | undefined;
  #session: Session | undefined;
  #reason: string | undefined;
  readonly #records: GrowingHistory;
  /** What the session was read from. */
  #stamp = '';
  readonly #look = new Throttler(secondsBetweenLooks * 1000, async () => {
    const kept = await this.identify();
    if (kept === undefined || (await versionOf(kept)) !== this.#stamp) {
      await this.read();
      this.#changed.fire(undefined);
    }
    // Not every watcher tells of what another process writes, and none that it was killed.
    if (this.#session?.status.state === 'elsewhere') this.#look.schedule();
  });

  /** Fires when the run was read again. */
  readonly onDidChange: Event<undefined> = this.#changed.event;

  /** @param touched fires with the folders of runs in which this window has changed something by itself */
  constructor(
    readonly folder: Uri,
    touched: Event<Uri>,
    reader: RunReader,
  ) {
    this.#records = reader.growing();
    this.#watcher = workspace.createFileSystemWatcher(
      new RelativePattern(
        folder,
        `{${runFiles.records},${runFiles.manifest},${runFiles.displayName},${runFiles.lock}}`,
      ),
    );
    for (const event of [this.#watcher.onDidChange, this.#watcher.onDidCreate, this.#watcher.onDidDelete]) {
      event(() => {
        this.#look.schedule();
      });
    }
    this.#touched = touched(({ path }) => {
      if (path === folder.path) this.#look.schedule();
    });
  }

  get kept(): StoredRun | undefined {
    return this.#kept;
  }

  get session(): Session | undefined {
    return this.#session;
  }

  /** Why there is nothing to show. */
  get reason(): string | undefined {
    return this.#reason;
  }

  /** What the run is called. */
  get name(): string {
    return this.kept === undefined ? this.folder.path.slice(this.folder.path.lastIndexOf('/') + 1) : nameOf(this.kept);
  }

  /** Reads what the folder says of the run, without its records; what was known of it stays where it is gone. */
  async identify(): Promise<StoredRun | undefined> {
    const kept = await readStoredRun(this.folder);
    if (kept === undefined) {
      this.#reason = `The run in ${this.folder.fsPath} is gone, or its ${runFiles.manifest} cannot be read.`;
    } else {
      this.#kept = kept;
    }
    return kept;
  }

  /** Reads the run with its records, the first time or again. */
  async read(): Promise<void> {
    const kept = await this.identify();
    if (kept === undefined) {
      this.#session?.markUnreadable(this.#reason ?? '');
      return;
    }
    // What is written while it is read is read at the next look.
    this.#stamp = await versionOf(kept);
    try {
      const archived = await loadRun(kept, this.#records);
      const session = new Session(kept.experiment, kept.manifest.variant ?? undefined);
      session.showLoaded(archived);
      this.#session?.dispose();
      this.#session = session;
      this.#reason = undefined;
    } catch (error) {
      this.#stamp = '';
      this.#reason = `The records of this run cannot be read: ${reasonOf(error).replace(/\.$/, '')}.`;
      this.#session?.markUnreadable(this.#reason);
    }
  }

  dispose(): void {
    this.#look.dispose();
    this.#watcher.dispose();
    this.#touched.dispose();
    this.#session?.dispose();
    this.#changed.dispose();
  }
}
