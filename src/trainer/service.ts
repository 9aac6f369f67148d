import type { ParameterCheck } from '../checks/gradientCheck';
import { computeDataDigest } from '../data/files/dataDigest';
import type { StreamedFile } from '../data/files/fileContent';
import { ReadingProgress } from '../data/files/readingProgress';
import { Diagnosis } from '../diagnosis/diagnosis';
import { defaultKernelSet, missingSpeed, openKernels, type BuiltKernelSet } from '../engine/kernels/open';
import { reasonOf, type Channel, type Handlers } from '../protocol/channel';
import { replayHandlers } from '../protocol/replayRequests';
import type { RunInfo } from '../protocol/run';
import type { StoredRunRequests } from '../protocol/storedRun';
import type {
  Ending,
  ExportParams,
  ExportReply,
  GradientCheckParams,
  GradientCheckReply,
  RangeTestParams,
  RangeTestReply,
  StartParams,
  StartReply,
  TrainerContract,
  TrainerHostContract,
} from '../protocol/trainer';
import { kernelsAt } from '../run/kernelHistory';
import type { Manifest } from '../run/manifest';
import { buffersOf } from '../run/records/recordBatch';
import type { RunStorage } from '../run/storage/storage';
import { formatUnsaved } from '../run/storage/storageErrorAdvice';
import { exportToPyTorch } from './export/exportToPyTorch';
import { ReplayService } from './replay/replayService';
import { RunWriter } from './storage/runWriter';
import { ExperimentChecker } from './training/experimentCheck';
import { gradientChecksOf } from './training/gradientChecks';
import { experimentOfTest, findLearningRate } from './training/rangeTest';
import { Run, type RunObserver } from './training/run';
import type { RunSignals } from './training/runSignals';
import { runInfoOf } from './training/runInfo';
import { resumedKernelsNotice, runnableKernels } from './training/runnableKernels';
import { openedFiles, streamedBytes } from './training/openedFiles';
import { columnsOf, previewTableOf } from './training/tables';
import { Training } from './training/training';
import { prepareTraining } from './training/trainingSetup';
import { WorkerPool, type Threads } from './training/workerPool';

/** Answers requests about stored runs. */
export type StoredRunHandlers = Handlers<{ requests: StoredRunRequests; events: Record<never, never> }>;

/** The services that the process of a trainer provides. */
export interface TrainerHost {
  readonly connect: (handlers: Handlers<TrainerContract>) => Channel<TrainerContract, TrainerHostContract>;
  readonly openFolder: (folder: string) => RunStorage;
  /** A file that is read in parts. */
  readonly openFile: (location: string, size: number, onRead?: (bytes: number) => void) => StreamedFile;
  /** Reads stored runs. */
  readonly storedRuns: StoredRunHandlers;
  /** Monotonic clock, in seconds. */
  readonly clock: () => number;
  /** Handles the messages that have arrived before it resolves. */
  readonly yieldToMessages: () => Promise<void>;
  /** What the host asks of the run outside its messages. */
  readonly signals: RunSignals;
  /** Threads that can share the work; undefined where the host has none. */
  readonly threads: Threads | undefined;
}

/** Seconds between two events about the progress of a range test. */
const secondsBetweenProgress = 0.1;

/** Serves one run to the extension host: start it once, then pause, step, resume and stop it; or replay a stored one. */
export class TrainerService {
  readonly #host: TrainerHost;
  readonly #channel: Channel<TrainerContract, TrainerHostContract>;
  readonly #checker: ExperimentChecker;
  readonly #replays: ReplayService;
  #run: Run | undefined;
  #ended: Promise<unknown> = Promise.resolve();

  constructor(host: TrainerHost) {
    this.#host = host;
    this.#checker = new ExperimentChecker(host.threads?.cores ?? 1, host.clock);
    this.#replays = new ReplayService(host.openFolder, host.openFile, host.clock, host.yieldToMessages);
    this.#channel = host.connect(this.#handlers());
  }

