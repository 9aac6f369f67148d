import { CaptureRecorder } from './capture';
import { clipGradient, hiddenLimit } from './clipping';
import { Evaluator, type OutputObserver } from './evaluation';
import { initializeNetwork } from './initialization';
import type { KernelSet } from './kernels/kernelSet';
import { combineNorms } from './kernels/norms';
import { lossWeight } from './losses/loss';
import { Network } from './network';
import {
  locateInBackward,
  locateInCarriedState,
  locateInForward,
  locateInLoss,
  locateInUpdate,
  type NonFinitePlace,
} from './nonFinite';
import type { Evaluation, NonFinite, StepOutcome } from './outcome';
import type { Parameter } from './parameter';
import type { RandomSource } from './random';
import { NormRecorder } from './record';
import { scheduleFactor } from './schedule';
import {
  copyOut,
  expectScalar,
  liveParameters,
  liveTimeline,
  prepareRestoration,
  scalarCount,
  type Snapshot,
} from './snapshot';
import type { BpttSpec, ClipSpec, InitSpec, LossSpec, NetworkSpec, OptimizerSpec } from './spec';
import { planTruncation, type TruncationPlan } from './truncation';
import { Unroll } from './unroll';
import { ParameterUpdate } from './update';
import { checkWindow, countTargets, firstTarget } from './windowCheck';
import type { Window } from './window';

/** What a learner is built from. */
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
}

/** What to keep of an update besides its norms. */
export interface StepRequest {
  /** Record losses and gradient norms per step. */
  readonly record: boolean;
  /** Copy out everything of this update. */
  readonly capture?: boolean;
}

/**
 * A recurrent net that learns. One call of `step` is one window: forward pass, loss, backpropagation through time,
 * clipping, update. What is recorded never changes what is computed: equal calls give equal bits.
 */
export class Learner {
  /** By PyTorch's names: rnn.weight_ih_l0, …, head.weight, head.bias. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** The base rate, which the schedule multiplies; may be set between steps. */
  learningRate: number;
  private readonly network: Network;
  private readonly unroll: Unroll;
  private readonly plan: TruncationPlan;
  private readonly update: ParameterUpdate;
  private readonly evaluator: Evaluator;
  private updateCount = 0;

