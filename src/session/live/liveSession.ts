import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import { formatMebibytes } from '../../text/numbers';
import { withClasses } from '../../experiment/problems/tableTargets';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { Channel, reasonOf } from '../../protocol/channel';
import type { Finding } from '../../diagnosis/finding';
import type { DisplaySeries } from '../../run/series/displaySeries';
import type { Pace } from '../../protocol/pace';
import {
  isLive,
  type PendingCommand,
  type RunBeforeFix,
  type SaveStatus,
  type RunInfo,
  type RunState,
  type RunStatus,
} from '../../protocol/run';
import { initialNumbers, RunHistory } from '../../run/series/runHistory';
import type { Ending, StartProblem, StartParams, TrainerContract, TrainerHostContract } from '../../protocol/trainer';
import type { FolderLock } from '../../run/storage/folderLock.node';
import type { EndReason } from '../../run/endReason';
import type { NonFiniteLocation } from '../../run/manifest';
import type { RecordBatch } from '../../run/records/recordBatch';
import type { RateChange } from '../../run/rateChanges';
import { RateMeter } from './rateMeter';
import { outOfMemory, type StartTrainerWorker, type TrainerWorker } from '../trainers/trainerWorker';
import { storageHandlers } from '../trainers/storageHandlers';
import { english } from '../../text/translate';

/** Milliseconds within which a second Stop counts as a double click. */
const doublePress = 500;
/** Milliseconds that a stopped trainer has to write the end of the run, before another Stop kills it. */
const finalWriteTimeout = 5000;

/** What a session holds while its trainer runs. */
export interface TrainerResources {
  /** The lock of the run's folder: no other process may train in it. */
  readonly lock: FolderLock | undefined;
  /** Reads the history of the resumed run before an update; undefined for a new run. */
  readonly readHistory: ((updates: number) => Promise<RunHistory>) | undefined;
}

interface LiveTrainer {
  readonly worker: TrainerWorker;
  readonly channel: Channel<TrainerHostContract, TrainerContract>;
}

/** A run that this window trains or has trained: its trainer while that is alive, its state, its series. */
export class LiveSession implements Disposable {
  readonly kind = 'live';
  readonly #changed = new EventEmitter<undefined>();
  readonly #appended = new EventEmitter<RecordBatch>();
  readonly #noticed = new EventEmitter<string>();
  readonly #speed = new RateMeter();
  #trainer: LiveTrainer | undefined;
  #info: RunInfo | undefined;
  #experiment: unknown;
  #open: ResolvedExperiment['open'];
  #memoryLimit: number | undefined;
  #history: RunHistory | undefined;
  /** Records that arrived before the history was read; appended when it is. */
  #pendingRecords: RecordBatch[] = [];
  #state: RunState = 'preparing';
  #isStopping = false;
  /** Time (ms) from which another Stop kills the trainer. */
  #killAllowedFrom = -Infinity;
  /** Number of pause, resume and step commands: only the reply to the last one sets the state, as replies may be late. */
  #commands = 0;
  #pace: Pace = 'max';
  #isReleased = false;
  /** Those of this window; a resumed run gets the earlier ones when it is read again. */
  #rateChanges: readonly RateChange[] = [];
  #pending: PendingCommand | undefined;
  #message: string | undefined;
  #reason: EndReason | undefined;
  #nonFinite: NonFiniteLocation | undefined;
  #findings: readonly Finding[] = [];
  #beforeFix: RunBeforeFix | undefined;
  #saveStatus: SaveStatus | undefined;
  #queuePosition: number | undefined;
  /** What was asked for last before its trainer could do it. */
  #atStart: 'pause' | 'step' | 'resume' | undefined;
  /** The share of the data that its trainer has read; undefined if it did not say. */
  #reading: number | undefined;
  readonly #onOver: (() => void)[] = [];
  #released: Promise<void> = Promise.resolve();

  /** Fires when the state, the info or the latest numbers changed. */
  readonly onDidChange: Event<undefined> = this.#changed.event;
  /** Fires with new records. */
  readonly onDidAppend: Event<RecordBatch> = this.#appended.event;
  /** Fires with messages for the user that do not end the run. */
  readonly onDidNotice: Event<string> = this.#noticed.event;

  /**
   * @param resumedFolder the folder of the resumed run
   * @param seed of a run that is one of a group of seeds
   */
  constructor(
    readonly uri: Uri,
    readonly variant: string | undefined,
    readonly resumedFolder?: string,
    readonly seed?: number,
  ) {}

  get info(): RunInfo | undefined {
    return this.#info;
  }

  /** Absolute path of the run's folder; undefined if the run is not saved, or not yet. */
  get folder(): string | undefined {
    return this.#info === undefined ? this.resumedFolder : (this.#info.folder ?? undefined);
  }

