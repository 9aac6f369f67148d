import { windowsOf } from '../../engine/recurrence/truncation';
import type { Capture } from '../../engine/instruments/capture';
import type { NonFinite, Updated } from '../../engine/instruments/outcome';
import type { Snapshot } from '../../engine/snapshot';
import type { Window } from '../../engine/recurrence/window';
import type { Model } from '../../experiment/schema/schema';
import { PlateauSchedule, type PlateauState } from '../../engine/optimizers/plateau';
import type { RateChange } from '../../run/rateChanges';
import type { EndReason } from '../../run/endReason';
import { ValidationProgress, type ValidationState } from './validationProgress';
import type { UpdateRecord } from '../../run/records/recordBatch';
import type { TrainingSetup } from './trainingSetup';
import { validate } from './validation';
import { isGated } from '../../run/cellGates';
import { formatTensorName } from '../../text/tensorNames';

/** The result of one call of `advance`. */
export type Advance =
  | {
      readonly kind: 'updated';
      readonly record: UpdateRecord;
      readonly capture: Capture | undefined;
      /** The window, and the learner before and after the update; undefined where it wasn't captured. */
      readonly captured: CapturedUpdate | undefined;
      /** Why the run ends with this update; undefined if it continues. */
      readonly finished: EndReason | undefined;
      /** Whether its validation loss is the lowest so far. */
      readonly isBest: boolean;
    }
  | { readonly kind: 'nonFinite'; readonly where: NonFinite };

/** One update with its window and the learner before and after it, so that it can be inspected and recomputed. */
export interface CapturedUpdate {
  readonly capture: Capture;
  readonly window: Window;
  readonly before: Snapshot;
  readonly after: Snapshot;
}

/** The position of a training in its data. Together with the learner's snapshot it suffices to resume. */
export interface TrainingPosition {
  /** State of the source before the batch in progress. */
  readonly source: unknown;
  /** Windows of that batch already trained on. */
  readonly windowsDone: number;
  readonly learningRate: number;
  readonly seconds: number;
  /** Absent in checkpoints of earlier versions. */
  readonly validation?: ValidationState | undefined;
  /** Of a plateau schedule. */
  readonly plateau?: PlateauState | undefined;
}

const maxWindowsWithoutTarget = 10_000;

/** The training loop, one update per call of `advance`. */
export class Training {
  #windows: Iterator<Window> | undefined;
  #windowsDone = 0;
  #sourceState: unknown;
  #seconds = 0;
  readonly #validation = new ValidationProgress();
  readonly #plateau: PlateauSchedule | undefined;
  /** Whether validation losses are measured; undefined before it matters. */
  #hasValidation: boolean | undefined;

