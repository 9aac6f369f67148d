import type { Disposable } from 'vscode';
import type { DisplaySeries } from '../run/series/displaySeries';
import { plainName } from '../run/displayName';
import { formatStartTime } from '../session/storedRun';
import type { RunIndex } from '../session/runIndex';
import { StoredRunSession } from '../session/storedRunSession';
import type { LatestRuns } from '../session/latestRuns';
import type { RunReader } from '../session/runReader';
import { Session } from '../session/session';
import type { Sessions, Target } from '../session/sessions';
import { experimentName, readExperiment } from '../session/experimentText';
import type { Subject } from './subject';

/** One member of a comparison: finds the session that stands for it, live or from its folder. */
export class ComparedMember implements Disposable {
  readonly #kept: StoredRunSession | undefined;
  /** The run of an earlier window, where this window has trained none. */
  #recalled: Session | undefined;
  /** The name in the experiment's file, for a run that has not begun yet. */
  #written = '';
  /** The series that the webview has, with its facts, and how many of its updates. */
  sent: { readonly series: DisplaySeries; readonly updates: number } | undefined;

  /** @param onChange called when a run that is read from its folder was read again */
  constructor(
    readonly id: number,
    readonly subject: Subject,
    readonly sessions: Sessions,
    kept: RunIndex,
    reader: RunReader,
    onChange: () => void,
  ) {
    this.#kept = subject.kind === 'run' ? new StoredRunSession(subject.folder, kept.onDidTouch, reader) : undefined;
    this.#kept?.onDidChange(onChange);
  }

  get session(): Session | undefined {
    if (this.subject.kind === 'experiment') return this.sessions.get(this.subject.target) ?? this.#recalled;
    return this.sessions.withFolder(this.subject.folder.fsPath) ?? this.#kept?.session;
  }

  get name(): string {
    if (this.#kept !== undefined) return this.#kept.name;
    if (this.subject.kind === 'run') return '';
    const { uri, variant } = this.subject.target;
    return variant === undefined ? experimentName(this.session?.facts?.name ?? this.#written, uri) : plainName(variant);
  }

  /** Why there is no session. */
  get problem(): string | undefined {
    if (this.session !== undefined) return undefined;
    return this.#kept === undefined ? 'not trained yet' : this.#kept.reason;
  }

  /** When it began, where its folder says so: tells it from others of the same name. */
  get began(): string {
    return this.#kept?.kept === undefined ? '' : formatStartTime(this.#kept.kept, 'second');
  }

  /** Reads the run where that has not been done; of one that is trained here, only what it is called. */
  async load(archive: LatestRuns): Promise<void> {
    if (this.subject.kind === 'run') {
      await (this.session === undefined ? this.#kept?.read() : this.#kept?.identify());
      return;
    }
    const { target } = this.subject;
    if (this.session?.facts === undefined) this.#written = await writtenName(target);
    if (this.session !== undefined) return;
    const archived = await archive.open(target);
    if (archived === undefined) return;
    this.#recalled = new Session(target.uri, target.variant);
    this.#recalled.showLoaded(archived);
  }

  dispose(): void {
    this.#kept?.dispose();
    this.#recalled?.dispose();
  }
}

/** The name that an experiment's file gives it; '' where there is none that can be read. */
async function writtenName({ uri }: Target): Promise<string> {
  const parsed = await readExperiment(uri).catch(() => undefined);
  const resolved = parsed?.kind === 'experiment' ? parsed.file.resolve() : undefined;
  return resolved?.kind === 'resolved' ? resolved.experiment.name : '';
}
