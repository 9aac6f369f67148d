import { EventEmitter, type Disposable, type Event } from 'vscode';
import { readFiles } from '../data/fileReading';
import type { ExperimentFile } from '../experiment/experimentFile';
import type { Objection, Refusal } from '../experiment/refusal';
import type { ResolvedExperiment } from '../experiment/schema';
import { reasonOf } from '../protocol/channel';
import { newRunFolder } from '../run/runFolder';
import { keepsRecords, memoryLimit } from '../platform/settings';
import type { Log } from '../platform/log';
import { accessFor } from './dataAccess';
import { readExperiment } from './experimentText';
import type { RunArchive } from './runArchive';
import { Session } from './session';
import type { Sessions, Target } from './sessions';
import type { StartTrainerWorker } from './trainerWorker';

/** What became of a wish to train. */
export type Launch =
  | { readonly kind: 'started'; readonly session: Session }
  | { readonly kind: 'refused'; readonly refusals: readonly Refusal[] }
  | { readonly kind: 'failed'; readonly message: string }
  /** The person stopped it, or trained anew, before it had begun. */
  | { readonly kind: 'stopped' };

/** Refusals that were found for a target; none clears those found before. */
export interface RefusalsFound {
  readonly target: Target;
  readonly refusals: readonly Refusal[];
}

/** Starts runs: reads the experiment and its files, starts a trainer, hands the session to the registry. */
export class Launcher implements Disposable {
  readonly #refused = new EventEmitter<RefusalsFound>();

  /** Fires at every launch, for the Problems panel. */
  readonly onDidCheck: Event<RefusalsFound> = this.#refused.event;

  constructor(
    readonly sessions: Sessions,
    readonly archive: RunArchive,
    readonly startWorker: StartTrainerWorker,
    readonly log: Log,
  ) {}

  /** A live run of the same target is stopped first: there is one run per target. */
  async launch(target: Target): Promise<Launch> {
    const prepared = await this.#prepare(target);
    if (prepared.kind !== 'prepared') return this.#told(target, prepared);
    const { file, experiment, files } = prepared;
    const previous = this.sessions.get(target);
    if (previous?.isLive === true) await previous.stop().catch(() => undefined);
    const session = new Session(target.uri, target.variant);
    session.onDidNotice((message) => {
      this.log.warn(message);
    });
    this.sessions.put(session);
    const folder = this.#folderFor(target);
    try {
      const refusals = await session.start(this.startWorker, {
        experiment,
        variant: target.variant,
        files,
        memoryLimit: memoryLimit(target.uri),
        folder,
      });
      if (refusals.length > 0) return this.#told(target, { kind: 'refused', refusals: placed(file, target, refusals) });
    } catch (error) {
      if (session.status.state === 'stopped') return this.#told(target, { kind: 'stopped' });
      // The session has told its state itself.
      return this.#told(target, { kind: 'failed', message: reasonOf(error) });
    }
    const kept = session.facts?.folder;
    if (typeof kept === 'string') await this.archive.remember(target, kept);
    this.log.info(`Training ${target.uri.path}${target.variant === undefined ? '' : ` (${target.variant})`}.`);
    if (kept === null) this.log.warn('The records of this run are not kept on disk.');
    return this.#told(target, { kind: 'started', session });
  }

  dispose(): void {
    this.#refused.dispose();
  }

  async #prepare(
    target: Target,
  ): Promise<
    | { kind: 'prepared'; file: ExperimentFile; experiment: ResolvedExperiment; files: ReadonlyMap<string, Uint8Array> }
    | Exclude<Launch, { kind: 'started' }>
  > {
    try {
      const parsed = await readExperiment(target.uri);
      if (parsed.kind === 'refused') return parsed;
      const { file } = parsed;
      const resolved = file.resolve(target.variant);
      if (resolved.kind === 'refused') return { kind: 'refused', refusals: placed(file, target, resolved.refusals) };
      const read = await readFiles(resolved.experiment, accessFor(target.uri));
      if (read.kind === 'refused') return { kind: 'refused', refusals: placed(file, target, read.refusals) };
      return { kind: 'prepared', file, experiment: resolved.experiment, files: read.files };
    } catch (error) {
      return { kind: 'failed', message: `The experiment cannot be read: ${reasonOf(error)}` };
    }
  }

  #told(target: Target, launch: Launch): Launch {
    this.#refused.fire({ target, refusals: launch.kind === 'refused' ? launch.refusals : [] });
    if (launch.kind === 'failed') this.log.error(launch.message);
    return launch;
  }

  #folderFor({ uri, variant }: Target): string | undefined {
    return uri.scheme === 'file' && keepsRecords(uri) ? newRunFolder(uri.fsPath, variant, new Date()) : undefined;
  }
}

function placed(file: ExperimentFile, { variant }: Target, objections: readonly Objection[]): readonly Refusal[] {
  return objections.map((objection) => ({ ...objection, place: file.placeOf(objection.keyPath, variant) }));
}
