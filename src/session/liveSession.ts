import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import { formatMebibytes } from '../text/numbers';
import { Channel, reasonOf } from '../protocol/channel';
import type { Finding } from '../diagnosis/finding';
import type { DisplaySeries } from '../run/series/displaySeries';
import { isLive, type SaveStatus, type RunInfo, type RunState, type RunStatus } from '../protocol/run';
import { initialNumbers, RunHistory } from '../run/series/runHistory';
import type { Ending, StartProblem, StartParams, TrainerContract, TrainerHostContract } from '../protocol/trainer';
import type { FolderLock } from '../run/storage/folderLock.node';
import type { NonFiniteLocation } from '../run/manifest';
import type { RecordBatch } from '../run/records/recordBatch';
import { RateMeter } from './rateMeter';
import { outOfMemory, type StartTrainerWorker, type TrainerWorker } from './trainerWorker';

/** Milliseconds within which two presses are meant as one. */
const doublePress = 500;
/** Milliseconds that a trainer which has heard Stop is given to write the run's end. */
const longestLastWrite = 5000;

/** What a session holds while its trainer runs. */
export interface TrainerResources {
  /** The run's folder, which nobody else may train in meanwhile. */
  readonly lock: FolderLock | undefined;
  /** Reads what the run that is gone on with had recorded before so many updates; undefined for a new run. */
  readonly recall: ((updates: number) => Promise<RunHistory>) | undefined;
}

interface LiveTrainer {
  readonly worker: TrainerWorker;
  readonly channel: Channel<TrainerHostContract, TrainerContract>;
}

/** A run that this window trains or has trained: its trainer while that runs, its state, its series. */
export class LiveSession implements Disposable {
  readonly kind = 'live';
  readonly #changed = new EventEmitter<undefined>();
  readonly #appended = new EventEmitter<RecordBatch>();
  readonly #noticed = new EventEmitter<string>();
  readonly #speed = new RateMeter();
  #trainer: LiveTrainer | undefined;
  #facts: RunInfo | undefined;
  #experiment: unknown;
  #memoryLimit: number | undefined;
  #history: RunHistory | undefined;
  /** Records that arrived before there was a history to append them to. */
  #early: RecordBatch[] = [];
  #state: RunState = 'preparing';
  #isStopping = false;
  /** Until when (ms) another Stop says nothing new. */
  #patientUntil = -Infinity;
  /** Of pause, resume and step only the last says where the run stands: an earlier one may be answered later. */
  #wishes = 0;
  #message: string | undefined;
  #nonFinite: NonFiniteLocation | undefined;
  #findings: readonly Finding[] = [];
  #keeping: SaveStatus | undefined;
  #place: number | undefined;
  readonly #whenOver: (() => void)[] = [];
  #gone: Promise<void> = Promise.resolve();

  /** Fires when the state, the facts or the last numbers changed. */
  readonly onDidChange: Event<undefined> = this.#changed.event;
  /** Fires with what the series grew by. */
  readonly onDidAppend: Event<RecordBatch> = this.#appended.event;
  /** Fires with what the person must know and does not end the run. */
  readonly onDidNotice: Event<string> = this.#noticed.event;

  /** @param resumedFolder the folder of the run that is gone on with */
  constructor(
    readonly uri: Uri,
    readonly variant: string | undefined,
    readonly resumedFolder?: string,
  ) {}

  get facts(): RunInfo | undefined {
    return this.#facts;
  }

  /** Absolute path of the run's folder; undefined where nothing is kept, or not yet. */
  get folder(): string | undefined {
    return this.#facts === undefined ? this.resumedFolder : (this.#facts.folder ?? undefined);
  }

  /** The experiment with every default written out; undefined before the trainer has been asked. */
  get experiment(): unknown {
    return this.#experiment;
  }

  /** Resolves when no trainer of this session can write any more, and its folder is free. */
  get released(): Promise<void> {
    return this.#gone;
  }

