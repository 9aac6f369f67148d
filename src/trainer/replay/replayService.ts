import { openKernels, type BuiltKernelSet } from '../../engine/kernels/open';
import type { Inspection, ParameterRequest, ParameterUpdate } from '../../protocol/inspection';
import type {
  HeldOutRequest,
  Projection,
  ProjectionRequest,
  Sample,
  SampleRequest,
  Scores,
} from '../../protocol/output';
import type { GradientNormBreakdown } from '../../protocol/gradientNormBreakdown';
import type { Horizon, HorizonRequest, GradientFlow, GradientFlowRequest } from '../../protocol/gradientFlow';
import type { ChainRuleTerms, ChainRuleTermsRequest } from '../../protocol/chainRuleTerms';
import type { StartProblem, ReplayParams, ReplayReply } from '../../protocol/trainer';
import type { WhatIf, WhatIfRequest } from '../../protocol/whatIf';
import { kernelsAt } from '../../run/kernelHistory';
import { runFiles } from '../../run/storage/runFiles';
import { formatDamagedChanges, largestRateChanges, readRateChanges, type RateChange } from '../../run/rateChanges';
import type { RunStorage } from '../../run/storage/storage';
import { inspectionOf, parameterUpdateOf } from './inspection';
import { gradientNormBreakdown } from './gradientNormBreakdown';
import { prepareTraining, type TrainingSetup } from '../training/trainingSetup';
import { projectStates } from './projection';
import { RequestQueue, type Pause, type Purpose } from './requestQueue';
import { GradientFlowComputer } from './gradientFlow';
import { Replay } from './replay';
import { replayedKernelsNotice, runnableKernels } from '../training/runnableKernels';
import { sampleSymbols } from './sampling';
import { scoresOf } from './scores';
import { UpdateTerms } from './chainRuleTerms';
import { Training, type CapturedUpdate } from '../training/training';
import { whatIf } from './whatIf';

/** One run that is looked into. */
interface ReplayedRun {
  readonly params: ReplayParams;
  readonly storage: RunStorage;
  readonly changes: readonly RateChange[];
}

/** That run as one kernel set computes it. */
interface OpenedRun {
  readonly kernels: BuiltKernelSet;
  readonly plan: TrainingSetup;
  readonly replay: Replay;
  readonly reach: GradientFlowComputer;
}

type Opening =
  | { readonly kind: 'opened'; readonly run: OpenedRun }
  | { readonly kind: 'refused'; readonly refusals: readonly StartProblem[] };

/** The update that was asked for last; most questions are about one and the same. */
interface LookedAt {
  readonly update: number;
  readonly moment: CapturedUpdate;
  /** Why it is not the run's own to the last bit. */
  readonly caveat: string | undefined;
  readonly terms: UpdateTerms;
}

/** The replay of one kept run, as a worker serves it: opened once, then asked about single updates. */
export class ReplayService {
  #run: ReplayedRun | undefined;
  #opened: OpenedRun | undefined;
  #looked: LookedAt | undefined;
  readonly #questions: RequestQueue;

  /**
   * @param clock seconds on a clock that never goes back
   * @param yieldToMessages lets in what was asked while a question was answered
   */
  constructor(
    readonly openFolder: (folder: string) => RunStorage,
    readonly clock: () => number,
    yieldToMessages: () => Promise<void>,
  ) {
    this.#questions = new RequestQueue(yieldToMessages);
  }

  async open(params: ReplayParams): Promise<ReplayReply> {
    const storage = this.openFolder(params.folder);
    const { changes, damaged } = readRateChanges(await storage.read(runFiles.rateChanges, largestRateChanges));
    const damage = formatDamagedChanges(runFiles.rateChanges, damaged);
    // A replay with another learning rate would show numbers that the run never had.
    if (damage !== undefined) throw new Error(`${damage} The updates of this run cannot be replayed.`);
    this.#run = { params, storage, changes };
    const opened = this.#openWith(this.#run, runnableKernels(kernelsAt(params.kernels, Infinity)).name);
    return opened.kind === 'refused' ? opened : { kind: 'opened' };
  }

