import { EventEmitter, Uri, type Disposable, type Event } from 'vscode';
import { readFiles } from '../data/fileReading';
import type { ExperimentFile } from '../experiment/experimentFile';
import type { KeyProblem, Problem } from '../experiment/problem';
import type { ResolvedExperiment } from '../experiment/schema';
import { reasonOf } from '../protocol/channel';
import { isResumable } from '../protocol/run';
import type { StartParams } from '../protocol/trainer';
import { formatUnsaved } from '../run/storage/storageErrorAdvice';
import { removeIncompleteRun } from '../run/storage/incompleteRun';
import { lockFolder, type FolderLock } from '../run/storage/folderLock.node';
import { FolderStorage } from '../run/storage/folderStorage.node';
import { runFiles } from '../run/storage/runFiles';
import { newRunFolder } from '../run/storage/runFolder';
import { untrustedRunsFolderSetting } from '../platform/restrictedMode';
import { isReproducible, keepsRecords, memoryLimit, runsFolder, workerCount } from '../platform/settings';
import type { Log } from '../platform/log';
import { accessFor } from './dataAccess';
import { readExperiment } from './experimentText';
import { readStoredRunFiles } from './storedRunFiles';
import { readStoredRun, type StoredRun } from './storedRun';
import { loadRun, type LatestRuns } from './latestRuns';
import { StoredSession } from './storedSession';
import { LiveSession, type TrainerResources } from './liveSession';
import type { Session } from './session';
import type { Sessions, Target } from './sessions';
import type { StartTrainerWorker } from './trainerWorker';
import type { TrainingQueue } from './trainingQueue';

/** What became of a wish to train. */
export type Launch =
  | { readonly kind: 'started'; readonly session: LiveSession }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'failed'; readonly message: string }
  /** The person stopped it, or trained anew, before it had begun. */
  | { readonly kind: 'stopped' };

/** Refusals that were found for a target; none clears those found before. */
export interface ProblemsFound {
  readonly target: Target;
  readonly problems: readonly Problem[];
}

/** Everything a run needs before it is its turn. */
interface Prepared {
  readonly target: Target;
  readonly experiment: ResolvedExperiment;
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** Where the run is to be kept; undefined where it is not. */
  readonly folder: string | undefined;
  /** The run that is gone on with. */
  readonly kept: StoredRun | undefined;
  /** The file in which objections have a place; a kept run has none. */
  readonly file: ExperimentFile | undefined;
}

type Preparation = { readonly kind: 'prepared'; readonly prepared: Prepared } | Exclude<Launch, { kind: 'started' }>;

/** Starts runs and goes on with kept ones: reads what they need, waits for their turn, hands the session to the registry. */
export class Launcher implements Disposable {
  readonly #refused = new EventEmitter<ProblemsFound>();
  readonly #noticed = new EventEmitter<string>();
  /** Runs that are being gone on with and have no session yet, by their folders. */
  readonly #resuming = new Map<string, Promise<Launch>>();

  /** Fires with what the person must know and does not end a run. */
  readonly onDidNotice: Event<string> = this.#noticed.event;

  /** Fires at every launch, for the Problems panel. */
  readonly onDidCheck: Event<ProblemsFound> = this.#refused.event;

  constructor(
    readonly sessions: Sessions,
    readonly latestRuns: LatestRuns,
    readonly queue: TrainingQueue,
    readonly startWorker: StartTrainerWorker,
    readonly log: Log,
  ) {}

  /**
   * Trains a target from its beginning. A live run of the same target is stopped first: there is one run per target.
   *
   * @param onAccepted called as soon as there is something to show: a run that trains, or one that waits for its turn
   * @param isSure whether a trainer is known to take it; then there is something to show before this one has said so
   */
  async launch(target: Target, onAccepted?: (session: LiveSession) => void, isSure = false): Promise<Launch> {
    const preparation = await this.#prepare(target);
    const launch =
      preparation.kind === 'prepared' ? await this.#begin(preparation.prepared, onAccepted, isSure) : preparation;
    this.#refused.fire({ target, problems: launch.kind === 'refused' ? launch.problems : [] });
    if (launch.kind === 'failed') this.log.error(launch.message);
    return launch;
  }

