import type { Diagnosis } from '../../diagnosis/diagnosis';
import type { Finding } from '../../diagnosis/finding';
import type { Capture } from '../../engine/instruments/capture';
import { reasonOf } from '../../protocol/channel';
import type { SaveStatus } from '../../protocol/run';
import type { Pace } from '../../protocol/pace';
import type { Ending, RunStart } from '../../protocol/trainer';
import { formatEndReason, type EndReason } from '../../run/endReason';
import { RecordPacker, type RecordBatch, type UpdateRecord } from '../../run/records/recordBatch';
import type { RateChange } from '../../run/rateChanges';
import { RunPersistence } from '../storage/persistence';
import type { RunWriter } from '../storage/runWriter';
import { gradientOverLag } from './gradientOverLag';
import { heldOutByTarget } from './heldOutByTarget';
import { RunSignals } from './runSignals';
import { divergenceCause, type DivergenceCause, type FirstNonFinite } from '../../diagnosis/divergence';
import { describeNonFinite, type Training } from './training';

/** Listens to a run. */
export interface RunObserver {
  /** Called with the records of the updates since the last call, at most about twenty times a second. */
  records(batch: RecordBatch): void;
  /** Called when the plateau schedule has reduced the learning rate. */
  rateReduced?(change: RateChange): void;
  /** Called when the state of saving changes. */
  saveStatus(status: SaveStatus): void;
  /** Called with all findings so far when there is a new one. */
  findings?(findings: readonly Finding[]): void;
}

/** The options of a run. */
export interface RunOptions {
  readonly training: Training;
  /** Writes the run's folder; undefined where the run isn't saved. */
  readonly writer: RunWriter | undefined;
  /** By default the writer's own. */
  readonly diagnosis?: Diagnosis;
  readonly observer: RunObserver;
  /** Handles waiting messages before it resolves. */
  readonly yieldToMessages: () => Promise<void>;
  /** What the host asks of the run outside its messages; by default nothing. */
  readonly signals?: RunSignals;
  /** When the first update is trained; by default now. */
  readonly begin?: RunStart;
  /** Maximum number of bytes that wait in memory while the folder can't be written; by default `defaultBufferBytes`. */
  readonly bufferBytes?: number;
  /** Updates to capture. */
  readonly capturing?: (update: number) => boolean;
}

const secondsBetweenYields = 0.015;
const secondsBetweenPublications = 0.05;
/** Maximum time for which a held run waits for its release. */
const secondsHeld = 1;

/** Runs a training from start to end; it can be paused, stepped and stopped, and saves its records meanwhile. */
export class Run {
  readonly #training: Training;
  readonly #published: RecordPacker;
  readonly #persistence: RunPersistence | undefined;
  readonly #diagnosis: Diagnosis | undefined;
  readonly #signals: RunSignals;
  #publishedFindings: readonly Finding[] = [];
  #paused: boolean;
  #pace: Pace = 'max';
  /** No update starts before this time, unless it is a single step. */
  #notBefore = -Infinity;
  /** Ends the wait for that time. */
  #endWait: (() => void) | undefined;
  #stepsAllowed = 0;
  #stopping = false;
  #isSuspended = false;
  #wake: (() => void) | undefined;
  #idle: (() => void)[] = [];
  #alarm: ReturnType<typeof setTimeout> | undefined;
  #lastPublication = -Infinity;

  constructor(readonly options: RunOptions) {
    this.#training = options.training;
    const { writer, observer, bufferBytes } = options;
    const notify = (status: SaveStatus): void => {
      observer.saveStatus(status);
    };
    this.#persistence = writer && new RunPersistence(writer, notify, bufferBytes);
    this.#diagnosis = options.diagnosis ?? writer?.diagnosis;
    this.#signals = options.signals ?? new RunSignals();
    this.#paused = options.begin === 'paused';
    if (options.begin === 'held') this.#notBefore = this.#training.clock() + secondsHeld;
    this.#published = new RecordPacker(this.#training.setup.layout);
  }

  /** Resolves once the update in progress is done and published. */
  pause(): Promise<void> {
    this.#paused = true;
    const isIdle = this.#untilIdle();
    this.#endWait?.();
    return isIdle;
  }