  get series(): DisplaySeries | undefined {
    return this.#history?.series;
  }

  /** What stands out in the run, in the order it was found; the same list as long as nothing is added. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  get isLive(): boolean {
    return isLive(this.#state);
  }

  get status(): RunStatus {
    const updatesPerSecond = this.#state === 'running' ? this.#speed.updatesPerSecond : undefined;
    const { updates, seconds, ...numbers } = this.#history?.numbers ?? initialNumbers;
    const left = (this.#facts?.plannedUpdates ?? 0) - updates;
    return {
      ...numbers,
      state: this.#state,
      updates,
      seconds,
      updatesPerSecond,
      secondsLeft: updatesPerSecond === undefined || updatesPerSecond <= 0 ? undefined : left / updatesPerSecond,
      queuePosition: this.#state === 'waiting' ? this.#place : undefined,
      nonFinite: this.#nonFinite,
      findings: this.#findings,
      saved: this.#keeping?.state ?? 'whole',
      message: [this.#message, this.#keeping?.message].filter((words) => words !== undefined).join(' ') || undefined,
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
   * @param held let go of when the trainer is gone
   * @returns the reasons when it refuses, and then the session is over; nothing when it trains
   * @throws when the trainer cannot be reached
   */
  async start(
    startWorker: StartTrainerWorker,
    params: StartParams,
    held?: TrainerResources,
  ): Promise<readonly StartProblem[]> {
    this.#experiment = params.experiment;
    this.#memoryLimit = params.memoryLimit;
    const trainer = this.#connect(startWorker(), held?.lock);
    const reply = await trainer.channel.request('start', params).catch((error: unknown) => {
      if (this.isLive) this.#end('failed', reasonOf(error));
      throw error;
    });
    if (reply.kind === 'refused') {
      this.#end('failed', reply.problems[0]?.message);
      return reply.problems;
    }
    this.#facts = reply.info;
    const { layout, recordEvery } = reply.info;
    // The first records may arrive together with the reply, and others while those of a resumed run are being read.
    this.#history = (await held?.recall?.(reply.updates)) ?? new RunHistory(layout, recordEvery);
    for (const batch of this.#early.splice(0)) this.#take(batch);
    if (this.#state === 'preparing') this.#enter('running');
    // A short run may have ended by now; its numbers are known only from here on.
    else this.#changed.fire(undefined);
    return [];
  }

  async pause(): Promise<void> {
    if (this.#trainer === undefined || this.#state === 'preparing') return;
    const wish = ++this.#wishes;
    await this.#trainer.channel.request('pause', undefined);
    if (wish === this.#wishes) this.#enter('paused');
  }

  async resume(): Promise<void> {
    if (this.#trainer === undefined || this.#state === 'preparing') return;
    const wish = ++this.#wishes;
    await this.#trainer.channel.request('resume', undefined);
    if (wish === this.#wishes) this.#enter('running');
  }

  /** One update, then paused. */
  async step(): Promise<void> {
    if (this.#trainer === undefined || this.#state === 'preparing') return;
    this.#wishes++;
    this.#enter('paused');
    await this.#trainer.channel.request('step', undefined);
    this.#changed.fire(undefined);
  }

  /**
   * As `untilStopped`; asked once more after a while, it does not wait for an update, or a last write, that takes too
   * long, and ends the trainer.
   */
  async stop(): Promise<void> {
    if (!this.#isStopping || performance.now() < this.#patientUntil) await this.stopAndWait();
    else if (this.isLive)
      this.#end('stopped', 'Stopped in the middle of an update; records are saved up to the last second before.');
  }

  /** Ends the run once the update in progress is done; resolves when it is over and its records are kept. */
  async stopAndWait(): Promise<void> {
    if (this.#state === 'waiting' || this.#state === 'preparing') {
      this.#end('stopped', undefined);
      return;
    }
    const trainer = this.#trainer;
    if (trainer === undefined) return;
    const over = new Promise<void>((resolve) => {
      this.#whenOver.push(resolve);
    });
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#patientUntil = performance.now() + doublePress;
      await trainer.channel.request('stop', undefined);
      this.#patientUntil = performance.now() + longestLastWrite;
    }
    await over;
  }

  /** Ends a run that could not even be started. */
  fail(message: string): void {
    if (this.isLive) this.#end('failed', message);
  }

  async setLearningRate(rate: number): Promise<void> {
    await this.#trainer?.channel.request('setLearningRate', rate);
  }

  /** The records from an update on that are not yet on disk; none where no trainer has any. */
  async unwritten(from: number): Promise<readonly RecordBatch[]> {
    // A trainer that ends before it answers has written what it had.
    return (await this.#trainer?.channel.request('unwritten', from).catch(() => undefined)) ?? [];
  }

  dispose(): void {
    // The window closes: what the run has is saved, and it can be resumed.
    this.#release('The session was closed.')?.saveAndExit();
    // Whoever still waits for its start, or for its end, learns that it was not a failure.
    if (this.isLive) this.#end('stopped', undefined);
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
    // Should this process end first, nobody else has the folder until the trainer has ended too.
    if (worker.processId !== undefined) void lock?.addWriter(worker.processId);
    this.#trainer = trainer;
    channel.on('records', (batch) => {
      this.#take(batch);
      this.#appended.fire(batch);
      this.#changed.fire(undefined);
    });
    channel.on('notice', (message) => {
      this.#noticed.fire(message);
    });
    channel.on('saveStatus', (keeping) => {
      this.#keeping = keeping;
      this.#noticed.fire(keeping.message);
      this.#changed.fire(undefined);
    });
    channel.on('findings', (findings) => {
      this.#findings = findings;
      this.#changed.fire(undefined);
    });
    channel.on('ended', (ending) => {
      this.#conclude(ending);
    });
    this.#gone = new Promise((resolve) => {
      worker.onExit(() => {
        void Promise.resolve(lock?.release()).finally(resolve);
      });
    });
    worker.onExit((reason) => {
      channel.close(reason ?? 'The trainer has ended.');
      if (this.isLive && this.#trainer === trainer) {
        this.#end('failed', this.#wordsFor(reason));
      }
    });
    return trainer;
  }

  /** Why the trainer is gone, and the way back. */
  #wordsFor(reason = 'The trainer has ended.'): string {
    const back =
      this.folder === undefined
        ? 'Train again to start over.'
        : 'Resume continues from the newest checkpoint; Train starts over.';
    if (reason !== outOfMemory) return `${reason} ${back}`;
    const estimate =
      this.#facts === undefined ? '' : `was estimated to need ${formatMebibytes(this.#facts.memoryBytes)}, and `;
    const limit = formatMebibytes(this.#memoryLimit ?? 0);
    return `${reason} It ${estimate}may use ${limit}. ${back} Fewer hidden units, a shorter length or a smaller batch need less.`;
  }

  #take(batch: RecordBatch): void {
    if (this.#history === undefined) {
      this.#early.push(batch);
      return;
    }
    this.#history.append(batch);
    const { updates, seconds } = this.#history.numbers;
    this.#speed.mark(updates, seconds);
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
        this.#nonFinite = ending.place;
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
    // Of an outage that left nothing behind there is no more to say; a trainer that is gone writes no more.
    if (this.#keeping?.state === 'whole') this.#keeping = undefined;
    this.#release(message ?? 'The run is over.')?.terminate();
    this.#changed.fire(undefined);
  }

  /** Takes no more messages from the trainer; undefined where there is none. */
  #release(reason: string): TrainerWorker | undefined {
    const trainer = this.#trainer;
    this.#trainer = undefined;
    for (const resolve of this.#whenOver.splice(0)) resolve();
    trainer?.channel.close(reason);
    return trainer?.worker;
  }
}