  /** Goes on with a kept run from its newest checkpoint; one that this window trains already is left alone. */
  async resume(folder: string, onAccepted?: (session: LiveSession) => void): Promise<Launch> {
    const live = this.sessions.withFolder(folder);
    if (live?.isLive === true) return { kind: 'started', session: live };
    const launch =
      this.#resuming.get(folder) ??
      this.#resume(folder, live, onAccepted).finally(() => {
        this.#resuming.delete(folder);
      });
    this.#resuming.set(folder, launch);
    return launch;
  }

  dispose(): void {
    this.#refused.dispose();
    this.#noticed.dispose();
  }

  async #prepare(target: Target): Promise<Preparation> {
    try {
      const parsed = await readExperiment(target.uri);
      if (parsed.kind === 'refused') return parsed;
      const { file } = parsed;
      const resolved = file.resolve(target.variant);
      if (resolved.kind === 'refused') return { kind: 'refused', problems: placed(file, target, resolved.problems) };
      const { experiment } = resolved;
      const read = await readFiles(experiment, accessFor(target.uri));
      if (read.kind === 'refused') return { kind: 'refused', problems: placed(file, target, read.problems) };
      const folder = this.#folderFor(target);
      if (folder !== undefined) await this.#tellOfRestriction(target.uri);
      return { kind: 'prepared', prepared: { target, experiment, files: read.files, folder, kept: undefined, file } };
    } catch (error) {
      return { kind: 'failed', message: `The experiment can't be read: ${reasonOf(error)}` };
    }
  }

  async #resume(
    folder: string,
    earlier: Session | undefined,
    onAccepted: ((session: LiveSession) => void) | undefined,
  ): Promise<Launch> {
    const preparation = await this.#prepareResume(folder, earlier);
    const launch = preparation.kind === 'prepared' ? await this.#begin(preparation.prepared, onAccepted) : preparation;
    if (launch.kind === 'failed') this.log.error(launch.message);
    if (launch.kind !== 'started') await this.#showAsBefore(folder);
    return launch;
  }

  /** A run that was not gone on with is as it was, and is shown as its folder tells of it. */
  async #showAsBefore(folder: string): Promise<void> {
    const session = this.sessions.withFolder(folder);
    if (session === undefined || session.facts !== undefined) return;
    await session.released;
    const kept = await readStoredRun(Uri.file(folder));
    const archived = kept && (await loadRun(kept, this.latestRuns.reader.growing()).catch(() => undefined));
    if (archived === undefined || session.isLive || this.sessions.withFolder(folder) !== session) return;
    this.sessions.replace(session, new StoredSession(session.uri, session.variant, archived));
  }

  async #prepareResume(folder: string, earlier: Session | undefined): Promise<Preparation> {
    // A thread that was told to end may still be at its last write.
    await earlier?.released;
    const kept = await readStoredRun(Uri.file(folder));
    if (kept === undefined) return { kind: 'failed', message: `${folder} holds no run that can be read.` };
    if (!isResumable(kept.state)) {
      const isElsewhere = kept.state === 'elsewhere';
      const why = isElsewhere ? 'another window or a terminal is training it now' : `it is ${kept.state}`;
      return { kind: 'failed', message: `This run can't be resumed: ${why}.` };
    }
    try {
      return await this.#prepareKept(kept);
    } catch (error) {
      return { kind: 'failed', message: `This run can't be resumed: ${reasonOf(error)}` };
    }
  }

  async #prepareKept(kept: StoredRun): Promise<Preparation> {
    const { manifest, experiment: uri, base, folder } = kept;
    // A manifest is a file like any other: its experiment is held against the format before anything is built from it.
    const { parseExperiment } = await import('../experiment/parse');
    const parsed = parseExperiment(JSON.stringify(manifest.experiment));
    const resolved = parsed.kind === 'experiment' ? parsed.file.resolve() : parsed;
    if (resolved.kind === 'refused') return failedBy(resolved.problems);
    const { experiment } = resolved;
    const files = await readStoredRunFiles(experiment, base, manifest.facts.dataDigest);
    const target = { uri, variant: manifest.variant ?? undefined };
    const prepared = { target, experiment, files, folder: folder.fsPath, kept, file: undefined };
    return { kind: 'prepared', prepared };
  }

  async #begin(prepared: Prepared, onAccepted?: (session: LiveSession) => void, isSure = false): Promise<Launch> {
    const { target } = prepared;
    const previous = this.sessions.get(target);
    if (previous?.isLive === true) await previous.stopAndWait().catch(() => undefined);
    const session = new LiveSession(target.uri, target.variant, prepared.kept?.folder.fsPath);
    session.onDidNotice((message) => {
      this.log.warn(message);
      this.#noticed.fire(message);
    });
    this.sessions.put(session);
    const turn = this.queue.acquire(session);
    const isShown = isSure || session.status.state === 'waiting';
    if (isShown) onAccepted?.(session);
    if (!(await turn)) return { kind: 'stopped' };
    let lock: FolderLock | undefined;
    try {
      lock = await this.#locked(prepared);
      const { kept, folder } = prepared;
      const isNew = kept === undefined && folder !== undefined && (await isEmpty(folder));
      if (!session.isLive) {
        await lock?.release();
        return { kind: 'stopped' };
      }
      const recall =
        kept &&
        ((updates: number) => this.latestRuns.reader.historyUntil(kept.folder.fsPath, kept.manifest.facts, updates));
      const held = { lock: isNew && lock !== undefined ? tidying(lock, folder, session) : lock, recall };
      lock = undefined;
      const launch = await this.#start(session, prepared, held);
      if (launch.kind === 'started' && !isShown) onAccepted?.(session);
      return launch;
    } catch (error) {
      await lock?.release();
      if (session.status.state === 'stopped') return { kind: 'stopped' };
      session.fail(reasonOf(error));
      // Of a trainer that is gone the session says more than the request that it has not answered.
      return { kind: 'failed', message: session.status.message ?? reasonOf(error) };
    }
  }

  async #start(session: LiveSession, prepared: Prepared, held: TrainerResources): Promise<Launch> {
    const { target, experiment, files, kept, file } = prepared;
    // Without its lock a new run is trained, and not kept.
    const folder = held.lock === undefined ? undefined : prepared.folder;
    const params: StartParams = {
      experiment,
      variant: target.variant,
      files,
      memoryLimit: memoryLimit(target.uri),
      workers: workerCount(target.uri),
      reproducible: isReproducible(target.uri),
      folder,
      source: folder === undefined ? undefined : pathFrom(Uri.file(folder), target.uri),
      resumedManifest: kept?.manifest,
    };
    const problems = await session.start(this.startWorker, params, held);
    if (problems.length > 0) {
      return file === undefined ? failedBy(problems) : { kind: 'refused', problems: placed(file, target, problems) };
    }
    if (session.folder !== undefined) await this.latestRuns.record(target, session.folder);
    this.log.info(`Training ${target.uri.path}${target.variant === undefined ? '' : ` (${target.variant})`}.`);
    if (session.folder === undefined) this.log.warn("This run isn't saved.");
    return { kind: 'started', session };
  }

  /** Takes the run's folder; a new run whose folder cannot be had is trained all the same, and says so. */
  async #locked({ folder, kept }: Prepared): Promise<FolderLock | undefined> {
    if (folder === undefined) return undefined;
    try {
      return await lockFolder(folder);
    } catch (error) {
      if (kept !== undefined) throw new Error(`This run can't be resumed: ${reasonOf(error)}.`);
      const message = formatUnsaved(error, folder);
      this.log.warn(message);
      this.#noticed.fire(message);
      return undefined;
    }
  }

  /** The run is kept elsewhere than the workspace says, so the person is told where. */
  async #tellOfRestriction(uri: Uri): Promise<void> {
    const unheeded = await untrustedRunsFolderSetting(uri);
    if (unheeded === undefined) return;
    const own = runsFolder(uri);
    const message =
      `This workspace sets unroll.runsFolder to "${unheeded}". Restricted Mode ignores that: runs are saved ` +
      `${own === undefined ? 'beside their experiments' : `in ${own.fsPath}, as in your user settings`}. ` +
      'Trust the workspace to use its setting.';
    this.log.warn(message);
    this.#noticed.fire(message);
  }

  #folderFor({ uri, variant }: Target): string | undefined {
    if (uri.scheme !== 'file' || !keepsRecords(uri)) return undefined;
    return newRunFolder(uri.fsPath, variant, new Date(), runsFolder(uri)?.fsPath);
  }
}