  constructor(private readonly options: LearnerOptions) {
    const { kernels, network, loss, bptt, optimizer, steps, batch } = options;
    this.plan = planTruncation(bptt, steps);
    this.network = new Network(kernels, network);
    this.parameters = this.network.parameters;
    this.unroll = new Unroll(this.network, { steps: this.plan.capacity, batch, backward: this.plan.backward });
    this.update = new ParameterUpdate(this.network, optimizer);
    this.evaluator = new Evaluator(this.network, loss);
    this.learningRate = optimizer.learningRate;
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

  /** Trains on one window. Throws RangeError for a window that does not fit the net; nothing is changed then. */
  step(window: Window, request: StepRequest): StepOutcome {
    const { network, unroll, options, plan } = this;
    this.checkTrainingWindow(window);
    network.packForward(window.inputs.kind);
    unroll.begin(window, 0, window.steps, plan.reachesBack ? Math.max(0, plan.backward - window.steps) : 0);
    unroll.forward();

    const start = Math.max(0, unroll.length - plan.backward);
    const gradientFrom = Math.max(0, start - unroll.windowAt);
    const gradientTargets = countTargets(window, gradientFrom, window.steps);
    if (gradientTargets === 0) return this.forwardOnly();

    // A capture shows the outputs of all steps, also of those that have no target or lie before the window.
    unroll.head(request.capture === true ? 0 : unroll.windowAt + firstTarget(window));
    const { spec } = network;
    const weight = lossWeight(options.loss, countTargets(window, 0, window.steps), spec.outputs, window.batch);
    const gradientWeight = lossWeight(options.loss, gradientTargets, spec.outputs, window.batch);
    const loss = unroll.loss(options.loss, window, 0, weight, { weight: gradientWeight, start });
    if (!Number.isFinite(loss)) {
      return this.failed(locateInForward(unroll) ?? locateInLoss(unroll, options.loss, window, loss), loss);
    }

    const recorder = request.record ? new NormRecorder(unroll) : undefined;
    const capture = request.capture === true ? new CaptureRecorder(unroll) : undefined;
    const observers = [recorder, capture].filter((observer) => observer !== undefined);
    network.packBackward();
    network.gradients.fill(0);
    unroll.backward(start, hiddenLimit(options.clip), observers);
    const raw = this.update.gradientNorms();
    const gradNorm = combineNorms(raw);
    if (!Number.isFinite(gradNorm)) {
      const place = locateInForward(unroll) ?? locateInBackward(unroll, start, hiddenLimit(options.clip));
      return this.failed(place, loss);
    }

    capture?.gradients('grad');
    const clipping = clipGradient(options.clip, options.kernels, network.gradients, gradNorm);
    const clippedNorms = clipping.changed ? this.update.gradientNorms() : raw;
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
    const facts = {
      step: update,
      loss,
      gradNorm,
      clipCoefficient: clipping.coefficient,
      learningRate,
      kernels: options.kernels.name,
    };
    return {
      kind: 'updated',
      update,
      loss,
      learningRate,
      gradNorm,
      clippedNorm: combineNorms(clippedNorms),
      clipCoefficient: clipping.coefficient,
      clipped: clipping.changed || unroll.clippedElements > 0,
      parameterNorms,
      ...(recorder === undefined ? {} : { record: recorder.finish() }),
      ...(capture === undefined ? {} : { capture: capture.finish(window, plan.reachesBack, facts) }),
    };
  }

  /**
   * Runs windows forward with the present weights, from zero state, and leaves the training untouched; `undefined`
   * where no step has a target. Windows are drawn one by one, after `observe` saw the outputs of the one before.
   */
  evaluate(windows: Iterable<Window>, observe?: OutputObserver): Evaluation | undefined {
    return this.evaluator.run(windows, observe);
  }

  /** Everything needed to go on bit for bit. */
  snapshot(): Snapshot {
    const { network, unroll, update, options } = this;
    const kept = this.plan.reachesBack ? Math.min(unroll.length, this.plan.backward - 1) : 0;
    unroll.shift(kept);
    const tensors = copyOut([...liveParameters(network, update.slots), ...liveTimeline(unroll, kept, unroll.batch)]);
    const inputs = unroll.inputs.read(kept, unroll.batch);
    if (inputs !== undefined) {
      tensors.set('history/inputs', inputs);
      tensors.set('history/reset', { dtype: 'I32', shape: [kept, unroll.batch], data: unroll.cuts.read(kept) });
    }
    const scalars = {
      updates: this.updateCount,
      learningRate: this.learningRate,
      kernels: options.kernels.name,
      optimizer: options.optimizer.kind,
      storedSteps: kept,
    };
    return { tensors, scalars };
  }

  /**
   * Goes back to where a snapshot was taken, by a learner of the same options. Throws RangeError, naming what does not
   * fit, before anything is changed.
   */
  restore(snapshot: Snapshot): void {
    const { network, unroll, update, options } = this;
    expectScalar(snapshot, 'kernels', options.kernels.name);
    expectScalar(snapshot, 'optimizer', options.optimizer.kind);
    const updates = scalarCount(snapshot, 'updates');
    const stored = scalarCount(snapshot, 'storedSteps');
    if (stored > this.plan.capacity) {
      throw new RangeError(`The snapshot stores ${stored} steps; this learner holds ${this.plan.capacity}.`);
    }
    const live = [...liveParameters(network, update.slots), ...liveTimeline(unroll, stored, options.batch)];
    prepareRestoration(snapshot, live)();
    const inputs = snapshot.tensors.get('history/inputs');
    const reset = snapshot.tensors.get('history/reset');
    if (inputs !== undefined) unroll.inputs.restore(inputs);
    if (reset?.dtype === 'I32') unroll.cuts.restore(reset.data, stored, options.batch);
    unroll.resume(stored, options.batch);
    this.updateCount = updates;
    this.learningRate = Number(snapshot.scalars.learningRate);
  }

  private checkTrainingWindow(window: Window): void {
    const { batch, steps } = this.options;
    if (window.batch !== batch || window.steps > steps) {
      throw new RangeError(
        `A training window of ${window.steps} steps × ${window.batch} lanes does not fit a learner for at most ${steps} steps × exactly ${batch} lanes.`,
      );
    }
    checkWindow(window, this.options.network, this.options.loss);
  }

  private forwardOnly(): StepOutcome {
    const place = locateInCarriedState(this.unroll);
    return place === undefined ? { kind: 'forwardOnly' } : this.failed(place);
  }

  private failed(place: NonFinitePlace, loss?: number): NonFinite {
    return { kind: 'nonFinite', update: this.updateCount, ...place, ...(loss === undefined ? {} : { loss }) };
  }
}
