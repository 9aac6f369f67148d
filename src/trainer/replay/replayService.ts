import type { StreamedFile } from '../../data/files/fileContent';
import { openKernels, type BuiltKernelSet } from '../../engine/kernels/open';
import { replayRequests, type ReplayRequestName, type ReplayRequests } from '../../protocol/replayRequests';
import type { RecordedReplayParams, ReplayParams, ReplayReply, StartProblem } from '../../protocol/trainer';
import { kernelsAt } from '../../run/kernelHistory';
import { formatDamagedChanges, maxRateChangesBytes, readRateChanges, type RateChange } from '../../run/rateChanges';
import { runFiles } from '../../run/storage/runFiles';
import type { RunStorage } from '../../run/storage/storage';
import { replayedKernelsNotice, runnableKernels } from '../training/runnableKernels';
import { Training } from '../training/training';
import { openedFiles } from '../training/openedFiles';
import { prepareTraining, type TrainingSetup } from '../training/trainingSetup';
import { UpdateTerms } from './chainRuleTerms';
import { GradientFlowComputer } from './gradientFlow';
import { Replay } from './replay';
import { readRecordedUpdate, type RecordedRun } from './recordedUpdate';
import { ProbeComputer } from './probedUpdate';
import { PredictionReader } from '../predictions/predictionReader';
import { replayHandlersByName, type ReplayContext } from './replayHandlers';
import { RequestQueue, type Pause } from './requestQueue';

/** The run that is replayed. */
interface ReplayedRun {
  readonly params: ReplayParams;
  readonly storage: RunStorage;
  readonly changes: readonly RateChange[];
}

/** What computes answers about the updates of one net. */
interface Computers {
  readonly setup: TrainingSetup;
  readonly gradientFlow: GradientFlowComputer;
  readonly predictions: PredictionReader;
  readonly probes: ProbeComputer;
}

/** That run, prepared for one kernel set. */
interface PreparedRun extends Computers {
  readonly kernels: BuiltKernelSet;
  readonly replay: Replay;
}

type Preparation =
  | { readonly kind: 'prepared'; readonly run: PreparedRun }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** The update of the last request: most requests are about the same one. */
type SelectedUpdate = Omit<ReplayContext, 'pause'> & { readonly update: number };

/** The replay of one stored run: opened once, then answers requests about single updates. */
export class ReplayService {
  #run: ReplayedRun | undefined;
  #recorded: RecordedRun | undefined;
  #prepared: PreparedRun | undefined;
  #selected: SelectedUpdate | undefined;
  readonly #queue: RequestQueue;

  /**
   * @param clock monotonic clock, in seconds
   * @param yieldToMessages receives the requests that arrived while one was answered
   */
  constructor(
    readonly openFolder: (folder: string) => RunStorage,
    readonly openFile: (location: string, size: number) => StreamedFile,
    readonly clock: () => number,
    yieldToMessages: () => Promise<void>,
  ) {
    this.#queue = new RequestQueue(yieldToMessages);
  }

  /** @throws when the changes of the learning rate can't be read */
  async open(params: ReplayParams): Promise<ReplayReply> {
    const storage = this.openFolder(params.folder);
    const { changes, damaged } = readRateChanges(await storage.read(runFiles.rateChanges, maxRateChangesBytes));
    const damage = formatDamagedChanges(runFiles.rateChanges, damaged);
    // A replay with another learning rate would show numbers that the run never had.
    if (damage !== undefined) throw new Error(`${damage} The updates of this run can't be replayed.`);
    this.#run = { params, storage, changes };
    const preparation = this.#prepare(this.#run, runnableKernels(kernelsAt(params.kernels, Infinity)).name);
    return preparation.kind === 'refused' ? preparation : { kind: 'opened' };
  }

  /** Opens a run that another program recorded: of its updates those are shown that it captured. */
  openRecorded({ info, folder, memoryLimit }: RecordedReplayParams): void {
    this.#recorded = { info, storage: this.openFolder(folder), memoryLimit };
    this.#selected = undefined;
  }

  /**
   * Answers one of the requests about a single update.
   *
   * @throws when no run was opened, when the run has no such update, and what the request's handler throws
   */
  answer<Name extends ReplayRequestName>(
    name: Name,
    params: ReplayRequests[Name]['params'],
  ): Promise<ReplayRequests[Name]['result']> {
    const { update } = params;
    return this.#queue.add(replayRequests[name].priority, update, async (pause) =>
      replayHandlersByName[name](await this.#contextAt(update, pause), params),
    );
  }

  async #contextAt(update: number, pause: Pause): Promise<ReplayContext> {
    // With other kernels the run is prepared anew, and nothing is selected.
    const replayed = this.#recorded === undefined ? this.#preparedAt(update) : undefined;
    if (this.#selected?.update !== update) {
      this.#selected =
        replayed === undefined
          ? await this.#selectRecorded(update)
          : selectedUpdate(
              update,
              await replayed.prepared.replay.captureUpdate(update),
              replayed.prepared,
              replayed.caveat,
            );
    }
    return { ...this.#selected, pause };
  }

  async #selectRecorded(update: number): Promise<SelectedUpdate> {
    if (this.#recorded === undefined) throw new Error('No recorded run has been opened.');
    const { captured, setup } = await readRecordedUpdate(this.#recorded, update);
    return selectedUpdate(update, captured, computersOf(setup, new Map()), undefined);
  }

  /** The run with the kernels that computed this update, or with others and a caveat if those can't run here. */
  #preparedAt(update: number): { readonly prepared: PreparedRun; readonly caveat: string | undefined } {
    const run = this.#run;
    if (run === undefined || this.#prepared === undefined) throw new Error('No run has been opened for replay.');
    const kernels = runnableKernels(kernelsAt(run.params.kernels, update));
    const caveat = replayedKernelsNotice(kernels);
    if (this.#prepared.kernels === kernels.name) return { prepared: this.#prepared, caveat };
    const preparation = this.#prepare(run, kernels.name);
    if (preparation.kind === 'refused') {
      throw new Error(preparation.problems[0]?.message ?? "This run can't be replayed.");
    }
    return { prepared: preparation.run, caveat };
  }

  /** Prepares the run for one kernel set, replacing the previous one. */
  #prepare({ params, storage, changes }: ReplayedRun, kernels: BuiltKernelSet): Preparation {
    const { experiment, memoryLimit, shards } = params;
    const files = openedFiles(params.files, this.openFile);
    // Two at once could need twice the memory that the run may use.
    this.#prepared = undefined;
    this.#selected = undefined;
    const preparation = prepareTraining({ experiment, files, kernels: openKernels(kernels), memoryLimit, shards });
    if (preparation.kind === 'refused') return preparation;
    const setup = preparation.setup;
    const replay = new Replay(new Training(setup, this.clock), storage, changes);
    this.#prepared = { kernels, replay, ...computersOf(setup, files) };
    return { kind: 'prepared', run: this.#prepared };
  }
}

function computersOf(setup: TrainingSetup, files: ConstructorParameters<typeof PredictionReader>[1]): Computers {
  return {
    setup,
    gradientFlow: new GradientFlowComputer(setup),
    predictions: new PredictionReader(setup, files),
    probes: new ProbeComputer(setup),
  };
}

function selectedUpdate(
  update: number,
  captured: ReplayContext['captured'],
  { setup, gradientFlow, predictions, probes }: Computers,
  caveat: string | undefined,
): SelectedUpdate {
  const { capture } = captured;
  const terms = new UpdateTerms(capture);
  return { update, captured, caveat, terms, probes: probes.at(capture), setup, gradientFlow, predictions };
}
