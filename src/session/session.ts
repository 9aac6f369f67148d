import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import { Channel, reasonOf } from '../protocol/channel';
import { DisplaySeries } from '../protocol/displaySeries';
import { isLive, type RunFacts, type RunState, type RunStatus } from '../protocol/run';
import type { Ending, RefusalAt, StartParams, TrainerContract, TrainerHostContract } from '../protocol/trainer';
import type { FolderLock } from '../run/folderLock.node';
import type { BrokenPlace } from '../run/manifest';
import { batchBefore, type RecordBatch } from '../run/recordBatch';
import { Speedometer } from './speedometer';
import { outOfMemory, type StartTrainerWorker, type TrainerWorker } from './trainerWorker';

/** What a session that is not live knows from a run's folder. */
export interface ArchivedRun {
  readonly facts: RunFacts;
  /** With every default written out, as the run's manifest has it. */
  readonly experiment: unknown;
  readonly state: RunState;
  readonly message: string | undefined;
  readonly broke: BrokenPlace | undefined;
  readonly batches: readonly RecordBatch[];
}

/** What a session holds while its trainer's thread lives. */
export interface Held {
  /** The run's folder, which nobody else may train in meanwhile. */
  readonly lock: FolderLock | undefined;
  /** The run that is gone on with; undefined for a new one. */
  readonly archived: ArchivedRun | undefined;
}

interface LiveTrainer {
  readonly worker: TrainerWorker;
  readonly channel: Channel<TrainerHostContract, TrainerContract>;
}

/** The host's side of one run: its trainer while it lives, its state, its series. */
export class Session implements Disposable {
  readonly #changed = new EventEmitter<undefined>();
  readonly #appended = new EventEmitter<undefined>();
  readonly #noticed = new EventEmitter<string>();
  readonly #speed = new Speedometer();
  #trainer: LiveTrainer | undefined;
  #facts: RunFacts | undefined;
  #experiment: unknown;
  #memoryLimit: number | undefined;
  #series: DisplaySeries | undefined;
  #state: RunState = 'preparing';
  #isStopping = false;
  #message: string | undefined;
  #broke: BrokenPlace | undefined;
  #updates = 0;
  #seconds = 0;
  #place: number | undefined;
  #clipped = 0;
  #lastClip: number | undefined;
  #loss: number | undefined;
  #validationLoss: number | undefined;
  #learningRate: number | undefined;
  readonly #whenOver: (() => void)[] = [];
  #gone: Promise<void> = Promise.resolve();

  /** Fires when the state, the facts or the last numbers changed. */
  readonly onDidChange: Event<undefined> = this.#changed.event;
  /** Fires when the series grew. */
  readonly onDidAppend: Event<undefined> = this.#appended.event;
  /** Fires with what the person must know and does not end the run. */
  readonly onDidNotice: Event<string> = this.#noticed.event;

  /** @param resumed the folder of the run that is gone on with */
  constructor(
    readonly uri: Uri,
    readonly variant: string | undefined,
    readonly resumed?: string,
  ) {}

  get facts(): RunFacts | undefined {
    return this.#facts;
  }

  /** Absolute path of the run's folder; undefined where nothing is kept, or not yet. */
  get folder(): string | undefined {
    return this.#facts === undefined ? this.resumed : (this.#facts.folder ?? undefined);
  }

  /** The experiment with every default written out; undefined before the trainer has been asked. */
  get experiment(): unknown {
    return this.#experiment;
  }

  /** Resolves when no thread of this session can write any more, and its folder is free. */
  get gone(): Promise<void> {
    return this.#gone;
  }

  get series(): DisplaySeries | undefined {
    return this.#series;
  }

