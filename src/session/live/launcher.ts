import { EventEmitter, type Uri, type Disposable, type Event } from 'vscode';
import type { FileContent } from '../../data/files/fileContent';
import { checkFiles, readFiles, type FilesRead } from '../../data/files/fileReading';
import type { ExperimentFile } from '../../experiment/experimentFile';
import type { KeyProblem, Problem } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { reasonOf } from '../../protocol/channel';
import { isResumable } from '../../protocol/run';
import type { RunStart, StartParams } from '../../protocol/trainer';
import { memberName } from '../../run/displayName';
import type { GitState } from '../../run/gitState';
import { groupSeed } from '../../run/runInfo';
import { formatUnsaved } from '../../run/storage/storageErrorAdvice';
import { removeIncompleteRun } from '../../run/storage/incompleteRun';
import type { FolderLock } from '../../run/storage/folderLock.node';
import { runFiles } from '../../run/storage/runFiles';
import { newRunFolder } from '../../run/storage/runFolder';
import { completeStep } from '../../platform/completedSteps';
import { contextKeys } from '../../platform/ids';
import { hasGitChanges } from '../../platform/repository';
import { untrustedRunsFolderSetting } from '../../platform/restrictedMode';
import { isReproducible, keepsRecords, memoryLimit, runsFolder, workerCount } from '../../platform/settings';
import type { Log } from '../../platform/log';
import { accessFor } from '../dataAccess';
import { pathFrom, readExperiment } from '../experimentText';
import { sentFiles } from './sentFiles';
import { readStoredRunFiles } from '../stored/storedRunFiles';
import { readStoredRun, type StoredRun } from '../stored/storedRun';
import { loadRun, type LatestRuns } from '../stored/latestRuns';
import { StoredSession } from '../stored/storedSession';
import { LiveSession, type TrainerResources } from './liveSession';
import type { Session } from '../session';
import type { Sessions, Target } from '../sessions';
import type { StartTrainerWorker } from '../trainers/trainerWorker';
import type { TrainingQueue } from './trainingQueue';
import { locationOf, uriOfLocation } from '../files/location';
import { folderOfRuns } from '../files/folderOfRuns';
import { commitAround, lockRun, runStorage } from '../files/hostFiles.node';
import { english } from '../../text/translate';

/** The result of starting a run. */
export type Launch =
  | { readonly kind: 'started'; readonly session: LiveSession }
  | { readonly kind: 'refused'; readonly problems: readonly Problem[] }
  | { readonly kind: 'failed'; readonly message: string }
  /** The user stopped it, or started another run of the target, before it had begun. */
  | { readonly kind: 'stopped' };

/** The problems of a target at its last launch; an empty list clears earlier ones. */
export interface ProblemsFound {
  readonly target: Target;
  readonly problems: readonly Problem[];
}

/** Everything that is read before a run enters the queue. */
interface Prepared {
  readonly target: Target;
  readonly experiment: ResolvedExperiment;
  /** The seeds of the group of which the run is one. */
  readonly seeds: readonly number[];
  /** Reads its files when it trains: runs that wait would hold copies of them in the extension host. */
  readonly readFiles: () => Promise<FilesRead>;
  /** The location of the run's folder; undefined if it is not saved. */
  readonly folder: string | undefined;
  /** The run to resume; undefined for a new run. */
  readonly stored: StoredRun | undefined;
  /** The file in which problems are located; undefined for a stored run. */
  readonly file: ExperimentFile | undefined;
  readonly begin: RunStart;
  /** What is checked out around the experiment file; never rejects. Git is not waited for before the run is shown. */
  readonly git: Promise<GitState | undefined>;
}

type Preparation = { readonly kind: 'prepared'; readonly prepared: Prepared } | Exclude<Launch, { kind: 'started' }>;

/** Starts and resumes runs: reads what they need, queues them, and registers their sessions. */
export class Launcher implements Disposable {
  readonly #refused = new EventEmitter<ProblemsFound>();
  readonly #noticed = new EventEmitter<string>();
  /** Runs that are being resumed and have no session yet, by folder. */
  readonly #resuming = new Map<string, Promise<Launch>>();

