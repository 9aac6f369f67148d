import type { Tensor } from './tensor';
import { lossWeight } from './losses/loss';
import type { Network } from './network';
import type { Evaluation } from './instruments/outcome';
import type { LossSpec } from './spec';
import { Unroll } from './recurrence/unroll';
import { checkWindow, countTargets } from './recurrence/windowCheck';
import type { Window } from './recurrence/window';

/** Receives the outputs of an evaluation step by step: outputs (B,O) from 0, before softmax, valid during the call only. */
export type OutputObserver = (window: Window, t: number, outputs: Tensor) => void;

/** Steps that are stored at once: a longer window is run in slices, so that memory does not grow with T. */
export const evaluationSteps = 16;

/**
 * Runs windows forward only, in a workspace of its own, which grows with the widest batch; T is not limited.
 */
export class Evaluator {
  private unroll: Unroll | undefined;

  constructor(
    private readonly network: Network,
    private readonly loss: LossSpec,
  ) {}

  /**
   * The loss over all windows together, from zero state; `undefined` where no step has a target. The next window is
   * requested after `observe` received the outputs of the one before, so that it may depend on them.
   */
  run(windows: Iterable<Window>, observe?: OutputObserver): Evaluation | undefined {
    const { network, loss } = this;
    let total = 0;
    let targets = 0;
    let sequences = 0;
    let hits = 0;
    let batch: number | undefined;
    this.unroll?.restart();
    for (const window of windows) {
      checkWindow(window, network, loss);
      if (batch !== undefined && batch !== window.batch && window.reset.includes(0)) {
        throw new RangeError(
          `A window of ${window.batch} sequences can't continue one of ${batch}: keep the batch size, or reset every sequence.`,
        );
      }
      batch = window.batch;
      const unroll = this.workspace(window.batch);
      network.packForward();
      for (let from = 0; from < window.steps; from += evaluationSteps) {
        const to = Math.min(window.steps, from + evaluationSteps);
        unroll.begin(window, from, to, 0);
        unroll.forward();
        unroll.head(0);
        total += unroll.loss(loss, window, from, 1);
        hits += countHits(unroll, window, from);
        if (observe !== undefined) {
          const block = window.batch * network.spec.outputs;
          for (let t = from; t < to; t++) {
            observe(window, t, unroll.outputs.subarray((t - from) * block, (t - from + 1) * block));
          }
        }
      }
      targets += countTargets(window, 0, window.steps);
      sequences += window.batch;
    }
    if (targets === 0) return undefined;
    return {
      loss: total * lossWeight(loss, targets, network.spec.outputs, sequences),
      lossPerTarget: total * lossWeight({ ...loss, reduction: 'mean' }, targets, network.spec.outputs, sequences),
      targets,
      ...(loss.kind === 'crossEntropy' ? { accuracy: hits / targets } : {}),
    };
  }

  private workspace(batch: number): Unroll {
    if (this.unroll === undefined || this.unroll.shape.batch < batch) {
      this.unroll = new Unroll(this.network, { steps: evaluationSteps, batch, backward: 0 });
    }
    return this.unroll;
  }
}

function countHits(unroll: Unroll, { targets, mask }: Window, offset: number): number {
  if (targets.kind !== 'classes') return 0;
  const { outputs: width } = unroll.network.spec;
  let hits = 0;
  for (let row = 0; row < unroll.length * unroll.batch; row++) {
    const windowRow = offset * unroll.batch + row;
    if (mask[windowRow] === 0) continue;
    let best = row * width;
    for (let i = best + 1; i < (row + 1) * width; i++) if (unroll.outputs[i] > unroll.outputs[best]) best = i;
    if (best - row * width === targets.indices[windowRow]) hits++;
  }
  return hits;
}