/** Whether nothing but its lock lies in a run's folder. */
async function isEmpty(folder: string): Promise<boolean> {
  return new FolderStorage(folder).list('').then(
    (names) => names.every((name) => name === runFiles.lock),
    () => false,
  );
}

/** The lock of a new run's folder; let go of before the run has begun, it takes along what was there of a beginning. */
function tidying(lock: FolderLock, folder: string, session: LiveSession): FolderLock {
  return {
    addWriter: (pid) => lock.addWriter(pid),
    release: async () => {
      if (session.facts === undefined) await removeIncompleteRun(new FolderStorage(folder)).catch(() => undefined);
      await lock.release();
    },
  };
}

function placed(file: ExperimentFile, { variant }: Target, objections: readonly KeyProblem[]): readonly Problem[] {
  return objections.map((objection) => ({ ...objection, place: file.placeOf(objection.keyPath, variant) }));
}

function failedBy(problems: readonly { readonly message: string }[]): Launch & { kind: 'failed' } {
  return { kind: 'failed', message: problems[0]?.message ?? "The experiment of this run can't be read." };
}

/** The way from a folder to a file, with `/`; absolute where the two share no root. */
function pathFrom(folder: Uri, file: Uri): string {
  const from = folder.path.split('/');
  const to = file.path.split('/');
  const shared = from.findIndex((part, i) => part !== to[i]);
  const depth = shared < 0 ? from.length : shared;
  return [...from.slice(depth).map(() => '..'), ...to.slice(depth)].join('/');
}
