import type { Disposable } from 'vscode';
import type { RequestReplay } from '../../protocol/replayRequests';
import { isLive, stateLabels } from '../../protocol/run';
import { fileNameOf, folderOf } from '../../session/experimentText';
import { Inspector } from '../../session/trainers/inspector';
import type { StartTrainerWorker } from '../../session/trainers/trainerWorker';
import type { Session } from '../../session/session';
import type { Target } from '../../session/sessions';
import { formatCount, formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';
import { SubjectSession, type RunSources } from '../subjectSession';

/** The newest run of one target, about which a lesson asks. */
class LessonRun implements Disposable {
  readonly #shown: SubjectSession;
  #loading: Promise<void> | undefined;
  #inspector: { readonly of: Inspector; readonly key: string } | undefined;

  constructor(
    readonly target: Target,
    sources: RunSources,
    readonly startWorker: StartTrainerWorker,
  ) {
    this.#shown = new SubjectSession({ kind: 'experiment', target }, sources);
  }

  /** The run, read from its folder if this window has not trained it; undefined without one. */
  async session(): Promise<Session | undefined> {
    this.#loading ??= this.#shown.load();
    await this.#loading;
    const { session } = this.#shown;
    return session?.info === undefined ? undefined : session;
  }

  /** Whether there is a run, or one is about to start. */
  async exists(): Promise<boolean> {
    const session = (await this.session()) ?? this.#shown.session;
    return session !== undefined && (session.info !== undefined || isLive(session.status.state));
  }

  /** What the run is doing, in a sentence. */
  async state(update: number): Promise<string> {
    const name = this.#name();
    await this.session();
    const status = this.#shown.session?.status;
    if (status === undefined || status.state === 'refused') return `${name} isn’t trained yet.`;
    const { state, updates } = status;
    const made = `${formatCount(updates, 'update')}, ${stateLabels[state]}`;
    if (update < updates) return `${name}: ${made}.`;
    if (isLive(state)) return `${name}: ${made}. This is about update ${formatExact(update)}, which comes.`;
    return `${name}: ${made}. This is about update ${formatExact(update)}, which the run doesn’t have: train it again.`;
  }

  /**
   * Sends a request about an update of the run.
   *
   * @throws with a readable reason when there is no run, or it can't be replayed
   */
  readonly request: RequestReplay = async (name, params) => {
    const session = await this.session();
    if (session === undefined) throw new Error(`${this.#name()} isn't trained yet. Train it first.`);
    const { folder, info } = session;
    if (folder === undefined) throw new Error("This run isn't saved, so its updates can't be inspected.");
    const key = JSON.stringify([folder, info?.kernelChanges]);
    if (this.#inspector?.key !== key) {
      this.#inspector?.of.dispose();
      const { target, startWorker } = this;
      const updates = (): number => this.#shown.session?.status.updates ?? 0;
      this.#inspector = { of: new Inspector(folderOf(target.uri), folder, startWorker, updates), key };
    }
    return this.#inspector.of.ask(name, params);
  };

  dispose(): void {
    this.#inspector?.of.dispose();
    this.#shown.dispose();
  }

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
