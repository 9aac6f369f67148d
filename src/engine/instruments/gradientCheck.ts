import type { Tensor } from '../tensor';
import { referenceKernels } from '../kernels/reference';
import { lossWeight } from '../losses/loss';
import { Network } from '../network';
import type { BpttSpec, LossSpec, NetworkSpec } from '../spec';
import { planTruncation, stepsReached } from '../recurrence/truncation';
import { Unroll } from '../recurrence/unroll';
import { checkWindow, countTargets } from '../recurrence/windowCheck';
import type { Window } from '../recurrence/window';

/** What to check: the gradient of the last of some windows that follow one another, at given parameters. */
export interface GradientCheckRequest {
  readonly network: NetworkSpec;
  readonly loss: LossSpec;
  readonly bptt: BpttSpec;
  /** By name, as a learner holds them. */
  readonly parameters: ReadonlyMap<string, { readonly values: ArrayLike<number> }>;
  /** In order; the gradient of the last one is checked. */
  readonly windows: readonly [Window, ...Window[]];
  /** Distance of the central difference, 1e-5 by default. */
  readonly difference?: number;
  /** Largest number of elements to check of each tensor, evenly spread; all by default. */
  readonly sample?: number;
}

/** The check of one tensor. */
export interface TensorCheck {
  readonly name: string;
  /** ‖g − ĝ‖ / ‖g‖ over the checked elements, ĝ being the central differences; 0 where both are 0. */
  readonly relativeError: number;
  /** ‖g‖ over the checked elements. */
  readonly norm: number;
  /** ‖g − ĝ‖ over the checked elements. */
  readonly error: number;
  /** The size of ‖g − ĝ‖ that the rounding of the loss explains, taken as eight units in its last place. */
  readonly rounding: number;
  readonly elements: number;
}

/**
 * Compares back-propagated gradients with central differences of the loss, in double precision. The gradient is the raw
 * one, before clipping; the state at the start of truncated BPTT is constant, as truncation defines it. Throws RangeError
 * where the last window has no target in the part that its gradient covers.
 */
export function checkGradients(request: GradientCheckRequest): readonly TensorCheck[] {
  return [...gradientChecks(request)];
}

/** As `checkGradients`, one tensor at a time, so that a long check can be followed. */
export function* gradientChecks(request: GradientCheckRequest): Generator<TensorCheck, undefined> {
  const network = new Network(referenceKernels, request.network, request.windows[0].inputs.kind);
  for (const { name, values } of network.parameters.values()) {
    values.set(request.parameters.get(name)?.values ?? missing(name));
  }
  const trial = backpropagate(network, request);
  const difference = request.difference ?? 1e-5;
  const loss = Math.abs(trial.loss());

  for (const { name, values, gradient } of network.parameters.values()) {
    const stride = Math.max(1, Math.ceil(values.length / (request.sample ?? values.length)));
    let squares = 0;
    let squaredErrors = 0;
    let elements = 0;
    for (let i = 0; i < values.length; i += stride) {
      const value = values[i];
      values[i] = value + difference;
      const above = trial.loss();
      values[i] = value - difference;
      const below = trial.loss();
      values[i] = value;
      const error = gradient[i] - (above - below) / (2 * difference);
      squares += gradient[i] * gradient[i];
      squaredErrors += error * error;
      elements++;
    }
    const [norm, error] = [Math.sqrt(squares), Math.sqrt(squaredErrors)];
    const rounding = (Math.sqrt(elements) * 8 * Number.EPSILON * loss) / difference;
    yield { name, relativeError: error === 0 ? 0 : error / norm, norm, error, rounding, elements };
  }
}

/** Computes the last window's gradient in the network, and returns its loss. */
function backpropagate(network: Network, { windows, loss, bptt }: GradientCheckRequest): Trial {
  const { spec } = network;
  const last = windows[windows.length - 1];
  const longest = Math.max(...windows.map(({ steps }) => steps));
  const plan = planTruncation(bptt, longest);
  const unroll = new Unroll(network, { steps: plan.capacity, batch: last.batch, backward: plan.backward });
  for (const window of windows) {
    checkWindow(window, network, loss);
    network.packForward();
    unroll.begin(window, 0, window.steps, stepsReached(plan, window));
    unroll.forward();
  }
  const start = Math.max(0, unroll.length - plan.backward);
  const from = Math.max(0, start - unroll.windowAt);
  const targets = countTargets(last, from, last.steps);
  if (targets === 0) {
    throw new RangeError(
      `The last window has no target in its last ${last.steps - from} steps, which its gradient covers; check a window that has one.`,
    );
  }
  const weight = lossWeight(loss, targets, spec.outputs, last.batch);
  unroll.head(unroll.windowAt);
  unroll.loss(loss, last, 0, weight, { weight, start });
  network.packBackward();
  network.gradients.fill(0);
  unroll.backward(start, undefined, []);
  return new Trial(network, loss, weight, coveredPieces(windows, unroll.windowAt, from), statesAt(unroll, start));
}

/** Part of a window: its steps [from, to). */
interface Piece {
  readonly window: Window;
  readonly from: number;
  readonly to: number;
}

/**
 * The pieces of the windows that the gradient covers: `stepsBefore` steps before the last window, and the last window
 * from `from` on.
 */
function coveredPieces(windows: readonly Window[], stepsBefore: number, from: number): readonly Piece[] {
  const last = windows[windows.length - 1];
  const pieces: Piece[] = [{ window: last, from, to: last.steps }];
  let remaining = stepsBefore;
  for (let index = windows.length - 2; remaining > 0 && index >= 0; index--) {
    const window = windows[index];
    const taken = Math.min(remaining, window.steps);
    pieces.unshift({ window, from: window.steps - taken, to: window.steps });
    remaining -= taken;
  }
  return pieces;
}

/** Per layer and state, (B,H) before step t. */
function statesAt(unroll: Unroll, t: number): readonly (readonly Tensor[])[] {
  const block = unroll.batch * unroll.network.spec.hidden;
  return unroll.scans.map(({ states }) => states.map((state) => state.slice(t * block, (t + 1) * block)));
}

/** The loss as a function of the parameters, forward only, from a state that does not depend on them. */
class Trial {
  private readonly unroll: Unroll;

  constructor(
    private readonly network: Network,
    private readonly spec: LossSpec,
    private readonly weight: number,
    private readonly pieces: readonly Piece[],
    private readonly initial: readonly (readonly Tensor[])[],
  ) {
    const steps = Math.max(...pieces.map(({ from, to }) => to - from));
    this.unroll = new Unroll(network, { steps, batch: pieces[0].window.batch, backward: 0 });
  }

  loss(): number {
    const { unroll, network, initial } = this;
    unroll.restart();
    unroll.scans.forEach(({ states }, layer) => states.forEach((state, i) => state.set(initial[layer][i])));
    let loss = 0;
    for (const { window, from, to } of this.pieces) {
      network.packForward();
      unroll.begin(window, from, to, 0);
      unroll.forward();
      unroll.head(0);
      loss = unroll.loss(this.spec, window, from, this.weight);
    }
    return loss;
  }
}

function missing(name: string): never {
  throw new RangeError(`The gradient check needs values for ${name}; give every parameter of the net.`);
}