  /** Fires with messages for the user that do not end a run. */
  readonly onDidNotice: Event<string> = this.#noticed.event;

  /** Fires at every launch, for the Problems panel. */
  readonly onDidCheck: Event<ProblemsFound> = this.#refused.event;

  constructor(
    readonly sessions: Sessions,
    readonly latestRuns: LatestRuns,
    readonly queue: TrainingQueue,
    readonly startWorker: StartTrainerWorker,
    readonly log: Log,
    /** In the storage of the extension; see `folderOfRuns`. */
    readonly ownRuns?: Uri,
  ) {}

  /**
   * Starts a new run of a target. A live run of the same target is stopped first: there is one run per target.
   *
   * @param onAccepted called as soon as a run can be shown: one that trains, or one in the queue
   * @param isSure whether the experiment is known to be valid; then `onAccepted` is called before the trainer replies
   * @param begin when its first update is trained
   */
  async launch(
    target: Target,
    onAccepted?: (session: LiveSession) => void,
    isSure = false,
    begin: RunStart = 'now',
  ): Promise<Launch> {
    const preparation = await this.#prepare(target, begin);
    const launch =
      preparation.kind === 'prepared' ? await this.#begin(preparation.prepared, onAccepted, isSure) : preparation;
    this.#refused.fire({ target, problems: launch.kind === 'refused' ? launch.problems : [] });
    if (launch.kind === 'failed') this.log.error(launch.message);
    return launch;
  }

  /** Resumes a stored run from its latest checkpoint; does nothing if this window is training it already. */
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

  async #prepare(requested: Target, begin: RunStart): Promise<Preparation> {
    try {
      const parsed = await readExperiment(requested.uri);
      if (parsed.kind === 'refused') return parsed;
      const { file } = parsed;
      const resolved = file.resolve(requested.variant, requested.seed);
      // Of several seeds the first is trained unless another one is requested.
      const target =
        requested.seed === undefined ? { ...requested, seed: file.seedsOf(requested.variant)[0] } : requested;
      if (resolved.kind === 'refused') return { kind: 'refused', problems: placed(file, target, resolved.problems) };
      const { experiment, seeds } = resolved;
      const access = accessFor(target.uri);
      const checked = await checkFiles(experiment, access);
      if (checked.kind === 'refused') return { kind: 'refused', problems: placed(file, target, checked.problems) };
      const folder = this.#folderFor(target);
      if (folder !== undefined) await this.#notifyRestriction(target.uri);
      const git = folder === undefined ? Promise.resolve(undefined) : gitStateOf(target.uri).catch(() => undefined);
      const read = () => readFiles(experiment, access);
      const prepared = { target, experiment, seeds, readFiles: read, folder, stored: undefined, file, begin, git };
      return { kind: 'prepared', prepared };
    } catch (error) {
      return { kind: 'failed', message: english`The experiment can't be read: ${reasonOf(error)}` };
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

  /** A run that could not be resumed is unchanged, and is shown from its folder. */
  async #showAsBefore(folder: string): Promise<void> {
    const session = this.sessions.withFolder(folder);
    if (session === undefined || session.info !== undefined) return;
    await session.released;
    const stored = await readStoredRun(uriOfLocation(folder));
    const loaded = stored && (await loadRun(stored, this.latestRuns.reader.growing()).catch(() => undefined));
    if (loaded === undefined || session.isLive || this.sessions.withFolder(folder) !== session) return;
    this.sessions.replace(session, new StoredSession(session.uri, session.variant, loaded));
  }

