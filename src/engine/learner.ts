import { CaptureRecorder } from './instruments/capture';
import { clipGradient, hiddenLimit, type Clipping } from './optimizers/clipping';
import { Evaluator, type OutputObserver } from './evaluation';
import { initializeNetwork } from './initialization';
import type { KernelSet } from './kernels/kernelSet';
import { combineNorms } from './kernels/norms';
import { lossWeight } from './losses/loss';
import type { Network } from './network';
import {
  locateInBackward,
  locateInCarriedState,
  locateInForward,
  locateInLoss,
  locateInUpdate,
  type NonFinitePlace,
} from './instruments/nonFinite';
import type { Evaluation, NonFinite, StepOutcome } from './instruments/outcome';
import type { Parameter } from './parameter';
import type { RandomSource } from './random';
import { recordOf } from './instruments/record';
import { scheduleFactor } from './optimizers/schedule';
import type { Shard, ShardTask } from './parallel/shard';
import {
  copyOut,
  copyOutIndices,
  expectScalar,
  liveParameters,
  liveTimeline,
  prepareIndices,
  prepareRestoration,
  scalarCount,
  type Snapshot,
} from './snapshot';
import type { BpttSpec, ClipSpec, InitSpec, LossSpec, NetworkSpec, OptimizerSpec } from './spec';
import { ShardQueue, defaultWaitTimeouts, type WorkerInit } from './parallel/shardQueue';
import { planTruncation, stepsReached, type TruncationPlan } from './recurrence/truncation';
import { ParameterUpdate } from './update';
import { checkWindow, countTargets, firstTarget } from './recurrence/windowCheck';
import type { Inputs, Window } from './recurrence/window';
import { Workspace } from './parallel/workspace';
import type { WorkspaceOptions } from './parallel/workspaceOptions';

/** The options of a learner. */
export interface LearnerOptions {
  readonly kernels: KernelSet;
  readonly network: NetworkSpec;
  readonly loss: LossSpec;
  readonly bptt: BpttSpec;
  readonly clip: ClipSpec;
  readonly optimizer: OptimizerSpec;
  /** T of the longest window. */
  readonly steps: number;
  /** B of every training window. */
  readonly batch: number;
  /** The kind of the inputs x_t. */
  readonly inputs: Inputs['kind'];
  /** Shards that the batch is split into, see `shardsOf`; 1 by default. */
  readonly shards?: number;
}

/** What to return of an update besides its norms. */
export interface StepRequest {
  /** Record losses and gradient norms per step. */
  readonly record: boolean;
  /** Capture all tensors of this update. */
  readonly capture?: boolean;
}

/**
 * A recurrent net that learns. One call of `step` is one window: forward pass, loss, backpropagation through time,
 * clipping, update. Recording never changes a result: equal calls give equal bits.
 */
export class Learner {
  /** By their PyTorch names: rnn.weight_ih_l0, …, head.weight, head.bias. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The base rate, which the schedule multiplies; may be set between steps. */
  learningRate: number;
  private readonly network: Network;
  private readonly shards: readonly [Shard, ...Shard[]];
  private readonly truncation: TruncationPlan;
  private readonly update: ParameterUpdate;
  private readonly evaluator: Evaluator;
  /** (C): L_t of the whole batch as it enters the reported loss. */
  private readonly lossPerStep: Float64Array;
  /** First byte of the workspace in the kernels' memory, and the byte after its last. */
  private readonly workspaceAt: number;
  private readonly workspaceEnd: number;
  private queue: ShardQueue | undefined;
  private releasedWorkerShards = 0;
  private updateCount = 0;

  constructor(private readonly options: LearnerOptions) {
    const { kernels, loss, bptt, optimizer, steps } = options;
    this.truncation = planTruncation(bptt, steps);
    this.workspaceAt = kernels.allocated;
    const workspace = new Workspace(kernels, workspaceOptions(options));
    this.workspaceEnd = kernels.allocated;
    this.network = workspace.network;
    this.shards = workspace.shards;
    this.parameters = this.network.parameters;
    this.lossPerStep = new Float64Array(this.truncation.capacity);
    this.update = new ParameterUpdate(this.network, optimizer);
    this.evaluator = new Evaluator(this.network, loss);
    this.learningRate = optimizer.learningRate;
  }

  /** Shards that the batch is split into. */
  get shardCount(): number {
    return this.shards.length;
  }

  /** Shards that worker threads have run so far, instead of this thread. */
  get workerShards(): number {
    return this.releasedWorkerShards + (this.queue?.workerShards ?? 0);
  }

  /** Updates made so far. */
  get updates(): number {
    return this.updateCount;
  }

  /** Draws fresh parameters; `forgetBias` only for cells with a forget gate (RangeError otherwise). */
  initialize(init: InitSpec, forgetBias: number | undefined, random: RandomSource): void {
    initializeNetwork(this.network, init, forgetBias, random);
  }