  constructor(
    readonly setup: TrainingSetup,
    /** Monotonic clock, in seconds. */
    readonly clock: () => number,
  ) {
    this.#sourceState = setup.source.state();
    const { schedule } = setup.experiment.optimizer;
    this.#plateau =
      schedule !== 'constant' && 'plateau' in schedule ? new PlateauSchedule(schedule.plateau) : undefined;
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
   * @param measuring whether losses, gradients through time and validation losses are recorded; the training is the same
   *   without
   * @throws when no window of the data has a target within the steps of the gradient
   */
  advance(capturing: (update: number) => boolean = () => false, measuring = true): Advance {
    const startedAt = this.clock();
    const { learner, experiment } = this.setup;
    const request = {
      record: measuring && learner.updates % experiment.record.every === 0,
      capture: capturing(learner.updates),
    };
    for (let skipped = 0; skipped < maxWindowsWithoutTarget; skipped++) {
      const window = this.#nextWindow();
      const before = request.capture ? learner.snapshot() : undefined;
      const outcome = learner.step(window, request);
      switch (outcome.kind) {
        case 'forwardOnly':
          continue;
        case 'nonFinite':
          // The window isn't done: a resumed run trains on it again and finds the same value.
          this.#windowsDone--;
          return { kind: 'nonFinite', where: outcome };
        case 'updated':
          return this.#conclude(outcome, startedAt, before === undefined ? undefined : { window, before }, measuring);
        default:
          outcome satisfies never;
      }
    }
    throw new Error(
      `No target lies within the last ${JSON.stringify(experiment.bptt)} steps of any of ${maxWindowsWithoutTarget} windows, ` +
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
      validation: this.#validation.state,
      ...(this.#plateau === undefined ? {} : { plateau: this.#plateau.state }),
    };
  }

  /** Whether the run is over because the validation loss has not fallen for long enough. */
  get isOutOfPatience(): boolean {
    const { patience } = this.setup.experiment.training;
    return patience !== undefined && this.#validation.state.withoutImprovement >= patience;
  }

  /** Grants a run that ended without patience the same number of validations again. */
  renewPatience(): void {
    this.#validation.renew();
  }

  /**
   * Lets the plateau schedule, if there is one, change the rate of the next update. A replay doesn't call it: it follows
   * the changes that the run recorded.
   *
   * @param record of the last update
   * @returns the change, from the next update on; undefined where the rate stays as it is
   */
  reduceRate({ loss, validationLoss }: UpdateRecord): RateChange | undefined {
    if (this.#plateau === undefined) return undefined;
    const { learner } = this.setup;
    const metric = this.#isValidated() ? validationLoss : loss;
    const reduction = metric === undefined ? undefined : this.#plateau.observe(metric, learner.learningRate);
    if (reduction === undefined) return undefined;
    learner.learningRate = reduction.learningRate;
    return { update: learner.updates, learningRate: reduction.learningRate, cause: 'plateau' };
  }

  #isValidated(): boolean {
    const { source, experiment } = this.setup;
    this.#hasValidation ??= experiment.training.validateEvery > 0 && hasAny(source.validation());
    return this.#hasValidation;
  }

  /**
   * Continues from a position. The learner is restored separately.
   *
   * @throws when these data have no such position
   */
  seek(position: TrainingPosition): void {
    this.setup.source.restore(position.source);
    this.#sourceState = position.source;
    this.#windows = undefined;
    this.#windowsDone = 0;
    while (this.#windowsDone < position.windowsDone) {
      const before = this.#windowsDone;
      this.#nextWindow();
      if (this.#windowsDone <= before) {
        throw new Error(
          `The position is after ${position.windowsDone} windows of the batch, which has only ${before}: it belongs to other data.`,
        );
      }
    }
    this.setup.learner.learningRate = position.learningRate;
    this.#seconds = position.seconds;
    if (position.validation !== undefined) this.#validation.restore(position.validation);
    if (position.plateau !== undefined) this.#plateau?.restore(position.plateau);
  }

  #conclude(
    outcome: Updated,
    startedAt: number,
    around: Pick<CapturedUpdate, 'window' | 'before'> | undefined,
    measuring: boolean,
  ): Advance {
    const { experiment, learner } = this.setup;
    const { steps, validateEvery, stopAtLoss } = experiment.training;
    const done = learner.updates;
    const ended =
      stopAtLoss !== undefined && outcome.loss <= stopAtLoss ? 'stopAtLoss' : done >= steps ? 'steps' : undefined;
    const isDue = measuring && validateEvery > 0 && (done % validateEvery === 0 || ended !== undefined);
    const validation = isDue ? validate(this.setup) : undefined;
    const validationLoss = validation?.loss;
    const isBest = validationLoss !== undefined && this.#validation.observe(validationLoss, done);
    const finished = ended ?? (this.isOutOfPatience ? 'patience' : undefined);
    this.#seconds += this.clock() - startedAt;
    const { capture, record, kind: _, ...numbers } = outcome;
    return {
      kind: 'updated',
      record: { ...numbers, validationLoss, metrics: validation?.metrics, seconds: this.#seconds, record },
      capture,
      // The source may write its next batch over this one.
      captured:
        capture === undefined || around === undefined
          ? undefined
          : { capture, before: around.before, after: learner.snapshot(), window: structuredClone(around.window) },
      finished,
      isBest,
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

function hasAny(items: Iterable<unknown>): boolean {
  for (const _ of items) return true;
  return false;
}

/** The message for a value that isn't finite: where it occurred and what may help. */
export function describeNonFinite(where: NonFinite, model: Model, advice: string): string {
  const place = [
    where.layer === undefined ? undefined : `layer ${where.layer}`,
    where.t === undefined ? undefined : `step t = ${where.t}`,
    where.row === undefined ? undefined : `sequence ${where.row} of the batch`,
  ].filter((part) => part !== undefined);
  const at = place.length === 0 ? '' : ` at ${place.join(', ')}`;
  return (
    `Diverged at update ${where.update}: ${formatTensorName(where.tensor, isGated(model.cell))} became ${where.value} in the ${where.pass} pass${at}. ` +
    `The parameters are those before this update. ${advice}`
  );
}