  /** Saves the run and stops it, so that it can be resumed; resolves when that is done. */
  async suspend(): Promise<void> {
    this.#run?.suspend();
    await this.#ended;
  }

  #handlers(): Handlers<TrainerContract> {
    return {
      start: (params) => this.#start(params),
      findLearningRate: (params) => this.#findLearningRate(params),
      checkGradients: (params) => this.#checkGradients(params),
      exportPyTorch: (params) => this.#export(params),
      checkExperiment: (params) => this.#checker.check(params),
      previewTable: previewTableOf,
      summarizeColumns: columnsOf,
      pause: async () => {
        this.#host.signals.noteRequest();
        await this.#running.pause();
        return undefined;
      },
      resume: () => {
        this.#host.signals.noteRequest();
        this.#running.resume();
        return undefined;
      },
      step: async () => {
        this.#host.signals.noteRequest();
        await this.#running.step();
        return undefined;
      },
      stop: () => {
        this.#running.stop();
        return undefined;
      },
      setPace: (pace) => {
        this.#running.setPace(pace);
        return undefined;
      },
      release: () => {
        this.#running.release();
        return undefined;
      },
      setLearningRate: (rate) => this.#running.setLearningRate(rate),
      unwritten: (from) => this.#running.unwritten(from),
      ...this.#host.storedRuns,
      openReplay: (params) => this.#replays.open(params),
      openRecorded: (params) => {
        this.#replays.openRecorded(params);
        return undefined;
      },
      ...replayHandlers((name, params) => this.#replays.answer(name, params)),
    };
  }

  get #running(): Run {
    if (this.#run === undefined) throw new Error('No run has been started.');
    return this.#run;
  }