  /** @throws when nothing was opened, or the run has no such update or sequence */
  inspect(update: number, sequence: number): Promise<Inspection> {
    return this.#answer('look', update, ({ moment, caveat }, { plan }) =>
      inspectionOf(moment.capture, plan, sequence, caveat),
    );
  }

  /** @throws as `inspect`, and where the net has no such parameter */
  parameter({ update, parameter }: ParameterRequest): Promise<ParameterUpdate> {
    return this.#answer('detail', update, ({ moment }) => parameterUpdateOf(moment.capture, parameter, moment.after));
  }

  /** @throws as `inspect`, and where the update has no such parameter or step */
  terms(request: ChainRuleTermsRequest): Promise<ChainRuleTerms> {
    return this.#answer('detail', request.update, ({ terms }, _, pause) => terms.at(request, pause));
  }

  /** @throws as `inspect` */
  ledger(update: number): Promise<GradientNormBreakdown> {
    return this.#answer('detail', update, ({ terms }, { plan }, pause) =>
      gradientNormBreakdown(terms, plan.layout.parameters, pause),
    );
  }

  /** @throws as `inspect`, and where the window is too long for a matrix */
  reach(request: GradientFlowRequest): Promise<GradientFlow> {
    return this.#answer('detail', request.update, ({ moment }, { reach }, pause) =>
      reach.of(moment.capture, request, pause),
    );
  }

  /** @throws as `reach` */
  horizon({ update, layer }: HorizonRequest): Promise<Horizon> {
    return this.#answer('survey', update, async ({ moment }, { reach }, pause) => ({
      update,
      ...(await reach.horizon(moment.capture, { update, sequence: 0, layer }, pause)),
    }));
  }

  /** @throws as `inspect`, and where nothing could be learned with the change */
  whatIf({ update, change }: WhatIfRequest): Promise<WhatIf> {
    return this.#answer('detail', update, ({ moment }, { plan }, pause) => whatIf(moment, plan, change, pause));
  }

  /** @throws as `inspect`, and where the net cannot go on from its own output or the prompt has unknown symbols */
  sample(request: SampleRequest): Promise<Sample> {
    return this.#answer('detail', request.update, ({ moment }, { plan }) =>
      sampleSymbols(plan, moment.capture, request),
    );
  }

  /** @throws as `inspect` */
  scores(request: HeldOutRequest): Promise<Scores> {
    return this.#answer('detail', request.update, ({ moment }, { plan }) => scoresOf(plan, moment.capture, request));
  }

  /** @throws as `inspect`, and where there is no such layer */
  project(request: ProjectionRequest): Promise<Projection> {
    return this.#answer('detail', request.update, ({ moment }, { plan }) =>
      projectStates(plan, moment.capture, request),
    );
  }

  #answer<Answer>(
    purpose: Purpose,
    update: number,
    answer: (looked: LookedAt, opened: OpenedRun, pause: Pause) => Answer | Promise<Answer>,
  ): Promise<Answer> {
    return this.#questions.ask(purpose, update, async (pause) => {
      const { opened, caveat } = this.#openedAt(update);
      if (this.#looked?.update !== update) {
        const moment = await opened.replay.moment(update);
        this.#looked = { update, moment, caveat, terms: new UpdateTerms(moment.capture) };
      }
      return answer(this.#looked, opened, pause);
    });
  }

  /** The run, opened with the kernels that computed this update, and why that is not so where they cannot run here. */
  #openedAt(update: number): { readonly opened: OpenedRun; readonly caveat: string | undefined } {
    const run = this.#run;
    if (run === undefined || this.#opened === undefined) throw new Error('No run has been opened to be replayed.');
    const kernels = runnableKernels(kernelsAt(run.params.kernels, update));
    const caveat = replayedKernelsNotice(kernels);
    if (this.#opened.kernels === kernels.name) return { opened: this.#opened, caveat };
    const opened = this.#openWith(run, kernels.name);
    if (opened.kind === 'refused') throw new Error(opened.refusals[0]?.message ?? 'The run cannot be replayed.');
    return { opened: opened.run, caveat };
  }

  /** Plans the run for one kernel set, in place of another. */
  #openWith({ params, storage, changes }: ReplayedRun, kernels: BuiltKernelSet): Opening {
    const { experiment, files, memoryLimit, shards } = params;
    // Two at once could need twice the memory that the run may use.
    this.#opened = undefined;
    this.#looked = undefined;
    const planned = prepareTraining({ experiment, files, kernels: openKernels(kernels), memoryLimit, shards });
    if (planned.kind === 'refused') return planned;
    const { plan } = planned;
    const replay = new Replay(new Training(plan, this.clock), storage, changes);
    this.#opened = { kernels, plan, replay, reach: new GradientFlowComputer(plan) };
    return { kind: 'opened', run: this.#opened };
  }
}
