import type { GradientCheckSubject, ParameterCheck } from '../../checks/gradientCheck';
import type { Source } from '../../data/source';
import { gradientChecks } from '../../engine/instruments/gradientCheck';
import { parameterCount } from '../../engine/network';
import type { BpttSpec } from '../../engine/spec';
import { planTruncation, windowsOf } from '../../engine/recurrence/truncation';
import type { Window } from '../../engine/recurrence/window';
import { countTargets } from '../../engine/recurrence/windowCheck';
import type { TrainingSetup } from './trainingSetup';

/** Sequences of a batch that are checked: more show nothing new, and the time grows with them. */
const maxSequences = 4;

/** Multiply-adds of all central differences: some seconds with the reference kernels. */
const budget = 1e9;

/** Elements of each parameter that are checked at least, whatever the size of the net. */
const leastElements = 4;

/** Batches in which a window with a target is looked for. */
const maxBatches = 100;

/** The distance of the central differences. A relu net has kinks, which a difference must not step over. */
const differences = { smooth: 1e-5, relu: 1e-7 } as const;

/** What is checked, and the checks, one parameter at a time. */
export interface GradientChecks {
  readonly subject: GradientCheckSubject;
  readonly checks: Iterable<ParameterCheck>;
}

/**
 * Compares the gradients of an experiment before its first update with central differences, in double precision: the
 * initial parameters, and the first window of the data that has a target and, where there is one, a carried state. That
 * state is constant, as truncated BPTT defines its gradient. Clipping comes after the gradient and takes no part.
 *
 * @throws Error where no window has a target within the steps of the gradient
 */
export function gradientChecksOf({ experiment, source, learner, options }: TrainingSetup): GradientChecks {
  const { bptt } = experiment;
  const { windows, steps } = checkedWindows(source, bptt);
  const [first] = windows;
  const last = windows.at(-1) ?? first;
  const { network } = options;
  const multiplyAdds = 2 * parameterCount(network) * steps * last.batch;
  const sample = Math.max(leastElements, Math.floor(budget / multiplyAdds / learner.parameters.size));
  const checks = gradientChecks({
    ...{ network, loss: options.loss, bptt, parameters: learner.parameters, windows, sample },
    difference: network.cell === 'rnn' && network.activation === 'relu' ? differences.relu : differences.smooth,
  });
  return {
    subject: {
      sequences: last.batch,
      steps,
      isCarried: last.reset.includes(0),
      targets: targetsIn(last, bptt),
    },
    checks: withSizes(checks, learner.parameters),
  };
}

function* withSizes(
  checks: Iterable<Omit<ParameterCheck, 'size'>>,
  parameters: ReadonlyMap<string, { readonly values: ArrayLike<number> }>,
): Iterable<ParameterCheck> {
  for (const check of checks) yield { ...check, size: parameters.get(check.name)?.values.length ?? check.elements };
}

/** Windows that follow one another, of a few sequences; the last one is checked. */
interface CheckedWindows {
  readonly windows: [Window, ...Window[]];
  /** Steps that the gradient of the last one covers. */
  readonly steps: number;
}

/** From the start of a batch, or of contiguous data, to a window that has a target and as much before it as it reaches. */
function checkedWindows(source: Source, bptt: BpttSpec): CheckedWindows {
  const wanted = windowsWanted(source, bptt);
  for (let batch = 0; batch < maxBatches; batch++) {
    const windows: Window[] = [];
    let checked: readonly Window[] = [];
    for (const window of followingWindows(source, bptt)) {
      windows.push(window);
      if (targetsIn(window, bptt) === 0) continue;
      checked = [...windows];
      if (windows.length >= wanted) break;
    }
    const few = fewSequences(checked, bptt);
    const [first, ...others] = few;
    const last = few.at(-1);
    if (first !== undefined && last !== undefined) {
      return { windows: [first, ...others], steps: stepsCovered(last, bptt) };
    }
  }
  throw new Error(
    `No target lies within the last ${JSON.stringify(bptt)} steps of any window, so there is no gradient to check. Make bptt.backward longer or choose another bptt.forward.`,
  );
}

/** So many that the last one has a carried state and reaches back as far as `bptt.backward` says. */
function windowsWanted({ isContiguous }: Source, bptt: BpttSpec): number {
  if (bptt === 'full') return isContiguous ? 2 : 1;
  return 2 + Math.max(0, Math.ceil((bptt.backward - bptt.forward) / bptt.forward));
}

/** Most windows of contiguous data that are looked through. */
const maxWindows = 10_000;

/** The windows of one batch; of contiguous data those of one after the other. */
function* followingWindows(source: Source, bptt: BpttSpec): Iterable<Window> {
  if (bptt !== 'full' && !source.isContiguous) {
    yield* windowsOf(source.next(), bptt.forward);
    return;
  }
  for (let count = 0; count < (source.isContiguous ? maxWindows : 1); count++) yield source.next();
}

function stepsCovered(window: Window, bptt: BpttSpec): number {
  const { backward, reachesBack } = planTruncation(bptt, window.steps);
  return reachesBack && window.reset.includes(0) ? Math.max(backward, window.steps) : Math.min(backward, window.steps);
}

/** Targets of a window whose losses the gradient is computed of. */
function targetsIn(window: Window, bptt: BpttSpec): number {
  const { backward } = planTruncation(bptt, window.steps);
  return countTargets(window, Math.max(0, window.steps - backward), window.steps);
}

/** The first sequences of the windows: so many that the last window still has a target in one of them. */
function fewSequences(windows: readonly Window[], bptt: BpttSpec): readonly Window[] {
  const last = windows.at(-1);
  if (last === undefined) return [];
  for (let count = Math.min(maxSequences, last.batch); count < last.batch; count *= 2) {
    if (targetsIn(firstSequences(last, count), bptt) > 0) return windows.map((window) => firstSequences(window, count));
  }
  return windows;
}

/** The first sequences of a window; all arrays are time-major. */
function firstSequences(window: Window, count: number): Window {
  const { steps, batch, inputs, targets, mask, reset, ends } = window;
  const cut = <Values extends Float64Array | Int32Array | Uint8Array>(values: Values, make: (n: number) => Values) => {
    const width = values.length / (steps * batch);
    const few = make(steps * count * width);
    for (let t = 0; t < steps; t++) {
      few.set(values.subarray(t * batch * width, (t * batch + count) * width), t * count * width);
    }
    return few;
  };
  const numbers = (values: Float64Array) => cut(values, (n) => new Float64Array(n));
  const indices = (values: Int32Array) => cut(values, (n) => new Int32Array(n));
  return {
    steps,
    batch: count,
    inputs:
      inputs.kind === 'dense'
        ? { kind: 'dense', values: numbers(inputs.values) }
        : { kind: 'oneHot', indices: indices(inputs.indices) },
    targets:
      targets.kind === 'values'
        ? { kind: 'values', values: numbers(targets.values) }
        : { kind: 'classes', indices: indices(targets.indices) },
    mask: cut(mask, (n) => new Uint8Array(n)),
    reset: reset.slice(0, count),
    ...(ends === undefined ? {} : { ends: ends.slice(0, count) }),
  };
}
