import type { Capture } from '../../engine/instruments/capture';
import { openKernels, runnableKernelSets } from '../../engine/kernels/open';
import { Learner, type LearnerOptions } from '../../engine/learner';
import type { Updated } from '../../engine/instruments/outcome';
import { scheduleFactor } from '../../engine/optimizers/schedule';
import { withStoredSteps } from '../../engine/snapshot';
import type { BpttSpec, ClipSpec } from '../../engine/spec';
import type { WhatIf, WhatIfChange, WhatIfOutcome } from '../../protocol/whatIf';
import { isGated } from '../../run/cellGates';
import { formatTensorName } from '../../text/tensorNames';
import type { TrainingSetup } from '../training/trainingSetup';
import type { Pause } from './requestQueue';
import type { CapturedUpdate } from '../training/training';

/** The update computed with one configuration. */
interface Trial {
  readonly updated: Updated;
  readonly capture: Capture;
  readonly lossAfter: number;
}

/**
 * Recomputes an update from the same weights, optimizer state, carried state and window, with one change; and with full
 * BPTT, for the truncation bias of both.
 *
 * @throws Error with the reason when nothing could be learned with the change
 */
export async function whatIf(
  captured: CapturedUpdate,
  setup: TrainingSetup,
  change: WhatIfChange,
  pause: Pause,
): Promise<WhatIf> {
  const { bptt, clip } = setup.experiment;
  const rate = Number(captured.capture.metadata['learningRate']);
  const steps = coverableSteps(captured);
  const actual = compute(captured, setup, { bptt, clip }, rate);
  await pause();
  const changed = compute(
    captured,
    setup,
    {
      bptt: change.backward === undefined ? bptt : truncation(change.backward, captured.window.steps, steps),
      clip: change.clip === undefined ? clip : clipSpec(change.clip),
    },
    change.learningRate ?? rate,
  );
  await pause();
  const full = compute(captured, setup, { bptt: truncation('full', captured.window.steps, steps), clip: null }, rate);
  const names = setup.layout.parameters;
  const [gradient, step] = [gradientOf(actual.capture, names, 'clipped'), stepOf(actual.capture, names)];
  const [otherGradient, otherStep] = [gradientOf(changed.capture, names, 'clipped'), stepOf(changed.capture, names)];
  const fullGradient = gradientOf(full.capture, names, 'grad');
  return {
    loss: actual.updated.loss,
    actual: outcomeOf(actual, names, fullGradient),
    changed: outcomeOf(changed, names, fullGradient),
    updateCosine: cosine(step, otherStep),
    gradientCosine: cosine(gradient, otherGradient),
    updateRatio: norm(otherStep) / norm(step),
  };
}

/** Number of steps of the window of an update and of all steps that are stored before it. */
export function coverableSteps({ window, before }: CapturedUpdate): number {
  return window.steps + Number(before.scalars['storedSteps'] ?? 0);
}

/**
 * The truncation over the last `backward` steps.
 *
 * @param steps length of the window
 * @param all steps of the window and the stored ones before it
 */
function truncation(backward: number | 'full', steps: number, all: number): BpttSpec {
  return { forward: steps, backward: Math.min(all, backward === 'full' ? all : backward) };
}

function clipSpec(clip: NonNullable<WhatIfChange['clip']> | null): ClipSpec {
  if (clip === null) return null;
  switch (clip.kind) {
    case 'norm':
      return { norm: clip.threshold };
    case 'value':
      return { value: clip.threshold };
    case 'hidden':
      return { hidden: clip.threshold };
    default:
      return clip.kind satisfies never;
  }
}

function compute(
  captured: CapturedUpdate,
  setup: TrainingSetup,
  changes: Pick<LearnerOptions, 'bptt' | 'clip'>,
  rate: number,
): Trial {
  const { before, window } = captured;
  const kernels = openKernels(runnableKernelSets().find((name) => name === setup.kernels.name) ?? 'reference');
  const options = { ...setup.options, ...changes, steps: window.steps, kernels };
  const learner = new Learner(options);
  const { bptt } = changes;
  const stored = Number(before.scalars['storedSteps']);
  const needed = bptt !== 'full' && bptt.backward > bptt.forward ? Math.min(stored, bptt.backward - 1) : 0;
  const start = { ...withStoredSteps(before, needed) };
  learner.restore(start);
  const factor = scheduleFactor(options.optimizer.schedule, learner.updates);
  learner.learningRate = factor === 0 ? 0 : rate / factor;
  const outcome = learner.step(window, { record: true, capture: true });
  switch (outcome.kind) {
    case 'forwardOnly':
      throw new Error(
        'No target lies within the steps that the gradient would cover: nothing would be learned. Choose more steps.',
      );
    case 'nonFinite':
      throw new Error(
        `The update would end with ${formatTensorName(outcome.tensor, isGated(setup.experiment.model.cell))} = ${outcome.value}: choose a smaller rate, or clip.`,
      );
    case 'updated': {
      const { capture } = outcome;
      if (capture === undefined) throw new Error('The update captured nothing.');
      // The same window from the same state with the updated weights: its loss before the next update.
      learner.restore(start);
      for (const name of setup.layout.parameters) learner.load(name, capture.tensors.get(`next/${name}`)?.data ?? []);
      const next = learner.step(window, { record: false });
      const lossAfter = next.kind === 'forwardOnly' ? NaN : (next.loss ?? NaN);
      return { updated: outcome, capture, lossAfter };
    }
    default:
      return outcome satisfies never;
  }
}

function outcomeOf(
  { updated, capture, lossAfter }: Trial,
  names: readonly string[],
  fullGradient: Float64Array,
): WhatIfOutcome {
  const raw = gradientOf(capture, names, 'grad');
  return {
    lossAfter,
    gradNorm: updated.gradNorm,
    clippedNorm: updated.clippedNorm,
    clipCoefficient: updated.clipCoefficient,
    learningRate: updated.learningRate,
    updateNorm: norm(stepOf(capture, names)),
    dh: updated.record?.layers.at(-1)?.dh ?? new Float64Array(0),
    bias: norm(raw.map((value, i) => value - (fullGradient[i] ?? NaN))) / norm(fullGradient),
    cosineWithFull: cosine(raw, fullGradient),
  };
}

function gradientOf({ tensors }: Capture, names: readonly string[], prefix: 'grad' | 'clipped'): Float64Array {
  return joined(names.map((name) => tensors.get(`${prefix}/${name}`)?.data ?? new Float64Array(0)));
}

function stepOf({ tensors }: Capture, names: readonly string[]): Float64Array {
  return joined(
    names.map((name) => {
      const before = tensors.get(name)?.data ?? [];
      return Float64Array.from(tensors.get(`next/${name}`)?.data ?? [], (value, i) => value - (before[i] ?? NaN));
    }),
  );
}

function joined(parts: readonly ArrayLike<number>[]): Float64Array {
  const all = new Float64Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

function norm(values: Float64Array): number {
  return Math.sqrt(values.reduce((sum, value) => sum + value ** 2, 0));
}

/** NaN where one of the two is 0 and has no direction. */
function cosine(a: Float64Array, b: Float64Array): number {
  return a.reduce((sum, value, i) => sum + value * (b[i] ?? NaN), 0) / (norm(a) * norm(b));
}
