import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import { DisposableStore } from '../../platform/disposable';
import { Throttler } from '../../platform/throttler';
import { reasonOf } from '../../protocol/channel';
import type { GrowingHistory } from './growingHistory';
import { loadRun } from './latestRuns';
import type { RunFolderWatcher } from './runFolderWatcher';
import type { RunReader } from './runReader';
import { goneMessage, nameOf, readStoredRun, versionOf, type StoredRun } from './storedRun';
import { StoredSession } from './storedSession';
import { english } from '../../text/translate';

/** Milliseconds between two readings of a run that grows. */
const readInterval = 1000;

/** A stored run opened from its folder; read again as its records grow while another process trains it. */
export class OpenedRun implements Disposable {
  readonly #owned = new DisposableStore();
  readonly #changed = new EventEmitter<undefined>();
  readonly #records: GrowingHistory;
  #stored: StoredRun | undefined;
  #session: StoredSession | undefined;
  #problem: string | undefined;
  /** The version that the session was read from; see versionOf. */
  #version = '';
  #following: Disposable | undefined;
  readonly #reading = this.#owned.add(new Throttler(readInterval, () => this.#readIfChanged()));

  /** Fires when the run was read again. */
  readonly onDidChange: Event<undefined> = this.#changed.event;

  /** @param touched fires with the folders of runs that this window has changed */
  constructor(
    readonly folder: Uri,
    touched: Event<Uri>,
    reader: RunReader,
    readonly watcher: RunFolderWatcher,
  ) {
    this.#records = reader.growing();
    this.#owned.add(
      watcher.watchFiles(folder, () => {
        this.#reading.schedule();
      }),
    );
    this.#owned.add(
      touched(({ path }) => {
        if (path === folder.path) this.#reading.schedule();
      }),
    );
  }

  /** The run without its records; undefined before `identify`. */
  get stored(): StoredRun | undefined {
    return this.#stored;
  }

  get session(): StoredSession | undefined {
    return this.#session;
  }

  /** Why there is nothing to show. */
  get problem(): string | undefined {
    return this.#problem;
  }

  /** The run's name; the folder's name until the run is read. */
  get name(): string {
    const { path } = this.folder;
    return this.#stored === undefined ? path.slice(path.lastIndexOf('/') + 1) : nameOf(this.#stored);
  }

  /** Reads the run without its records. If the folder no longer exists, the last known data remain. */
  async identify(): Promise<StoredRun | undefined> {
    const stored = await readStoredRun(this.folder);
    if (stored === undefined) {
      this.#problem = goneMessage(this.folder);
    } else {
      this.#stored = stored;
    }
    return stored;
  }

  /** Reads the run with its records. */
  async read(): Promise<void> {
    const stored = await this.identify();
    if (stored === undefined) {
      this.#session?.markUnreadable(this.#problem ?? '');
      this.#follow();
      return;
    }
    // Changes during the reading are read the next time.
    this.#version = await versionOf(stored);
    try {
      const loaded = await loadRun(stored, this.#records);
      this.#session?.dispose();
      this.#session = new StoredSession(stored.experiment, stored.manifest.variant ?? undefined, loaded);
      this.#problem = undefined;
    } catch (error) {
      this.#version = '';
      this.#problem = english`The records of this run can't be read: ${reasonOf(error).replace(/\.$/, '')}.`;
      this.#session?.markUnreadable(this.#problem);
    }
    this.#follow();
  }

  dispose(): void {
    this.#following?.dispose();
    this.#owned.dispose();
    this.#session?.dispose();
    this.#changed.dispose();
  }

  async #readIfChanged(): Promise<void> {
    const stored = await this.identify();
    if (stored !== undefined && (await versionOf(stored)) === this.#version) return;
    await this.read();
    if (!this.#owned.isDisposed) this.#changed.fire(undefined);
  }

  /** Watches the folder as long as another process trains the run. */
  #follow(): void {
    this.#following?.dispose();
    this.#following = undefined;
    const isTraining = this.#session?.status.state === 'elsewhere' && !this.#owned.isDisposed;
    if (!isTraining) return;
    this.#following = this.watcher.follow(this.folder, this.#version, () => {
      this.#reading.schedule();
    });
  }
}