  async #prepareResume(folder: string, earlier: Session | undefined): Promise<Preparation> {
    // A trainer that was told to exit may still be writing.
    await earlier?.released;
    const stored = await readStoredRun(uriOfLocation(folder));
    if (stored === undefined) return { kind: 'failed', message: english`${folder} has no readable run.` };
    const { reason, facts } = stored.manifest;
    if (!isResumable(stored.state, 'whole', reason, facts)) {
      const why =
        facts.recordedBy !== undefined
          ? english`it was recorded from ${facts.recordedBy}, which alone can continue it`
          : stored.state === 'elsewhere'
            ? english`another window or a terminal is training it now`
            : english`it is ${stored.state}`;
      return { kind: 'failed', message: english`This run can't be resumed: ${why}.` };
    }
    try {
      return await this.#prepareStored(stored);
    } catch (error) {
      return { kind: 'failed', message: english`This run can't be resumed: ${reasonOf(error)}` };
    }
  }

  async #prepareStored(stored: StoredRun): Promise<Preparation> {
    const { manifest, experiment: uri, base, folder } = stored;
    const { storedExperiment } = await import('../../run/storedExperiment');
    const resolved = storedExperiment(manifest);
    if (resolved.kind === 'refused') return failedBy(resolved.problems);
    const { experiment } = resolved;
    const read: FilesRead = {
      kind: 'read',
      files: await readStoredRunFiles(experiment, base, manifest.facts.dataDigest),
    };
    const target = { uri, variant: manifest.variant ?? undefined, seed: groupSeed(manifest.facts) };
    const prepared = {
      ...{ target, experiment, stored, folder: locationOf(folder), file: undefined, begin: 'now' as const },
      seeds: manifest.facts.seeds,
      git: Promise.resolve(manifest.git ?? undefined),
      readFiles: () => Promise.resolve(read),
    };
    return { kind: 'prepared', prepared };
  }

  async #begin(prepared: Prepared, onAccepted?: (session: LiveSession) => void, isSure = false): Promise<Launch> {
    const { target } = prepared;
    const previous = this.sessions.get(target);
    if (previous?.isLive === true) await previous.stopAndWait().catch(() => undefined);
    const session = new LiveSession(
      target.uri,
      target.variant,
      prepared.stored && locationOf(prepared.stored.folder),
      target.seed,
    );
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
      const read = await prepared.readFiles();
      if (read.kind === 'refused') {
        session.refuse(read.problems[0]?.message);
        return refused(prepared, read.problems);
      }
      lock = await this.#locked(prepared);
      const { stored, folder } = prepared;
      const isNew = stored === undefined && folder !== undefined && (await isEmpty(folder));
      if (!session.isLive) {
        await lock?.release();
        return { kind: 'stopped' };
      }
      const readHistory =
        stored &&
        ((updates: number) =>
          this.latestRuns.reader.historyUntil(locationOf(stored.folder), stored.manifest.facts, updates));
      const resources = {
        lock: isNew && lock !== undefined ? lockOfNewRun(lock, folder, session) : lock,
        readHistory,
      };
      lock = undefined;
      const launch = await this.#start(session, prepared, read.files, resources);
      if (launch.kind === 'started' && !isShown) onAccepted?.(session);
      return launch;
    } catch (error) {
      await lock?.release();
      if (session.status.state === 'stopped') return { kind: 'stopped' };
      session.fail(reasonOf(error));
      // If the trainer has exited, the session's message says more than the rejected request.
      return { kind: 'failed', message: session.status.message ?? reasonOf(error) };
    }
  }

  async #start(
    session: LiveSession,
    prepared: Prepared,
    files: ReadonlyMap<string, FileContent>,
    resources: TrainerResources,
  ): Promise<Launch> {
    const { target, experiment, stored, begin } = prepared;
    // Without the lock a new run is trained but not saved.
    const folder = resources.lock === undefined ? undefined : prepared.folder;
    const params: StartParams = {
      experiment,
      variant: target.variant,
      seeds: prepared.seeds,
      files: sentFiles(files),
      memoryLimit: memoryLimit(target.uri),
      workers: workerCount(target.uri),
      reproducible: isReproducible(target.uri),
      folder,
      source: folder === undefined ? undefined : sourceOf(uriOfLocation(folder), target.uri),
      git: await prepared.git,
      resumedManifest: stored?.manifest,
      begin,
    };
    const problems = await session.start(this.startWorker, params, resources);
    if (problems.length > 0) return refused(prepared, problems);
    if (session.folder !== undefined) await this.latestRuns.record(target, session.folder);
    completeStep(contextKeys.hasTrained);
    const member = memberName(target.variant, target.seed);
    this.log.info(`Training ${target.uri.path}${member === undefined ? '' : ` (${member})`}.`);
    if (session.folder === undefined) this.log.warn("This run isn't saved.");
    return { kind: 'started', session };
  }

  /** Locks the run's folder; a new run whose folder can't be locked is trained unsaved, with a message. */
  async #locked({ folder, stored }: Prepared): Promise<FolderLock | undefined> {
    if (folder === undefined) return undefined;
    try {
      return await lockRun(folder);
    } catch (error) {
      if (stored !== undefined) throw new Error(english`This run can't be resumed: ${reasonOf(error)}.`);
      const message = formatUnsaved(error, folder);
      this.log.warn(message);
      this.#noticed.fire(message);
      return undefined;
    }
  }

  /** Tells the user that Restricted Mode ignores the workspace's runs folder, and where runs are saved instead. */
  async #notifyRestriction(uri: Uri): Promise<void> {
    const ignored = await untrustedRunsFolderSetting(uri);
    if (ignored === undefined) return;
    const own = runsFolder(uri);
    const message = english`This workspace sets unroll.runsFolder to "${ignored}". Restricted Mode ignores that: runs are saved ${own === undefined ? english`beside their experiments` : english`in ${own.fsPath}, as in your user settings`}. Trust the workspace to use its setting.`;
    this.log.warn(message);
    this.#noticed.fire(message);
  }

  #folderFor({ uri, variant, seed }: Target): string | undefined {
    const runs = keepsRecords(uri) ? folderOfRuns(uri, this.ownRuns) : undefined;
    if (runs === undefined) return undefined;
    return locationOf(runs.with({ path: newRunFolder(uri.path, variant, new Date(), runs.path, seed) }));
  }
}

