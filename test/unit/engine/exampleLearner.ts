import { referenceKernels } from '../../../src/engine/kernels/reference';
import { Learner, type LearnerOptions } from '../../../src/engine/learner';
import type { Updated } from '../../../src/engine/instruments/outcome';
import type { CellName, InitSpec, LossSpec, NetworkSpec } from '../../../src/engine/spec';
import type { Inputs, Targets, Window } from '../../../src/engine/recurrence/window';
import { seededRandom } from './seededRandom';

/** PyTorch's default initialisation. */
export const uniformInit: InitSpec = {
  recurrent: 'uniform',
  input: 'uniform',
  gain: 1,
  inputGain: 1,
  bias: 'uniform',
};

/** A small net of that cell; fields can be replaced. */
export function smallNetwork(cell: CellName, changes: Partial<NetworkSpec> = {}): NetworkSpec {
  return { cell, activation: 'tanh', inputs: 3, hidden: 5, layers: 1, outputs: 2, ...changes };
}

/** A learner with the parameters drawn from seed 7: plain gradient descent, no clipping, unless changed. */
export function exampleLearner(
  changes: Partial<Omit<LearnerOptions, 'network'>> & { readonly network: NetworkSpec },
  init: InitSpec = uniformInit,
): Learner {
  const learner = new Learner({
    kernels: referenceKernels,
    loss: { kind: 'mse', reduction: 'mean' },
    bptt: 'full',
    clip: null,
    optimizer: { kind: 'sgd', momentum: 0, nesterov: false, learningRate: 0.1, weightDecay: 0, schedule: 'constant' },
    steps: 7,
    batch: 3,
    inputs: 'dense',
    ...changes,
  });
  learner.initialize(init, undefined, seededRandom(7));
  return learner;
}

/** The options of a random window. */
export interface WindowSketch {
  readonly network: NetworkSpec;
  readonly loss: LossSpec['kind'];
  readonly steps?: number;
  readonly batch?: number;
  readonly seed?: number;
  readonly inputs?: Inputs['kind'];
  /** Whether step t of sequence b has a target; by default all have. */
  readonly mask?: (t: number, sequence: number) => boolean;
  /** Which sequences start from zero state; by default all. */
  readonly reset?: readonly number[] | undefined;
}

/** A window of random inputs and targets. */
export function randomWindow({
  network,
  loss,
  steps = 7,
  batch = 3,
  seed = 1,
  inputs: kind = 'dense',
  mask = () => true,
  reset,
}: WindowSketch): Window {
  const random = seededRandom(seed);
  const rows = steps * batch;
  const numbers = (length: number) => Float64Array.from({ length }, () => random.normal());
  const indices = (size: number) => Int32Array.from({ length: rows }, () => Math.floor(random.uniform() * size));
  const inputs: Inputs =
    kind === 'dense' ? { kind, values: numbers(rows * network.inputs) } : { kind, indices: indices(network.inputs) };
  const targets: Targets =
    loss === 'mse'
      ? { kind: 'values', values: numbers(rows * network.outputs) }
      : { kind: 'classes', indices: indices(network.outputs) };
  return {
    steps,
    batch,
    inputs,
    targets,
    mask: Uint8Array.from({ length: rows }, (_, row) => (mask(Math.floor(row / batch), row % batch) ? 1 : 0)),
    reset: Uint8Array.from(reset ?? new Array<number>(batch).fill(1)),
  };
}

/** One training step that must be an update; throws with the outcome otherwise. */
export function update(
  learner: Learner,
  window: Window,
  request: Parameters<Learner['step']>[1] = { record: false },
): Updated {
  const outcome = learner.step(window, request);
  if (outcome.kind !== 'updated') throw new Error(`no update but ${JSON.stringify(outcome)}`);
  return outcome;
}

/** All parameters, one after the other. */
export function allValues(learner: Learner): number[] {
  return [...learner.parameters.values()].flatMap(({ values }) => [...values]);
}

/** The learner's own parameter with that name; throws if there is none. */
export function parameter(learner: Learner, name: string) {
  const found = learner.parameters.get(name);
  if (found === undefined) throw new Error(`no parameter ${name}`);
  return found;
}

/** ‖a − b‖ / ‖b‖ */
export function relativeDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  const difference = Math.hypot(...Array.from(a, (value, i) => value - b[i]));
  return difference === 0 ? 0 : difference / Math.hypot(...Array.from(b));
}