  /** Where its panel opens, if its experiment says so; a resumed run is shown as it was left. */
  get open(): ResolvedExperiment['open'] {
    return this.resumedFolder === undefined ? this.#open : undefined;
  }

  /** The experiment with every default written out; undefined before the trainer is started. */
  get experiment(): unknown {
    return this.#experiment;
  }

  /** Resolves when the session's trainer has exited and the folder is unlocked. */
  get released(): Promise<void> {
    return this.#released;
  }

  get series(): DisplaySeries | undefined {
    return this.#history?.series;
  }

  /** In the order they were found; the same array as long as none is added. */
  get findings(): readonly Finding[] {
    return this.#findings;
  }

  get isLive(): boolean {
    return isLive(this.#state);
  }

  get status(): RunStatus {
    const updatesPerSecond = this.#state === 'running' ? limited(this.#speed.updatesPerSecond, this.#pace) : undefined;
    const { updates, seconds, ...numbers } = this.#history?.numbers ?? initialNumbers;
    const remaining = (this.#info?.plannedUpdates ?? 0) - updates;
    return {
      ...numbers,
      state: this.#state,
      reason: this.#reason,
      pending: this.#pending,
      pace: this.#pace,
      rateChanges: this.#rateChanges,
      updates,
      seconds,
      updatesPerSecond,
      secondsLeft: updatesPerSecond === undefined || updatesPerSecond <= 0 ? undefined : remaining / updatesPerSecond,
      reading: this.#state === 'preparing' ? this.#reading : undefined,
      queuePosition: this.#state === 'waiting' ? this.#queuePosition : undefined,
      nonFinite: this.#nonFinite,
      findings: this.#findings,
      beforeFix: this.#beforeFix,
      saved: this.#saveStatus?.state ?? 'whole',
      message: [this.#message, this.#saveStatus?.message].filter((text) => text !== undefined).join(' ') || undefined,
    };
  }

  /** Says that this run was trained after a fix, and what the run before came to. */
  followFix(before: RunBeforeFix): void {
    this.#beforeFix = before;
    this.#changed.fire(undefined);
  }

  /** Sets the run's position in the training queue, from 1. */
  wait(position: number): void {
    if (this.#state !== 'preparing' && this.#state !== 'waiting') return;
    if (this.#state === 'waiting' && this.#queuePosition === position) return;
    this.#state = 'waiting';
    this.#queuePosition = position;
    this.#changed.fire(undefined);
  }

  /** Whether it was paused before it had a trainer: it does not take its turn in the queue until it is resumed. */
  get isHeld(): boolean {
    return this.#state === 'paused' && this.#trainer === undefined;
  }

  /** Leaves the queue. */
  prepare(): void {
    if (this.#state === 'waiting') this.#enter('preparing');
  }

  /**
   * Starts the trainer.
   *
   * @param resources the lock is released when the trainer has exited
   * @returns the problems that prevent training, after which the session is over; empty if it trains
   * @throws when the trainer can't be started or exits
   */
  async start(
    startWorker: StartTrainerWorker,
    params: StartParams,
    resources?: TrainerResources,
  ): Promise<readonly StartProblem[]> {
    this.#experiment = params.experiment;
    this.#open = params.experiment.open;
    this.#memoryLimit = params.memoryLimit;
    const trainer = this.#connect(startWorker(), resources?.lock);
    const begin = this.#atStart === 'pause' || this.#atStart === 'step' ? 'paused' : params.begin;
    const reply = await trainer.channel.request('start', { ...params, begin }).catch((error: unknown) => {
      if (this.isLive) this.#end('failed', reasonOf(error));
      throw error;
    });
    if (reply.kind === 'refused') {
      this.refuse(reply.problems[0]?.message);
      return reply.problems;
    }
    this.#info = reply.info;
    if (this.#pace !== 'max') await this.#unlessOver(this.setPace(this.#pace));
    this.#experiment = withClasses(params.experiment, reply.info.loss.kind === 'crossEntropy');
    const { layout, recordEvery } = reply.info;
    // The first records may arrive together with the reply, and more while the history of a resumed run is read.
    this.#history = (await resources?.readHistory?.(reply.updates)) ?? new RunHistory(layout, recordEvery);
    for (const batch of this.#pendingRecords.splice(0)) this.#take(batch);
    if (this.#isReleased) await this.#unlessOver(this.release());
    if (this.#state === 'preparing') this.#enter(begin === 'paused' ? 'paused' : 'running');
    // A short run may have ended by now; its numbers are available only from here on.
    else this.#changed.fire(undefined);
    await this.#unlessOver(this.#followRequestAtStart());
    return [];
  }

  /**
   * Pauses before the next update; resolves when the update in progress is done. A run that waits for its turn is held;
   * one that is being prepared is paused as soon as it is.
   */
  async pause(): Promise<void> {
    if (this.#state === 'waiting') {
      this.#atStart = undefined;
      this.#enter('paused');
      return;
    }
    if (this.#state === 'preparing') {
      this.#atStart = 'pause';
      this.#note('pause');
      return;
    }
    if (this.#trainer === undefined) return;
    const command = ++this.#commands;
    this.#trainer.worker.signal({ kind: 'pause', command });
    await this.#request('pause', command);
    if (command === this.#commands) this.#enter('paused');
  }

  async resume(): Promise<void> {
    if (this.isHeld) {
      this.#waitAgain(undefined);
      return;
    }
    if (this.#state === 'preparing') {
      this.#atStart = 'resume';
      this.#pending = undefined;
      this.#changed.fire(undefined);
      return;
    }
    if (this.#trainer === undefined) return;
    const command = ++this.#commands;
    this.#pending = undefined;
    await this.#trainer.channel.request('resume', undefined);
    if (command === this.#commands) this.#enter('running');
  }

  /** One update, then paused. */
  async step(): Promise<void> {
    if (this.isHeld) {
      this.#waitAgain('step');
      return;
    }
    if (this.#trainer === undefined || this.#state === 'preparing') return;
    const command = ++this.#commands;
    this.#enter('paused');
    await this.#request('step', command);
    this.#changed.fire(undefined);
  }

  /**
   * As `stopAndWait`. A second call after a while does not wait for an update or a final write that takes too long, and
   * kills the trainer.
   */
  async stop(): Promise<void> {
    if (!this.#isStopping || performance.now() < this.#killAllowedFrom) await this.stopAndWait();
    else if (this.isLive)
      this.#end(
        'stopped',
        english`Stopped in the middle of an update; records are saved up to the last second before.`,
      );
  }

  /** Ends the run after the update in progress; resolves when it is over and its records are saved. */
  async stopAndWait(): Promise<void> {
    if (this.#state === 'waiting' || this.#state === 'preparing' || this.isHeld) {
      this.#end('stopped', undefined);
      return;
    }
    const trainer = this.#trainer;
    if (trainer === undefined) return;
    const over = new Promise<void>((resolve) => {
      this.#onOver.push(resolve);
    });
    if (!this.#isStopping) {
      this.#isStopping = true;
      this.#killAllowedFrom = performance.now() + doublePress;
      trainer.worker.signal({ kind: 'stop' });
      this.#note('stop');
      await trainer.channel.request('stop', undefined);
      this.#killAllowedFrom = performance.now() + finalWriteTimeout;
    }
    await over;
  }

  /** Ends a run whose experiment or data has a problem, before it is started. */
  refuse(message: string | undefined): void {
    if (this.isLive) this.#end('refused', message);
  }

  /** Ends a run that could not be started. */
  fail(message: string): void {
    if (this.isLive) this.#end('failed', message);
  }

  /** Starts a run that is held until its first picture is on the screen. */
  async release(): Promise<void> {
    this.#isReleased = true;
    if (this.#info !== undefined && this.isLive) await this.#trainer?.channel.request('release', undefined);
  }

  /** Trains at most so many updates a second, until the run is over. */
  async setPace(pace: Pace): Promise<void> {
    if (!this.isLive) return;
    this.#pace = pace;
    this.#changed.fire(undefined);
    if (this.#info !== undefined) await this.#trainer?.channel.request('setPace', pace);
  }

  async setLearningRate(rate: number): Promise<void> {
    const update = await this.#trainer?.channel.request('setLearningRate', rate);
    if (update === undefined) return;
    this.#rateChanges = [...this.#rateChanges, { update, learningRate: rate }];
    this.#changed.fire(undefined);
  }

  /** The records, from an update on, that are not yet on disk; empty without a trainer. */
  async unwritten(from: number): Promise<readonly RecordBatch[]> {
    // A trainer that exits before it replies has written its records.
    return (await this.#trainer?.channel.request('unwritten', from).catch(() => undefined)) ?? [];
  }

  dispose(): void {
    // The window closes: what the run has is saved, and it can be resumed.
    this.#release(english`The session was closed.`)?.saveAndExit();
    // Callers that wait for the start or the end see that the run was stopped, not that it failed.
    if (this.isLive) this.#end('stopped', undefined);
    this.#changed.dispose();
    this.#appended.dispose();
    this.#noticed.dispose();
  }

  /** Sends a command that takes effect after the update in progress; a run that ends first has had its effect. */
  async #request(name: 'pause' | 'step', command: number): Promise<void> {
    this.#note(name);
    try {
      await this.#trainer?.channel.request(name, undefined);
    } catch (error) {
      if (this.isLive) throw error;
    } finally {
      if (command === this.#commands && this.#pending === name) this.#pending = undefined;
    }
  }

  /** Takes its turn in the queue again. */
  #waitAgain(atStart: 'step' | undefined): void {
    this.#atStart = atStart;
    this.#queuePosition = undefined;
    this.#enter('waiting');
  }

  /** Waits for a command to a run that has just started: one that has ended meanwhile needs it no more. */
  async #unlessOver(command: Promise<void>): Promise<void> {
    try {
      await command;
    } catch (error) {
      if (this.isLive) throw error;
    }
  }

  /** Does what was asked for while the run was being prepared. */
  async #followRequestAtStart(): Promise<void> {
    const asked = this.#atStart;
    this.#atStart = undefined;
    if (this.#pending === 'pause') this.#pending = undefined;
    if (asked === 'step') await this.step();
    // These were asked for while the trainer was starting.
    else if (asked === 'pause' && this.#state === 'running') await this.pause();
    else if (asked === 'resume' && this.#state === 'paused') await this.resume();
  }

  #note(pending: PendingCommand): void {
    this.#pending = pending;
    this.#changed.fire(undefined);
  }

  #connect(worker: TrainerWorker, lock: FolderLock | undefined): LiveTrainer {
    const channel = new Channel<TrainerHostContract, TrainerContract>(worker.port, storageHandlers, {
      onFault: (reason) => {
        this.#noticed.fire(reason);
      },
    });
    const trainer = { worker, channel };
    // If this process exits first, the folder stays locked until the trainer has exited too.
    if (worker.processId !== undefined) void lock?.addWriter(worker.processId);
    this.#trainer = trainer;
    channel.on('reading', (share) => {
      this.#reading = share;
      this.#changed.fire(undefined);
    });
    channel.on('records', (batch) => {
      this.#take(batch);
      this.#appended.fire(batch);
      this.#changed.fire(undefined);
    });
    channel.on('notice', (message) => {
      this.#noticed.fire(message);
    });
    channel.on('saveStatus', (status) => {
      this.#saveStatus = status;
      this.#noticed.fire(status.message);
      this.#changed.fire(undefined);
    });
    channel.on('rateReduced', (change) => {
      this.#rateChanges = [...this.#rateChanges, change];
      this.#changed.fire(undefined);
    });
    channel.on('findings', (findings) => {
      this.#findings = findings;
      this.#changed.fire(undefined);
    });
    channel.on('ended', (ending) => {
      this.#conclude(ending);
    });
    this.#released = new Promise((resolve) => {
      worker.onExit(() => {
        void Promise.resolve(lock?.release()).finally(resolve);
      });
    });
    worker.onExit((reason) => {
      channel.close(reason ?? english`The trainer has ended.`);
      if (this.isLive && this.#trainer === trainer) {
        this.#end('failed', this.#exitMessage(reason));
      }
    });
    return trainer;
  }

  /** Why the trainer exited, and what to do. */
  #exitMessage(reason = english`The trainer has ended.`): string {
    const advice =
      this.folder === undefined
        ? english`Train again to start over.`
        : english`Resume continues from the latest checkpoint; Train starts over.`;
    if (reason !== outOfMemory) return `${reason} ${advice}`;
    const estimate =
      this.#info === undefined ? '' : english`was estimated to need ${formatMebibytes(this.#info.memoryBytes)}, and `;
    const limit = formatMebibytes(this.#memoryLimit ?? 0);
    return english`${reason} It ${estimate}may use ${limit}. ${advice} Fewer hidden units, a shorter length or a smaller batch need less.`;
  }

  #take(batch: RecordBatch): void {
    if (this.#history === undefined) {
      this.#pendingRecords.push(batch);
      return;
    }
    this.#history.append(batch);
    const { updates, seconds } = this.#history.numbers;
    this.#speed.mark(updates, seconds);
  }

  #conclude(ending: Ending): void {
    switch (ending.kind) {
      case 'finished':
        this.#reason = ending.reason;
        this.#end('finished', ending.message);
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
    this.#pending = undefined;
    this.#message = message;
    // An interruption of saving that lost nothing is not reported after the end.
    if (this.#saveStatus?.state === 'whole') this.#saveStatus = undefined;
    this.#release(message ?? english`The run is over.`)?.terminate();
    this.#changed.fire(undefined);
  }

  /** Closes the channel to the trainer and returns its worker; undefined if there is none. */
  #release(reason: string): TrainerWorker | undefined {
    const trainer = this.#trainer;
    this.#trainer = undefined;
    for (const resolve of this.#onOver.splice(0)) resolve();
    trainer?.channel.close(reason);
    return trainer?.worker;
  }
}

/** The speed at which updates come: training alone may be faster than the pace. */
function limited(updatesPerSecond: number | undefined, pace: Pace): number | undefined {
  return updatesPerSecond === undefined || pace === 'max' ? updatesPerSecond : Math.min(updatesPerSecond, pace);
}
