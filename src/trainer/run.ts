import type { Capture } from '../engine/capture';
import { reasonOf } from '../protocol/channel';
import type { Ending } from '../protocol/trainer';
import { RecordPacker, type RecordBatch } from '../run/recordBatch';
import type { RunWriter } from './runWriter';
import { describeNonFinite, type Training } from './training';

/** Who watches a run. */
export interface RunObserver {
  /** Records of the updates since the last call, some twenty times a second at most. */
  records(batch: RecordBatch): void;
  /** Something the person must know that does not end the run. */
  notice(message: string): void;
}

/** What a run needs from where it lives. */
export interface RunSurroundings {
  readonly training: Training;
  /** Keeps the run's folder; undefined where nothing is kept. */
  readonly writer: RunWriter | undefined;
  readonly observer: RunObserver;
  /** Lets waiting messages be handled before it resolves. */
  readonly yieldToMessages: () => Promise<void>;
  /** Updates to capture. */
  readonly capturing?: (update: number) => boolean;
}

const secondsBetweenYields = 0.015;
const secondsBetweenPublications = 0.05;
const secondsBetweenFlushes = 1;
const secondsBetweenOverviews = 30;

/** Drives a training from start to end: it can be paused, stepped and stopped, and keeps its records as it goes. */
export class Run {
  readonly #training: Training;
  readonly #published: RecordPacker;
  readonly #kept: RecordPacker;
  #writer: RunWriter | undefined;
  #paused = false;
  #stepsAllowed = 0;
  #stopping = false;
  #wake: (() => void) | undefined;
  #idle: (() => void)[] = [];
  #lastPublication = -Infinity;
  #lastFlush: number;
  #lastOverview: number;

  constructor(readonly surroundings: RunSurroundings) {
    this.#training = surroundings.training;
    this.#writer = surroundings.writer;
    this.#published = new RecordPacker(this.#training.plan.layout);
    this.#kept = new RecordPacker(this.#training.plan.layout);
    this.#lastFlush = this.#training.clock();
    this.#lastOverview = this.#lastFlush;
  }

  /** Resolves once the update in progress is done and published. */
  pause(): Promise<void> {
    this.#paused = true;
    return this.#untilIdle();
  }

  resume(): void {
    this.#paused = false;
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

  setLearningRate(rate: number): void {
    if (!(Number.isFinite(rate) && rate > 0)) throw new Error(`A learning rate is a number above 0; got ${rate}.`);
    this.#training.plan.learner.learningRate = rate;
    const change = { update: this.#training.updates, learningRate: rate };
    void this.#keep((writer) => writer.noteRateChange(change));
  }

  /** Whether everything so far stands in the run's folder. */
  get isKept(): boolean {
    return this.#writer !== undefined;
  }

  /** Trains until the planned end, a stop, a failure or the first value that is not finite. */
  async train(): Promise<Ending> {
    const ending = await this.#loop().catch((error: unknown): Ending => ({
      kind: 'failed',
      updates: this.#training.updates,
      message: reasonOf(error),
    }));
    this.#settleIdle();
    this.#publish();
    await this.#flush();
    // After a failure nobody knows in the middle of what the learner stands.
    if (ending.kind !== 'failed') await this.#keep((writer) => writer.writeCheckpoint());
    await this.#keep((writer) => writer.writeOverview());
    const message = 'message' in ending ? ending.message : undefined;
    const place = 'place' in ending ? ending.place : undefined;
    await this.#keep((writer) => writer.writeManifest(ending.kind, message, place));
    return ending;
  }

  async #loop(): Promise<Ending> {
    const training = this.#training;
    let lastYield = training.clock();
    while (!training.isFinished) {
      if (this.#stopping) return { kind: 'stopped', updates: training.updates };
      if (this.#paused && this.#stepsAllowed === 0) {
        await this.#waitWhilePaused();
        continue;
      }
      if (this.#paused) this.#stepsAllowed--;
      const advance = training.advance(this.surroundings.capturing);
      if (advance.kind === 'nonFinite') {
        const { update, pass, tensor, layer, t, row, value } = advance.where;
        const place = {
          ...{ update, pass, tensor, value },
          ...(layer === undefined ? {} : { layer }),
          ...(t === undefined ? {} : { t }),
          ...(row === undefined ? {} : { row }),
        };
        return { kind: 'diverged', updates: training.updates, message: describeNonFinite(advance.where), place };
      }
      this.#published.add(advance.record);
      if (this.#writer !== undefined) this.#kept.add(advance.record);
      await this.#keepWhatIsDue(advance.record.update, advance.capture);
      if (advance.finished !== undefined) {
        return { kind: 'finished', updates: training.updates, reason: advance.finished };
      }
      const now = training.clock();
      if (now - this.#lastPublication >= secondsBetweenPublications) this.#publish();
      if (now - this.#lastFlush >= secondsBetweenFlushes) await this.#flush();
      if (now - lastYield >= secondsBetweenYields) {
        await this.surroundings.yieldToMessages();
        lastYield = training.clock();
      }
    }
    return { kind: 'finished', updates: training.updates, reason: 'steps' };
  }

  async #keepWhatIsDue(update: number, capture: Capture | undefined): Promise<void> {
    if (capture !== undefined) await this.#keep((writer) => writer.writeCapture(update, capture));
    const { checkpointEvery } = this.#training.plan.experiment.training;
    if (checkpointEvery > 0 && this.#training.updates % checkpointEvery === 0) {
      await this.#flush();
      await this.#keep((writer) => writer.writeCheckpoint());
    }
  }

  async #waitWhilePaused(): Promise<void> {
    this.#publish();
    await this.#flush();
    this.#settleIdle();
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
  }

  #wakeUp(): void {
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
    if (batch !== undefined) this.surroundings.observer.records(batch);
  }

  async #flush(): Promise<void> {
    this.#lastFlush = this.#training.clock();
    const batch = this.#kept.take();
    if (batch !== undefined) await this.#keep((writer) => writer.appendRecords(batch));
    if (this.#lastFlush - this.#lastOverview < secondsBetweenOverviews) return;
    this.#lastOverview = this.#lastFlush;
    await this.#keep((writer) => writer.writeOverview());
  }

  /** A folder that can no longer be written ends the keeping, not the training. */
  async #keep(write: (writer: RunWriter) => Promise<void>): Promise<void> {
    if (this.#writer === undefined) return;
    try {
      await write(this.#writer);
    } catch (error) {
      this.#writer = undefined;
      this.surroundings.observer.notice(
        `The run's records can no longer be written (${reasonOf(error)}). Training goes on; from update ` +
          `${this.#training.updates} on nothing more is kept on disk.`,
      );
    }
  }
}
