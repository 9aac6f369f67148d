import { windowsOf } from '../../engine/recurrence/truncation';
import type { Capture } from '../../engine/instruments/capture';
import type { NonFinite, Updated } from '../../engine/instruments/outcome';
import type { Snapshot } from '../../engine/snapshot';
import type { Window } from '../../engine/recurrence/window';
import type { CellName } from '../../experiment/modelSchema';
import type { UpdateRecord } from '../../run/records/recordBatch';
import type { TrainingSetup } from './trainingSetup';
import { isGated } from '../../run/cellGates';
import { formatTensorName } from '../../text/tensorNames';

/** What one call of `advance` brought. */
export type Advance =
  | {
      readonly kind: 'updated';
      readonly record: UpdateRecord;
      readonly capture: Capture | undefined;
      /** The window it was made from and the learner before it, where it was captured. */
      readonly captured: CapturedUpdate | undefined;
      /** Why the run is over with this update, if it is. */
      readonly finished: 'steps' | 'stopAtLoss' | undefined;
    }
  | { readonly kind: 'nonFinite'; readonly where: NonFinite };

/** One update with everything around it, so that it can be looked at and computed once more. */
export interface CapturedUpdate {
  readonly capture: Capture;
  readonly window: Window;
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** Where the training stands in its data; with the learner's snapshot it says everything needed to go on. */
export interface TrainingPosition {
  /** State of the source before the batch in progress. */
  readonly source: unknown;
  /** Windows of that batch already trained on. */
  readonly windowsDone: number;
  readonly learningRate: number;
  readonly seconds: number;
}

const longestBarrenStretch = 10_000;

/** The training loop, one update a call; whoever drives it decides when to go on. */
export class Training {
  #windows: Iterator<Window> | undefined;
  #windowsDone = 0;
  #sourceState: unknown;
  #seconds = 0;

  constructor(
    readonly setup: TrainingSetup,
    /** Seconds on a clock that never goes back. */
    readonly clock: () => number,
  ) {
    this.#sourceState = setup.source.state();
  }

  get updates(): number {
    return this.setup.learner.updates;
  }

  get seconds(): number {
    return this.#seconds;
  }

  get isFinished(): boolean {
    return this.updates >= this.setup.experiment.training.steps;
  }

  /**
   * Trains on windows until one of them updates the parameters.
   *
   * @param measuring whether losses and gradients through time are recorded and validation losses taken; the training is
   *   the same without
   * @throws when the data hold no window that could ever update.
   */
  advance(capturing: (update: number) => boolean = () => false, measuring = true): Advance {
    const began = this.clock();
    const { learner, experiment } = this.setup;
    const request = {
      record: measuring && learner.updates % experiment.record.every === 0,
      capture: capturing(learner.updates),
    };
    for (let barren = 0; barren < longestBarrenStretch; barren++) {
      const window = this.#nextWindow();
      const before = request.capture ? learner.snapshot() : undefined;
      const outcome = learner.step(window, request);
      switch (outcome.kind) {
        case 'forwardOnly':
          continue;
        case 'nonFinite':
          // Not done: whoever goes on from here meets the same window, and the same value.
          this.#windowsDone--;
          return { kind: 'nonFinite', where: outcome };
        case 'updated':
          return this.#conclude(outcome, began, before === undefined ? undefined : { window, before }, measuring);
        default:
          outcome satisfies never;
      }
    }
    throw new Error(
      `No target lies within the last ${JSON.stringify(experiment.bptt)} steps of any of ${longestBarrenStretch} windows, ` +
        'so nothing can be learned. Make bptt.backward longer or choose another bptt.forward.',
    );
  }

  /** See TrainingPosition. */
  position(): TrainingPosition {
    return {
      source: this.#sourceState,
      windowsDone: this.#windowsDone,
      learningRate: this.setup.learner.learningRate,
      seconds: this.#seconds,
    };
  }

  /**
   * Goes on from a position; the learner has been restored by itself.
   *
   * @throws where there is no such position in these data
   */
  moveTo(position: TrainingPosition): void {
    this.setup.source.restore(position.source);
    this.#sourceState = position.source;
    this.#windows = undefined;
    this.#windowsDone = 0;
    while (this.#windowsDone < position.windowsDone) {
      const before = this.#windowsDone;
      this.#nextWindow();
      if (this.#windowsDone <= before) {
        throw new Error(
          `The batch has ${before} windows, and ${position.windowsDone} would be done: it is of other data.`,
        );
      }
    }
    this.setup.learner.learningRate = position.learningRate;
    this.#seconds = position.seconds;
  }

  #conclude(
    outcome: Updated,
    began: number,
    around: Pick<CapturedUpdate, 'window' | 'before'> | undefined,
    measuring: boolean,
  ): Advance {
    const { experiment, learner, source } = this.setup;
    const { steps, validateEvery, stopAtLoss } = experiment.training;
    const done = learner.updates;
    const finished =
      stopAtLoss !== undefined && outcome.loss <= stopAtLoss ? 'stopAtLoss' : done >= steps ? 'steps' : undefined;
    const isDue = measuring && validateEvery > 0 && (done % validateEvery === 0 || finished !== undefined);
    const validationLoss = isDue ? learner.evaluate(source.validation())?.loss : undefined;
    this.#seconds += this.clock() - began;
    const { capture, record, kind: _, ...numbers } = outcome;
    return {
      kind: 'updated',
      record: { ...numbers, validationLoss, seconds: this.#seconds, record },
      capture,
      // The source may write its next batch over this one.
      captured:
        capture === undefined || around === undefined
          ? undefined
          : { capture, before: around.before, after: learner.snapshot(), window: structuredClone(around.window) },
      finished,
    };
  }

  #nextWindow(): Window {
    for (;;) {
      const next = this.#windows?.next();
      if (next !== undefined && next.done !== true) {
        this.#windowsDone++;
        return next.value;
      }
      this.#sourceState = this.setup.source.state();
      this.#windowsDone = 0;
      this.#windows = this.#cut(this.setup.source.next())[Symbol.iterator]();
    }
  }

  #cut(batch: Window): Iterable<Window> {
    const { bptt } = this.setup.experiment;
    return bptt === 'full' || this.setup.source.isContiguous ? [batch] : windowsOf(batch, bptt.forward);
  }
}

/** What went wrong where, as a person reads it. */
export function describeNonFinite(where: NonFinite, cell: CellName): string {
  const place = [
    where.layer === undefined ? undefined : `layer ${where.layer}`,
    where.t === undefined ? undefined : `step t = ${where.t}`,
    where.row === undefined ? undefined : `sequence ${where.row} of the batch`,
  ].filter((part) => part !== undefined);
  const at = place.length === 0 ? '' : ` at ${place.join(', ')}`;
  const advice =
    where.update === 0
      ? 'It is the first update: check the data, the initial weights and model.init.'
      : 'A smaller optimizer.learningRate or a clip usually helps.';
  return (
    `Diverged at update ${where.update}: ${formatTensorName(where.tensor, isGated(cell))} became ${where.value} in the ${where.pass} pass${at}. ` +
    `The parameters are those before this update. ${advice}`
  );
}