  async #start(params: StartParams): Promise<StartReply> {
    if (this.#run !== undefined) throw new Error('This trainer already has a run.');
    const { experiment, variant, memoryLimit, folder, resumedManifest } = params;
    const { clock, threads } = this.#host;
    const progress = new ReadingProgress(experiment, streamedBytes(params.files), clock, (share) => {
      this.#channel.emit('reading', share);
    });
    const files = openedFiles(params.files, (location, size) => this.#host.openFile(location, size, progress.add));
    // Before the data are opened: it copies the file's bytes, and frees the copy.
    const dataDigest = await computeDataDigest(experiment, files);
    const prepared = prepareTraining({
      experiment,
      files,
      kernels: openKernels(
        resumedManifest === undefined ? defaultKernelSet(params.reproducible) : this.#kernelsOf(resumedManifest),
      ),
      memoryLimit,
      workers: { requested: params.workers, cores: threads?.cores ?? 1 },
      ...(resumedManifest === undefined
        ? {}
        : { shards: resumedManifest.facts.shards, recorded: resumedManifest.facts.layout }),
    });
    if (prepared.kind === 'refused') return prepared;
    const { setup } = prepared;
    const slowness = missingSpeed();
    if (slowness !== undefined) this.#notify(slowness);
    for (const notice of setup.notices) this.#notify(notice);
    const training = new Training(setup, clock);
    const workers = WorkerPool.start(setup.learner, params.workers, threads, (message) => {
      this.#notify(message);
    });
    const infoWith = (saved: string | undefined): RunInfo =>
      runInfoOf(setup, variant, saved, workers.workers, dataDigest, params.seeds);
    const writer =
      folder === undefined ? undefined : await this.#openWriter(training, infoWith(folder), folder, params);
    const info = writer?.info ?? infoWith(undefined);
    this.#run = new Run({
      training,
      writer,
      diagnosis: writer?.diagnosis ?? new Diagnosis(experiment, info),
      observer: this.#observer(),
      yieldToMessages: this.#host.yieldToMessages,
      signals: this.#host.signals,
      ...(params.begin === undefined ? {} : { begin: params.begin }),
    });
    this.#ended = this.#train(this.#run, training, workers);
    return { kind: 'started', info, updates: training.updates };
  }

  async #findLearningRate(params: RangeTestParams): Promise<RangeTestReply> {
    const { clock, yieldToMessages } = this.#host;
    const files = openedFiles(params.files, (location, size) => this.#host.openFile(location, size));
    const prepared = prepareTraining({
      experiment: experimentOfTest(params.experiment),
      files,
      kernels: openKernels(defaultKernelSet(params.reproducible)),
      memoryLimit: params.memoryLimit,
    });
    if (prepared.kind === 'refused') return prepared;
    let last = clock();
    const test = await findLearningRate(new Training(prepared.setup, clock), async (progress) => {
      if (clock() - last < secondsBetweenProgress) return;
      this.#channel.emit('rangeTested', progress);
      await yieldToMessages();
      last = clock();
    });
    return { kind: 'done', test };
  }

  async #checkGradients(params: GradientCheckParams): Promise<GradientCheckReply> {
    const files = openedFiles(params.files, (location, size) => this.#host.openFile(location, size));
    const prepared = prepareTraining({
      experiment: params.experiment,
      files,
      kernels: openKernels(defaultKernelSet(params.reproducible)),
      memoryLimit: params.memoryLimit,
    });
    if (prepared.kind === 'refused') return prepared;
    const { subject, checks } = gradientChecksOf(prepared.setup);
    const done: ParameterCheck[] = [];
    for (const check of checks) {
      done.push(check);
      this.#channel.emit('gradientChecked', check);
      await this.#host.yieldToMessages();
    }
    return { kind: 'checked', subject, checks: done };
  }

  #export({ experiment, files, memoryLimit, names }: ExportParams): ExportReply {
    const prepared = prepareTraining({
      experiment,
      files: openedFiles(files, (location, size) => this.#host.openFile(location, size)),
      // Their parameters are double precision.
      kernels: openKernels('reference'),
      memoryLimit,
    });
    if (prepared.kind === 'refused') return prepared;
    return { kind: 'exported', program: exportToPyTorch(prepared.setup, names) };
  }

  async #train(run: Run, training: Training, workers: WorkerPool): Promise<void> {
    // The reply to `start` goes out before the first update.
    await this.#host.yieldToMessages();
    const ending = await run
      .train()
      .catch((error: unknown): Ending => ({ kind: 'failed', updates: training.updates, message: reasonOf(error) }));
    workers.dispose();
    this.#channel.emit('ended', ending);
  }

  #observer(): RunObserver {
    return {
      records: (batch) => {
        this.#channel.emit('records', batch, buffersOf(batch));
      },
      rateReduced: (change) => {
        this.#channel.emit('rateReduced', change);
      },
      saveStatus: (status) => {
        this.#channel.emit('saveStatus', status);
      },
      findings: (findings) => {
        this.#channel.emit('findings', findings);
      },
    };
  }

  /** The kernel set that computed a run; another one, with a notice, where that set cannot run here. */
  #kernelsOf({ facts }: Manifest): BuiltKernelSet {
    const kernels = runnableKernels(kernelsAt(facts, Infinity));
    const notice = resumedKernelsNotice(kernels);
    if (notice !== undefined) this.#notify(notice);
    return kernels.name;
  }

  async #openWriter(
    training: Training,
    info: RunInfo,
    folder: string,
    { source, git, resumedManifest }: StartParams,
  ): Promise<RunWriter | undefined> {
    const writer = new RunWriter(this.#host.openFolder(folder), training, info, { source, git });
    if (resumedManifest !== undefined) {
      for (const problem of await writer.resume(resumedManifest)) this.#notify(problem);
      return writer;
    }
    try {
      await writer.begin();
      return writer;
    } catch (error) {
      this.#notify(formatUnsaved(error, folder));
      return undefined;
    }
  }

  #notify(message: string): void {
    this.#channel.emit('notice', message);
  }
}
