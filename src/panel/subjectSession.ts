import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import { memberName } from '../run/displayName';
import { experimentName, fileNameOf } from '../session/experimentText';
import type { LatestRuns } from '../session/stored/latestRuns';
import { OpenedRun } from '../session/stored/openedRun';
import type { RunFolderWatcher } from '../session/stored/runFolderWatcher';
import type { RunIndex } from '../session/stored/runIndex';
import type { Session } from '../session/session';
import type { Sessions } from '../session/sessions';
import { formatStartTime, type StoredRun } from '../session/stored/storedRun';
import { StoredSession } from '../session/stored/storedSession';
import type { Subject } from './subject';
import { locationOf } from '../session/files/location';

/** The sources of runs. */
export interface RunSources {
  readonly sessions: Sessions;
  readonly index: RunIndex;
  readonly latestRuns: LatestRuns;
  readonly watcher: RunFolderWatcher;
}

/**
 * Resolves a panel's subject to a session. For an experiment that is the run that this window trained last, else the latest
 * run in its folder; for a stored run the session that trains it in this window, else the content of its folder.
 */
export class SubjectSession implements Disposable {
  readonly #opened: OpenedRun | undefined;
  readonly #changed = new EventEmitter<undefined>();
  /** The latest run in the experiment's folder, if this window has trained none. */
  #loaded: StoredSession | undefined;

  /** Fires when a stored run was read again. */
  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(
    readonly subject: Subject,
    readonly sources: RunSources,
  ) {
    if (subject.kind === 'experiment') return;
    const { index, latestRuns, watcher } = sources;
    this.#opened = new OpenedRun(subject.folder, index.onDidTouch, latestRuns.reader, watcher);
    this.#opened.onDidChange(() => {
      this.#changed.fire(undefined);
    });
  }

  get session(): Session | undefined {
    const { subject, sources } = this;
    if (subject.kind === 'experiment') return sources.sessions.get(subject.target) ?? this.#loaded;
    return sources.sessions.withFolder(locationOf(subject.folder)) ?? this.#opened?.session;
  }

  /** Whether this object has read the session itself. */
  get isLoadedHere(): boolean {
    return this.#loaded !== undefined && this.session === this.#loaded;
  }

  /** Whether the session is that of a stored run read from its folder. */
  get isReadFromFolder(): boolean {
    return this.#opened !== undefined && this.session === this.#opened.session;
  }

  /** The stored run without its records; undefined for an experiment, and before `load`. */
  get stored(): StoredRun | undefined {
    return this.#opened?.stored;
  }

  /** The name of a stored run, else of the variant and seed, or the session's experiment. */
  get name(): string {
    if (this.#opened !== undefined) return this.#opened.name;
    if (this.subject.kind === 'run') return fileNameOf(this.subject.folder);
    const { uri, variant, seed } = this.subject.target;
    return memberName(variant, seed) ?? experimentName(this.session?.info?.name ?? '', uri);
  }

  /** Formatted start time of a stored run; '' where its manifest has none, and for an experiment. */
  startTime(precision: 'minute' | 'second'): string {
    return this.stored === undefined ? '' : formatStartTime(this.stored, precision);
  }

  /** Why there is no session. */
  get problem(): string | undefined {
    return this.session === undefined ? this.#opened?.problem : undefined;
  }

  /** The folder that the paths in the experiment are relative to; undefined without a manifest. */
  get base(): Uri | undefined {
    return this.stored?.base;
  }

  /** Reads the run if this window has no session for it; otherwise only the name that the user gave it. */
  async load(): Promise<void> {
    const { subject, sources } = this;
    if (subject.kind === 'run') {
      await (this.session === undefined ? this.#opened?.read() : this.#opened?.identify());
      return;
    }
    if (this.session !== undefined) return;
    const { target } = subject;
    const loaded = await sources.latestRuns.open(target);
    // Meanwhile a run of the target may have been started.
    if (loaded === undefined || sources.sessions.get(target) !== undefined) return;
    this.#loaded = new StoredSession(target.uri, target.variant, loaded);
  }

  /** Registers the session that `load` has read for the whole window, if it has none for the target. */
  register(): void {
    const { subject, sources } = this;
    if (subject.kind === 'run' || this.#loaded === undefined) return;
    if (sources.sessions.get(subject.target) === undefined) sources.sessions.put(this.#loaded);
  }

  dispose(): void {
    this.#opened?.dispose();
    // A registered session is disposed with the others.
    if (this.#loaded !== undefined && !this.sources.sessions.all.includes(this.#loaded)) this.#loaded.dispose();
    this.#changed.dispose();
  }
}