  get isLive(): boolean {
    return isLive(this.#state);
  }

  get status(): RunStatus {
    const updatesPerSecond = this.#state === 'running' ? this.#speed.updatesPerSecond : undefined;
    const left = (this.#facts?.plannedUpdates ?? 0) - this.#updates;
    return {
      state: this.#state,
      updates: this.#updates,
      updatesPerSecond,
      secondsLeft: updatesPerSecond === undefined || updatesPerSecond <= 0 ? undefined : left / updatesPerSecond,
      learningRate: this.#learningRate,
      loss: this.#loss,
      validationLoss: this.#validationLoss,
      seconds: this.#seconds,
      place: this.#state === 'waiting' ? this.#place : undefined,
      clipped: this.#clipped,
      lastClip: this.#lastClip,
      broke: this.#broke,
      message: this.#message,
    };
  }

  /** Says that the run stands in a queue, at this place from 1. */
  wait(place: number): void {
    if (this.#state !== 'preparing' && this.#state !== 'waiting') return;
    if (this.#state === 'waiting' && this.#place === place) return;
    this.#state = 'waiting';
    this.#place = place;
    this.#changed.fire(undefined);
  }

  /** The wait is over. */
  prepare(): void {
    if (this.#state === 'waiting') this.#enter('preparing');
  }

  /**
   * Starts the trainer.
   *
   * @param held let go of when the trainer's thread is gone
   * @returns the reasons when it refuses, and then the session is over; nothing when it trains
   * @throws when the trainer cannot be reached
   */
  async start(startWorker: StartTrainerWorker, params: StartParams, held?: Held): Promise<readonly RefusalAt[]> {
    this.#experiment = params.experiment;
    this.#memoryLimit = params.memoryLimit;
    const trainer = this.#connect(startWorker(), held?.lock);
    const reply = await trainer.channel.request('start', params).catch((error: unknown) => {
      if (this.isLive) this.#end('failed', reasonOf(error));
      throw error;
    });
    if (reply.kind === 'refused') {
      this.#end('failed', reply.refusals[0]?.message);
      return reply.refusals;
    }
    this.#facts = reply.facts;
    this.#series = new DisplaySeries(reply.facts.layout, reply.facts.recordEvery);
    // What the checkpoint does not know of is trained again, and comes again.
    for (const batch of held?.archived?.batches ?? []) this.#take(batchBefore(batch, reply.updates));
    if (this.#state === 'preparing') this.#enter('running');
    return [];
  }

  /** Shows a run that no trainer of this window has, or shows it anew. */
  showArchive({ facts, experiment, state, message, broke, batches }: ArchivedRun): void {
    this.#broke = broke;
    this.#facts = facts;
    this.#experiment = experiment;
    this.#series = new DisplaySeries(facts.layout, facts.recordEvery);
    this.#clipped = 0;
    for (const batch of batches) this.#take(batch);
    this.#end(state, message);
  }

  async pause(): Promise<void> {
    if (this.#trainer === undefined || this.#state === 'preparing') return;
    await this.#trainer.channel.request('pause', undefined);
    this.#enter('paused');
  }

  async resume(): Promise<void> {
    if (this.#trainer === undefined || this.#state === 'preparing') return;
    await this.#trainer.channel.request('resume', undefined);
    this.#enter('running');
  }

  /** One update, then paused. */
  async step(): Promise<void> {
    if (this.#trainer === undefined || this.#state === 'preparing') return;
    this.#enter('paused');
    await this.#trainer.channel.request('step', undefined);
    this.#changed.fire(undefined);
  }

  /**
   * Ends the run once the update in progress is done; resolves when it is over and its records are kept. Asked a second
   * time, it does not wait for an update that takes too long, and ends the trainer at once.
   */
  async stop(): Promise<void> {
    if (this.#state === 'waiting' || this.#state === 'preparing') {
      this.#end('stopped', undefined);
      return;
    }
    const trainer = this.#trainer;
    if (trainer === undefined) return;
    if (this.#isStopping) {
      this.#end('stopped', 'Ended in the middle of an update; the records go up to the last second before.');
      return;
    }
    this.#isStopping = true;
    const over = new Promise<void>((resolve) => {
      this.#whenOver.push(resolve);
    });
    await trainer.channel.request('stop', undefined);
    await over;
  }

  /** Ends a run that could not even be started. */
  fail(message: string): void {
    if (this.isLive) this.#end('failed', message);
  }

  async setLearningRate(rate: number): Promise<void> {
    await this.#trainer?.channel.request('setLearningRate', rate);
  }

  dispose(): void {
    // Whoever still waits for its start, or for its end, learns that it was not a failure.
    if (this.isLive) this.#end('stopped', undefined);
    this.#disconnect('The session was closed.');
    this.#changed.dispose();
    this.#appended.dispose();
    this.#noticed.dispose();
  }

  #connect(worker: TrainerWorker, lock: FolderLock | undefined): LiveTrainer {
    const channel = new Channel<TrainerHostContract, TrainerContract>(
      worker.port,
      {},
      {
        onFault: (reason) => {
          this.#noticed.fire(reason);
        },
      },
    );
    const trainer = { worker, channel };
    this.#trainer = trainer;
    channel.on('records', (batch) => {
      this.#take(batch);
      this.#appended.fire(undefined);
      this.#changed.fire(undefined);
    });
    channel.on('notice', (message) => {
      this.#noticed.fire(message);
    });
    channel.on('ended', (ending) => {
      this.#conclude(ending);
    });
    this.#gone = new Promise((resolve) => {
      worker.onGone(() => {
        void Promise.resolve(lock?.release()).finally(resolve);
      });
    });
    worker.onGone((reason) => {
      channel.close(reason ?? 'The trainer has ended.');
      if (this.isLive && this.#trainer === trainer) {
        this.#end('failed', this.#wordsFor(reason));
      }
    });
    return trainer;
  }

  /** Why the thread is gone, and the way back. */
  #wordsFor(reason = 'The trainer has ended.'): string {
    const back =
      this.folder === undefined
        ? 'Train again to start over.'
        : 'Resume goes on from the newest checkpoint; Train starts over.';
    if (reason !== outOfMemory) return `${reason} ${back}`;
    const mebibytes = (bytes: number): string => `${Math.ceil(bytes / 1024 ** 2).toLocaleString('en-US')} MiB`;
    const estimate = this.#facts === undefined ? '' : ` It was estimated to need ${mebibytes(this.#facts.memoryBytes)}`;
    const limit = this.#memoryLimit === undefined ? '' : `, and may use ${mebibytes(this.#memoryLimit)}`;
    return `${reason}${estimate}${estimate === '' ? '' : `${limit}.`} ${back} Fewer hidden units, a shorter length or a smaller batch need less.`;
  }

  #take(batch: RecordBatch): void {
    if (batch.count === 0) return;
    this.#series?.append(batch);
    for (let n = 0; n < batch.count; n++) {
      this.#updates = (batch.update[n] ?? 0) + 1;
      this.#loss = batch.loss[n];
      this.#learningRate = batch.learningRate[n];
      const validationLoss = batch.validationLoss[n] ?? NaN;
      if (!Number.isNaN(validationLoss)) this.#validationLoss = validationLoss;
      if (batch.clipped[n] === 1) {
        this.#clipped++;
        this.#lastClip = batch.update[n];
      }
    }
    this.#seconds = batch.seconds[batch.count - 1] ?? 0;
    this.#speed.mark(this.#updates, this.#seconds);
  }

  #conclude(ending: Ending): void {
    switch (ending.kind) {
      case 'finished':
        this.#end('finished', ending.reason === 'stopAtLoss' ? 'The loss reached training.stopAtLoss.' : undefined);
        return;
      case 'stopped':
        this.#end('stopped', undefined);
        return;
      case 'diverged':
        this.#broke = ending.place;
        this.#end('diverged', ending.message);
        return;
      case 'failed':
        this.#end('failed', ending.message);
        return;
      default:
        ending satisfies never;
    }
  }

  #enter(state: RunState): void {
    if (!this.isLive) return;
    this.#state = state;
    this.#changed.fire(undefined);
  }

  #end(state: RunState, message: string | undefined): void {
    this.#state = state;
    this.#message = message;
    this.#disconnect(message ?? 'The run is over.');
    this.#changed.fire(undefined);
  }

  #disconnect(reason: string): void {
    const trainer = this.#trainer;
    this.#trainer = undefined;
    for (const resolve of this.#whenOver.splice(0)) resolve();
    trainer?.channel.close(reason);
    trainer?.worker.terminate();
  }
}
