import type { Disposable } from 'vscode';
import { keepsRecords } from '../../platform/settings';
import { reasonOf } from '../../protocol/channel';
import type { RequestReplay } from '../../protocol/replayRequests';
import { isLive } from '../../protocol/run';
import { changedKeys } from '../../session/changedKeys';
import { fileNameOf, folderOf, readExperiment } from '../../session/experimentText';
import { readStoredRun } from '../../session/stored/storedRun';
import { Inspector } from '../../session/trainers/inspector';
import type { StartTrainerWorker } from '../../session/trainers/trainerWorker';
import type { Session } from '../../session/session';
import type { Target } from '../../session/sessions';
import { quote } from '../../text/quoting';
import { SubjectSession, type RunSources } from '../subjectSession';
import { lessonRunState, untrained, type LessonRunState, type Saving } from './lessonRunState';
import { uriOfLocation } from '../../session/files/location';
import { folderOfRuns } from '../../session/files/folderOfRuns';
import { translate } from '../../text/translate';

/** Why a run can't answer: training it again may mend it. */
export class LessonRunError extends Error {}

/** The newest run of one target, about which a lesson asks. */
class LessonRun implements Disposable {
  readonly #shown: SubjectSession;
  #loading: Promise<void> | undefined;
  #inspector: { readonly of: Inspector; readonly key: string } | undefined;

  constructor(
    readonly target: Target,
    readonly sources: RunSources,
    readonly startWorker: StartTrainerWorker,
  ) {
    this.#shown = new SubjectSession({ kind: 'experiment', target }, sources);
  }

  /** Whether a new run is saved. */
  get saving(): Saving {
    const { uri } = this.target;
    try {
      if (folderOfRuns(uri, this.sources.index.ownRuns) === undefined) return 'unavailable';
    } catch {
      // An invalid setting is reported when a run is started.
    }
    return keepsRecords(uri) ? 'on' : 'off';
  }

  /** The run, read from its folder if this window has not trained it; undefined without one. */
  async session(): Promise<Session | undefined> {
    this.#loading ??= this.#shown.load();
    await this.#loading;
    const { session } = this.#shown;
    return session?.info === undefined ? undefined : session;
  }

  /** Whether there is a run that answers questions about one of its updates, or is about to, and a sentence about it. */
  async state(update: number): Promise<LessonRunState> {
    const name = this.#name();
    await this.session();
    const { session } = this.#shown;
    if (session === undefined || (session.info === undefined && !isLive(session.status.state)))
      return untrained(name, this.saving);
    const { status, folder } = session;
    const { state, updates } = status;
    // While it trains neither its folder nor its file decides, and it is asked for many times a second.
    if (isLive(state))
      return lessonRunState({ name, state, updates, folder: 'readable', saving: this.saving, changed: [] }, update);
    const isThere = folder !== undefined && (await readStoredRun(uriOfLocation(folder))) !== undefined;
    const { uri, variant } = this.target;
    const parsed = await readExperiment(uri).catch(() => undefined);
    const file = parsed?.kind === 'experiment' ? parsed.file : undefined;
    const { experiment, info } = session;
    return lessonRunState(
      {
        name,
        state,
        updates,
        folder: folder === undefined ? 'none' : isThere ? 'readable' : 'gone',
        saving: this.saving,
        changed: changedKeys({ experiment, variant, info }, file) ?? [],
      },
      update,
    );
  }

  /**
   * Sends a request about an update of the run.
   *
   * @throws {LessonRunError} when there is no run, or it can't be replayed
   */
  readonly request: RequestReplay = async (name, params) => {
    try {
      return await this.#ask(name, params);
    } catch (error) {
      throw new LessonRunError(reasonOf(error));
    }
  };

  dispose(): void {
    this.#inspector?.of.dispose();
    this.#shown.dispose();
  }

  readonly #ask: RequestReplay = async (name, params) => {
    const session = await this.session();
    if (session === undefined) throw new Error(translate`${this.#name()} isn't trained yet. Train it first.`);
    const { folder, info } = session;
    if (folder === undefined) throw new Error(translate`This run isn't saved, so its updates can't be inspected.`);
    const key = JSON.stringify([folder, info?.kernelChanges]);
    if (this.#inspector?.key !== key) {
      this.#inspector?.of.dispose();
      const { target, startWorker } = this;
      const updates = (): number => this.#shown.session?.status.updates ?? 0;
      this.#inspector = { of: new Inspector(folderOf(target.uri), folder, startWorker, updates), key };
    }
    return this.#inspector.of.ask(name, params);
  };

  #name(): string {
    const { uri, variant } = this.target;
    return `${fileNameOf(uri)}${variant === undefined ? '' : `, ${quote(variant)}`}`;
  }
}

/** The runs that the lesson which is open asks about: one of each variant. */
export class LessonRuns implements Disposable {
  readonly #runs = new Map<string, LessonRun>();

  constructor(
    readonly sources: RunSources,
    readonly startWorker: StartTrainerWorker,
  ) {}

  of(target: Target): LessonRun {
    const { uri, variant, seed } = target;
    const key = JSON.stringify([uri.toString(), variant ?? null, seed ?? null]);
    const known = this.#runs.get(key);
    if (known !== undefined) return known;
    const run = new LessonRun(target, this.sources, this.startWorker);
    this.#runs.set(key, run);
    return run;
  }

  dispose(): void {
    for (const run of this.#runs.values()) run.dispose();
    this.#runs.clear();
  }
}