  resume(): void {
    this.#paused = false;
    // Resolves pending pauses and steps, because they won't happen now.
    this.#stepsAllowed = 0;
    this.#notBefore = -Infinity;
    this.#settleIdle();
    this.#wakeUp();
  }

  /** One update, then paused; resolves when it is published. */
  step(): Promise<void> {
    this.#paused = true;
    this.#stepsAllowed++;
    this.#wakeUp();
    return this.#untilIdle();
  }

  stop(): void {
    this.#stopping = true;
    this.#wakeUp();
  }

  /**
   * Stops without an end of its own: everything so far and a checkpoint are saved, and the run can be resumed like one
   * that was interrupted.
   */
  suspend(): void {
    this.#isSuspended = true;
    this.stop();
  }

  /** Trains at most so many updates a second from now on; the results are the same at every pace. */
  setPace(pace: Pace): void {
    this.#pace = pace;
    this.#notBefore = Math.min(this.#notBefore, this.#training.clock() + intervalOf(pace));
    this.#endWait?.();
  }

  /** Starts a held run. */
  release(): void {
    this.#notBefore = -Infinity;
    this.#endWait?.();
  }

  /** @returns the first update that the rate applies to */
  setLearningRate(rate: number): number {
    if (!(Number.isFinite(rate) && rate > 0)) throw new Error(`A learning rate is a number above 0; got ${rate}.`);
    this.#training.setup.learner.learningRate = rate;
    const update = this.#training.updates;
    this.#persistence?.noteRateChange({ update, learningRate: rate });
    return update;
  }

  /** The records from an update on that aren't in the run's folder yet; none if the run isn't saved. */
  unwritten(from: number): readonly RecordBatch[] {
    return this.#persistence?.unwritten(from) ?? [];
  }

  /** Whether everything so far is in the run's folder. */
  get isSaved(): boolean {
    return this.#persistence?.saved === 'whole';
  }

