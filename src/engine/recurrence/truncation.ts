import type { BpttSpec } from '../spec';
import type { Inputs, Targets, Window } from './window';

/**
 * Cuts a batch of whole sequences into windows of `forward` steps, the last one shorter if it does not divide the
 * length. The first window has the resets of the batch, the others continue every sequence. The windows are views.
 */
export function* windowsOf(batch: Window, forward: number): Generator<Window> {
  if (!(Number.isInteger(forward) && forward >= 1)) {
    throw new RangeError(`bptt.forward is ${forward}; a window needs a whole number of steps, at least 1.`);
  }
  const carriedOn = new Uint8Array(batch.batch);
  for (let from = 0; from < batch.steps; from += forward) {
    const to = Math.min(batch.steps, from + forward);
    yield {
      steps: to - from,
      batch: batch.batch,
      inputs: cutInputs(batch.inputs, from, to, batch.steps),
      targets: cutTargets(batch.targets, from, to, batch.steps),
      mask: batch.mask.subarray(from * batch.batch, to * batch.batch),
      reset: from === 0 ? batch.reset : carriedOn,
      ...(batch.ends === undefined ? {} : { ends: batch.ends.map((end) => end - from) }),
    };
  }
}

/** The size of the timeline that a truncation needs, for windows of at most `steps` steps. */
export interface TruncationPlan {
  /** Steps stored at once. */
  readonly capacity: number;
  /** Maximum number of steps that one backward pass covers. */
  readonly backward: number;
  /** Whether steps of earlier windows are stored, for `backward` > `forward`. */
  readonly reachesBack: boolean;
}

/** The memory that full or truncated BPTT needs. */
export function planTruncation(bptt: BpttSpec, steps: number): TruncationPlan {
  if (bptt === 'full') return { capacity: steps, backward: steps, reachesBack: false };
  if (bptt.backward <= bptt.forward) {
    return { capacity: steps, backward: Math.min(bptt.backward, steps), reachesBack: false };
  }
  const capacity = Math.max(steps, bptt.backward);
  return { capacity, backward: bptt.backward, reachesBack: true };
}

/** Steps before a window that its gradient reaches: none if all sequences start there. */
export function stepsReached({ backward, reachesBack }: TruncationPlan, { steps, reset }: Window): number {
  return reachesBack && reset.includes(0) ? Math.max(0, backward - steps) : 0;
}

function cutInputs(inputs: Inputs, from: number, to: number, steps: number): Inputs {
  switch (inputs.kind) {
    case 'dense': {
      const row = inputs.values.length / steps;
      return { kind: 'dense', values: inputs.values.subarray(from * row, to * row) };
    }
    case 'oneHot': {
      const row = inputs.indices.length / steps;
      return { kind: 'oneHot', indices: inputs.indices.subarray(from * row, to * row) };
    }
    default:
      return inputs satisfies never;
  }
}

function cutTargets(targets: Targets, from: number, to: number, steps: number): Targets {
  switch (targets.kind) {
    case 'values': {
      const row = targets.values.length / steps;
      return { kind: 'values', values: targets.values.subarray(from * row, to * row) };
    }
    case 'classes': {
      const row = targets.indices.length / steps;
      return { kind: 'classes', indices: targets.indices.subarray(from * row, to * row) };
    }
    default:
      return targets satisfies never;
  }
}
