import { tensorOf, type Capture } from '../../engine/instruments/capture';
import { openKernels, runnableKernelSets } from '../../engine/kernels/open';
import { Learner } from '../../engine/learner';
import type { Window } from '../../engine/recurrence/window';
import { maxListedSequences, type HeldOutLoss, type HeldOutLosses, type Probe } from '../../protocol/probe';
import { formatExact } from '../../text/numbers';
import type { TrainingSetup } from '../training/trainingSetup';
import { UpdateTerms } from './chainRuleTerms';
import { heldOutSequences, probedWindow } from './probedWindow';
import type { Pause } from './requestQueue';

/** A probed sequence as a captured update of a batch of one. */
export interface ProbedSequence {
  readonly capture: Capture;
  readonly terms: UpdateTerms;
  /** The run's own, but without truncation and clipping, which change what is trained. */
  readonly setup: TrainingSetup;
}

/**
 * Walks through single sequences with the weights of captured updates of one run, in a learner of its own, so that the
 * training has no part in it. Allocates its memory at the first sequence.
 */
export class ProbeComputer {
  #learner: Learner | undefined;
  #steps = 0;
  /** The capture whose weights the learner has. */
  #loaded: Capture | undefined;

  constructor(readonly setup: TrainingSetup) {}

  /** The probed sequences at a captured update. */
  at(capture: Capture): ProbedUpdate {
    return new ProbedUpdate(this, capture);
  }

  /** A learner for a batch of one with the weights before a captured update, and room for a number of steps. */
  learnerFor(capture: Capture, steps: number): Learner {
    const { setup } = this;
    if (this.#learner === undefined || this.#steps < steps) {
      const { name } = setup.kernels;
      this.#learner = new Learner({
        ...setup.options,
        kernels: openKernels(runnableKernelSets().find((set) => set === name) ?? 'reference'),
        bptt: 'full',
        clip: null,
        // The weights stay as they are.
        optimizer: { kind: 'sgd', learningRate: 0, weightDecay: 0, schedule: 'constant', momentum: 0, nesterov: false },
        steps,
        batch: 1,
        shards: 1,
      });
      this.#steps = steps;
      this.#loaded = undefined;
    }
    if (this.#loaded !== capture) {
      for (const name of setup.layout.parameters) this.#learner.load(name, tensorOf(capture, name).data);
      this.#loaded = capture;
    }
    return this.#learner;
  }
}

/** Single sequences with the weights before one captured update; the last one is remembered. */
export class ProbedUpdate {
  #last: { readonly key: string; readonly probed: ProbedSequence } | undefined;
  #losses: HeldOutLosses | undefined;

  constructor(
    readonly computer: ProbeComputer,
    readonly capture: Capture,
  ) {}

  /**
   * Forward pass, loss and backward pass of a sequence, over all of its steps and from the zero state.
   *
   * @throws RangeError with a message for people for a sequence that the data don't have, that is too long or has no
   *   target, and where its numbers are not finite
   */
  of(probe: Probe): ProbedSequence {
    const key = JSON.stringify(probe);
    if (this.#last?.key !== key) this.#last = { key, probed: this.#walk(probedWindow(this.computer.setup, probe)) };
    return this.#last.probed;
  }

  /** The loss of every held-out sequence. */
  async heldOutLosses(pause: Pause): Promise<HeldOutLosses> {
    this.#losses ??= await this.#measureHeldOut(pause);
    return this.#losses;
  }

  #walk(window: Window): ProbedSequence {
    const { setup } = this.computer;
    const learner = this.computer.learnerFor(this.capture, window.steps);
    const outcome = learner.step(window, { record: false, capture: true });
    if (outcome.kind === 'forwardOnly') {
      throw new RangeError('No step of this sequence has a target, so it has no loss to walk back from.');
    }
    if (outcome.kind === 'nonFinite' || outcome.capture === undefined) {
      const where = outcome.kind === 'nonFinite' && outcome.t !== undefined ? ` at step ${formatExact(outcome.t)}` : '';
      throw new RangeError(
        `With the weights before this update a number of this sequence is not finite${where}. Choose an earlier update.`,
      );
    }
    const step = this.capture.metadata['step'] ?? '';
    const capture = { ...outcome.capture, metadata: { ...outcome.capture.metadata, step } };
    return {
      capture,
      terms: new UpdateTerms(capture),
      setup: { ...setup, experiment: { ...setup.experiment, bptt: 'full', clip: null } },
    };
  }

  async #measureHeldOut(pause: Pause): Promise<HeldOutLosses> {
    const measured: HeldOutLoss[] = [];
    for (const { sequence, label, window } of heldOutSequences(this.computer.setup.source)) {
      // The learner may have been given the weights of another update meanwhile.
      const evaluation = this.computer.learnerFor(this.capture, 1).evaluate([window()]);
      if (evaluation !== undefined) measured.push({ sequence, loss: evaluation.loss, label });
      await pause();
    }
    const badness = (loss: number): number => (Number.isNaN(loss) ? Infinity : loss);
    // Two that are infinite have no difference.
    measured.sort((a, b) => {
      const [one, other] = [badness(a.loss), badness(b.loss)];
      return one === other ? a.sequence - b.sequence : other > one ? 1 : -1;
    });
    return {
      update: Number(this.capture.metadata['step']),
      sequences: measured.slice(0, maxListedSequences),
      count: measured.length,
    };
  }
}