  /** Sets one parameter from a file; throws RangeError for an unknown name or another size or shape. */
  load(name: string, values: ArrayLike<number>, shape?: readonly number[]): void {
    this.network.load(name, values, shape);
  }

  /**
   * Reserves memory for one more worker thread, which runs shards of every step; undefined if nothing can be
   * shared: the batch is a single shard, or the kernels' memory cannot be shared between threads. The thread passes the
   * result to `runWorker`. The number of threads never changes a result.
   *
   * @param waitTimeouts waits of a tenth of a second without progress after which a thread counts as lost
   */
  addWorker(waitTimeouts = defaultWaitTimeouts): WorkerInit | undefined {
    const { kernels } = this.options;
    const shared = this.shards.length > 1 ? kernels.share() : undefined;
    if (shared === undefined) return undefined;
    this.queue ??= new ShardQueue(this.shards, waitTimeouts);
    return {
      kernels: shared,
      workspace: workspaceOptions(this.options),
      workspaceAt: this.workspaceAt,
      workspaceEnd: this.workspaceEnd,
      control: this.queue.control,
    };
  }

  /** Ends the worker threads; later steps run in this thread alone. */
  releaseWorkers(): void {
    this.releasedWorkerShards = this.workerShards;
    this.queue?.release();
    this.queue = undefined;
  }

  /**
   * Trains on one window. Throws RangeError for a window that does not fit the net, before anything is changed; throws
   * Error if a worker thread was lost during the update: the carried state is then lost as well.
   */
  step(window: Window, request: StepRequest): StepOutcome {
    const { network, shards, options, truncation: plan } = this;
    this.checkTrainingWindow(window);
    network.packForward();
    for (const shard of shards) shard.begin(window, stepsReached(plan, window));

    const { length, windowAt } = shards[0].unroll;
    const start = Math.max(0, length - plan.backward);
    const gradientFrom = Math.max(0, start - windowAt);
    const gradientTargets = countTargets(window, gradientFrom, window.steps);
    const targets = gradientFrom === 0 ? gradientTargets : countTargets(window, 0, window.steps);
    const learns = gradientTargets > 0;
    const { outputs } = network.spec;
    const task: ShardTask = {
      steps: window.steps,
      windowAt,
      length,
      // A capture shows the outputs of all steps, also of those that have no target or lie before the window.
      headFrom: request.capture === true ? 0 : windowAt + firstTarget(window),
      weight: learns ? lossWeight(options.loss, targets, outputs, window.batch) : 0,
      gradientWeight: learns ? lossWeight(options.loss, gradientTargets, outputs, window.batch) : 0,
      start,
      learns,
      recorded: request.record,
    };
    if (learns) network.packBackward();
    const capture = request.capture === true && learns ? new CaptureRecorder(shards) : undefined;
    this.runShards(task, capture);
    if (!learns) return this.forwardOnly();

    const loss = this.addLosses(length);
    if (!Number.isFinite(loss)) {
      return this.failed(locateInForward(shards) ?? locateInLoss(shards, options.loss, window, loss), loss);
    }
    this.addGradients();
    const raw = this.update.gradientNorms();
    const gradNorm = combineNorms(raw);
    if (!Number.isFinite(gradNorm)) {
      const place = locateInForward(shards) ?? locateInBackward(shards, start, hiddenLimit(options.clip));
      return this.failed(place, loss);
    }

    capture?.gradients('grad');
    const clipping = clipGradient(options.clip, options.kernels, network.gradients, gradNorm);
    const clippedNorms = this.clippedNorms(raw, clipping);
    capture?.gradients('clipped');

    const learningRate = this.learningRate * scheduleFactor(options.optimizer.schedule, this.updateCount);
    this.update.apply(learningRate, this.updateCount);
    const parameterNorms = this.update.norms(raw, clippedNorms);
    if (!parameterNorms.every(({ updateNorm }) => Number.isFinite(updateNorm))) {
      const place = locateInUpdate(network);
      this.update.undo();
      return this.failed(place, loss);
    }

    const update = this.updateCount++;
    const metadata = {
      step: update,
      loss,
      gradNorm,
      clipCoefficient: clipping.coefficient,
      learningRate,
      kernels: options.kernels.name,
    };
    const norms = shards.map((shard) => shard.norms);
    return {
      kind: 'updated',
      update,
      loss,
      learningRate,
      gradNorm,
      clippedNorm: combineNorms(clippedNorms),
      clipCoefficient: clipping.coefficient,
      clipped: clipping.changed || shards.some(({ clippedElements }) => clippedElements > 0),
      parameterNorms,
      ...(request.record ? { record: recordOf(norms, this.lossPerStep) } : {}),
      ...(capture === undefined
        ? {}
        : { capture: capture.finish(window, this.lossPerStep, plan.reachesBack, metadata) }),
    };
  }