  /** Trains until the planned end, a stop, a failure or the first value that is not finite. */
  async train(): Promise<Ending> {
    const ending = await this.#loop().catch((error: unknown): Ending => ({
      kind: 'failed',
      updates: this.#training.updates,
      message: reasonOf(error),
    }));
    this.#settleIdle();
    if (ending.kind === 'finished') this.#finishDiagnosis();
    if (ending.kind === 'diverged') {
      const { place, message } = ending;
      this.#diagnosis?.diverge(place.update, message, this.#causeOf(place));
    }
    this.#publish();
    if (this.#isSuspended && ending.kind === 'stopped') await this.#persistence?.suspend();
    else await this.#persistence?.conclude(ending);
    return ending;
  }

  #finishDiagnosis(): void {
    const { setup } = this.#training;
    this.#diagnosis?.finish({
      gradientOverLag: (lag) => gradientOverLag(setup, lag),
      heldOutByTarget: () => heldOutByTarget(setup),
    });
  }

  #causeOf(place: FirstNonFinite): DivergenceCause {
    return this.#diagnosis?.causeOfDivergence(place) ?? divergenceCause(place, this.#training.setup.experiment);
  }

  async #loop(): Promise<Ending> {
    const training = this.#training;
    let lastYield = training.clock();
    while (!training.isFinished) {
      if (this.#signals.isStopWanted) this.#stopping = true;
      if (this.#stopping) return { kind: 'stopped', updates: training.updates };
      if (this.#signals.isPauseWanted) this.#paused = true;
      if (this.#paused && this.#stepsAllowed === 0) {
        await this.#waitWhilePaused();
        continue;
      }
      if (!this.#paused && training.clock() < this.#notBefore) {
        await this.#waitForTime();
        continue;
      }
      if (this.#paused) this.#stepsAllowed--;
      this.#planNext(training.clock());
      const advance = training.advance(this.options.capturing);
      if (advance.kind === 'nonFinite') {
        const { update, pass, tensor, layer, t, row, value } = advance.where;
        const place = {
          ...{ update, pass, tensor, value },
          ...(layer === undefined ? {} : { layer }),
          ...(t === undefined ? {} : { t }),
          ...(row === undefined ? {} : { row }),
        };
        const { model } = training.setup.experiment;
        const { advice } = this.#causeOf(place);
        const story = this.#diagnosis?.divergenceStory(place) ?? '';
        const message = [story, describeNonFinite(advance.where, model, advice)]
          .filter((text) => text !== '')
          .join(' ');
        const began = this.#diagnosis?.divergenceBegan;
        return {
          kind: 'diverged',
          updates: training.updates,
          message,
          place: { ...place, ...(began === undefined ? {} : { began }) },
        };
      }
      this.#published.add(advance.record);
      this.#persistence?.add(advance.record);
      this.#diagnosis?.observe(advance.record);
      this.#followPlateau(advance.record);
      if (advance.isBest) this.#persistence?.noteBest();
      await this.#saveDue(advance.record.update, advance.capture);
      if (advance.finished !== undefined) {
        return finishedEnding(training, advance.finished);
      }
      const now = training.clock();
      if (now - this.#lastPublication >= secondsBetweenPublications) this.#publish();
      if (this.#persistence?.secondsToFlush === 0) await this.#persistence.flush();
      if (now - lastYield >= secondsBetweenYields) {
        await this.options.yieldToMessages();
        lastYield = training.clock();
      }
    }
    return { kind: 'finished', updates: training.updates, reason: 'steps' };
  }

  /** Before the next checkpoint, so that this has the new rate. */
  #followPlateau(record: UpdateRecord): void {
    const change = this.#training.reduceRate(record);
    if (change === undefined) return;
    this.#persistence?.noteRateChange(change);
    this.options.observer.rateReduced?.(change);
  }

  async #saveDue(update: number, capture: Capture | undefined): Promise<void> {
    if (capture !== undefined) await this.#persistence?.capture(update, capture);
    const { checkpointEvery } = this.#training.setup.experiment.training;
    if (checkpointEvery > 0 && this.#training.updates % checkpointEvery === 0) await this.#persistence?.checkpoint();
  }

  /** Sets the time of the update after the one that starts now; short delays are made up for, long ones are not. */
  #planNext(now: number): void {
    const interval = intervalOf(this.#pace);
    const isLate = now - this.#notBefore > interval;
    this.#notBefore = interval === 0 ? -Infinity : (isLate ? now : this.#notBefore) + interval;
  }

  async #waitForTime(): Promise<void> {
    const seconds = this.#notBefore - this.#training.clock();
    if (seconds > secondsBetweenPublications) this.#publish();
    await new Promise<void>((resolve) => {
      this.#endWait = resolve;
      this.#alarm = setTimeout(resolve, seconds * 1000);
    });
    this.#endWait = undefined;
    clearTimeout(this.#alarm);
  }

  async #waitWhilePaused(): Promise<void> {
    this.#publish();
    await this.#persistence?.flush();
    this.#settleIdle();
    // While the records were written, the run may have been resumed, stepped or stopped.
    if (this.#stopping || !this.#paused || this.#stepsAllowed > 0) return;
    const persistence = this.#persistence;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
      if (persistence?.saved === 'waiting') this.#wakeLater(persistence.secondsToFlush);
    });
    clearTimeout(this.#alarm);
  }

  /** Wakes a paused run for its next attempt to write the buffer; the loop then waits again. */
  #wakeLater(seconds: number): void {
    this.#alarm = setTimeout(() => {
      this.#wakeUp();
    }, seconds * 1000);
  }

  #wakeUp(): void {
    this.#endWait?.();
    const wake = this.#wake;
    this.#wake = undefined;
    wake?.();
  }

  #untilIdle(): Promise<void> {
    if (this.#wake !== undefined) return Promise.resolve();
    return new Promise((resolve) => {
      this.#idle.push(resolve);
    });
  }

  #settleIdle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }

  #publish(): void {
    this.#lastPublication = this.#training.clock();
    const batch = this.#published.take();
    if (batch !== undefined) this.options.observer.records(batch);
    const findings = this.#diagnosis?.findings ?? [];
    if (findings === this.#publishedFindings) return;
    this.#publishedFindings = findings;
    this.options.observer.findings?.(findings);
  }
}

function finishedEnding(training: Training, reason: EndReason): Ending {
  const { patience } = training.setup.experiment.training;
  const message = formatEndReason(reason, patience, training.position().validation?.best ?? undefined);
  return { kind: 'finished', updates: training.updates, reason, ...(message === undefined ? {} : { message }) };
}

/** Seconds from the start of an update to that of the next one; 0 without a limit. */
function intervalOf(pace: Pace): number {
  return pace === 'max' ? 0 : 1 / pace;
}