/**
 * Where an experiment is, for the manifest of a run: relative to the run's folder, or its URI if it is in another file
 * system or on another drive.
 */
function sourceOf(folder: Uri, experiment: Uri): string {
  return pathFrom(folder, experiment) ?? experiment.toString();
}

/** The commit around an experiment file, and whether files differ from it. */
async function gitStateOf(uri: Uri): Promise<GitState | undefined> {
  const commit = await commitAround(uri);
  return commit === undefined ? undefined : { commit, isDirty: await hasGitChanges(uri) };
}

/** Whether a run's folder has no file except its lock. */
async function isEmpty(folder: string): Promise<boolean> {
  return runStorage(folder)
    .list('')
    .then(
      (names) => names.every((name) => name === runFiles.lock),
      () => false,
    );
}

/** The lock of a new run's folder; releasing it before the run has started also removes the incomplete run. */
function lockOfNewRun(lock: FolderLock, folder: string, session: LiveSession): FolderLock {
  return {
    addWriter: (pid) => lock.addWriter(pid),
    release: async () => {
      if (session.info === undefined) await removeIncompleteRun(runStorage(folder)).catch(() => undefined);
      await lock.release();
    },
  };
}

function placed(file: ExperimentFile, { variant }: Target, problems: readonly KeyProblem[]): readonly Problem[] {
  return problems.map((problem) => file.placed(problem, variant));
}

/** The launch of a run with problems: of a stored run, whose experiment has no file to show them in, a failed one. */
function refused({ target, file }: Prepared, problems: readonly KeyProblem[]): Launch {
  return file === undefined ? failedBy(problems) : { kind: 'refused', problems: placed(file, target, problems) };
}

function failedBy(problems: readonly { readonly message: string }[]): Launch & { kind: 'failed' } {
  return { kind: 'failed', message: problems[0]?.message ?? english`The experiment of this run can't be read.` };
}