  /**
   * Runs windows forward with the current weights, from zero state, without effect on the training; `undefined`
   * where no step has a target. Windows are drawn one by one, after `observe` received the outputs of the one before.
   */
  evaluate(windows: Iterable<Window>, observe?: OutputObserver): Evaluation | undefined {
    return this.evaluator.run(windows, observe);
  }

  /** Everything that a learner with the same kernels needs to continue bit for bit. */
  snapshot(): Snapshot {
    const { network, shards, update, options } = this;
    const storedSteps = this.truncation.reachesBack
      ? Math.min(shards[0].unroll.length, this.truncation.backward - 1)
      : 0;
    for (const { unroll } of shards) unroll.shift(storedSteps);
    const tensors = copyOut([...liveParameters(network, update.slots), ...liveTimeline(shards, storedSteps)]);
    for (const [name, tensor] of copyOutIndices(shards, storedSteps)) tensors.set(name, tensor);
    const scalars = {
      updates: this.updateCount,
      learningRate: this.learningRate,
      kernels: options.kernels.name,
      optimizer: options.optimizer.kind,
      storedSteps,
    };
    return { tensors, scalars };
  }

  /**
   * Restores the state of a snapshot that a learner of the same options took; after a snapshot of other kernels the
   * results differ in the last digits. Throws RangeError, naming the part that does not fit, before anything is changed.
   */
  restore(snapshot: Snapshot): void {
    const { network, shards, update, options } = this;
    expectScalar(snapshot, 'optimizer', options.optimizer.kind);
    const updates = scalarCount(snapshot, 'updates');
    const stored = scalarCount(snapshot, 'storedSteps');
    if (stored > this.truncation.capacity) {
      throw new RangeError(`The snapshot stores ${stored} steps; this learner holds ${this.truncation.capacity}.`);
    }
    const live = [...liveParameters(network, update.slots), ...liveTimeline(shards, stored)];
    const restorations = [prepareRestoration(snapshot, live), prepareIndices(snapshot, shards, stored)];
    for (const restoration of restorations) restoration();
    for (const { unroll, rows: sequences } of shards) unroll.resume(0, stored, sequences.count);
    this.updateCount = updates;
    this.learningRate = Number(snapshot.scalars.learningRate);
  }

  /** ‖g‖ of each parameter after a clipping; if all of g was scaled, they were scaled alike. */
  private clippedNorms(raw: Float64Array, { changed, coefficient }: Clipping): Float64Array {
    if (!changed) return raw;
    return coefficient < 1 ? raw.map((norm) => coefficient * norm) : this.update.gradientNorms();
  }

  /** With a capture this thread runs all shards itself, since the capture observes values that are not stored. */
  private runShards(task: ShardTask, capture: CaptureRecorder | undefined): void {
    if (this.queue !== undefined && capture === undefined) {
      this.queue.run(task);
      return;
    }
    for (const shard of this.shards) shard.run(task, capture === undefined ? [] : [capture.observer(shard)]);
  }

  /** L = Σ_t L_t over all shards, each L_t summed in the order of the sequences. */
  private addLosses(length: number): number {
    const { lossPerStep } = this;
    lossPerStep.fill(0, 0, length);
    for (const { unroll } of this.shards) {
      const { lossPerStep: part } = unroll;
      for (let t = 0; t < length; t++) lossPerStep[t] += part[t];
    }
    let total = 0;
    for (let t = 0; t < length; t++) total += lossPerStep[t];
    return total;
  }

  /** Adds the gradients of all shards to those of the first, in the order of the sequences. */
  private addGradients(): void {
    const { kernels, gradients } = this.network;
    for (const { network } of this.shards.slice(1)) kernels.add(gradients, 0, network.gradients, 0, gradients.length);
  }

  private checkTrainingWindow(window: Window): void {
    const { batch, steps } = this.options;
    if (window.batch !== batch || window.steps > steps) {
      throw new RangeError(
        `A training window of ${window.steps} steps × ${window.batch} sequences does not fit a learner for at most ${steps} steps × exactly ${batch} sequences.`,
      );
    }
    checkWindow(window, this.network, this.options.loss);
  }

  private forwardOnly(): StepOutcome {
    const place = locateInCarriedState(this.shards);
    return place === undefined ? { kind: 'forwardOnly' } : this.failed(place);
  }

  private failed(place: NonFinitePlace, loss?: number): NonFinite {
    return { kind: 'nonFinite', update: this.updateCount, ...place, ...(loss === undefined ? {} : { loss }) };
  }
}

function workspaceOptions({
  network,
  loss,
  bptt,
  clip,
  steps,
  batch,
  inputs,
  shards = 1,
}: LearnerOptions): WorkspaceOptions {
  return { network, loss, bptt, clip, steps, batch, inputs, shards };
}
