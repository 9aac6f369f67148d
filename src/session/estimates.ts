import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { ResolvedExperiment } from '../experiment/schema';
import { isReproducible, memoryLimit } from '../platform/settings';
import { Channel } from '../protocol/channel';
import type { Estimate, TrainerContract, TrainerHostContract } from '../protocol/trainer';
import type { Target } from './sessions';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';

/** What a run would take. */
export type Estimated = Extract<Estimate, { kind: 'estimated' }>;

/** Nobody types so slowly that the next question comes after this. */
const patienceMilliseconds = 20_000;

/** What training the open experiments would take, asked of a trainer that trains nothing. */
export class Estimates implements Disposable {
  readonly #known = new Map<string, ReadonlyMap<string | undefined, Estimated>>();
  readonly #changed = new EventEmitter<undefined>();
  #worker: TrainerWorker | undefined;
  #channel: Channel<TrainerHostContract, TrainerContract> | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Questions that have no answer yet. */
  #open = 0;

  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(readonly startWorker: StartTrainerWorker) {}

  /** What was found for a target when it was checked last; undefined where it cannot be trained, or was not checked. */
  of({ uri, variant }: Target): Estimated | undefined {
    return this.#known.get(uri.toString())?.get(variant);
  }

  /** Keeps what was found for all variants of an experiment; undefined is the experiment itself. */
  keep(experiment: Uri, found: ReadonlyMap<string | undefined, Estimated>): void {
    this.#known.set(experiment.toString(), found);
    this.#changed.fire(undefined);
  }

  /** Forgets an experiment that was closed. */
  forget(experiment: Uri): void {
    this.#known.delete(experiment.toString());
  }

  /**
   * Estimates a run.
   *
   * @throws when the trainer cannot be started or dies
   */
  async ask(scope: Uri, experiment: ResolvedExperiment, files: ReadonlyMap<string, Uint8Array>): Promise<Estimate> {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => {
      this.#end();
    }, patienceMilliseconds);
    const channel = (this.#channel ??= this.#start());
    this.#open++;
    try {
      return await channel.request('estimate', {
        experiment,
        files,
        memoryLimit: memoryLimit(scope),
        reproducible: isReproducible(scope),
      });
    } finally {
      this.#open--;
    }
  }

  /** Gives away the trainer that has estimated, where there is one with nothing to do: it need not be started any more. */
  handOver(): TrainerWorker | undefined {
    const worker = this.#worker;
    if (worker === undefined || this.#channel === undefined || this.#open > 0) return undefined;
    clearTimeout(this.#idle);
    this.#channel.close('The trainer trains now.');
    this.#channel = undefined;
    this.#worker = undefined;
    return worker;
  }

  dispose(): void {
    clearTimeout(this.#idle);
    this.#end();
    this.#changed.dispose();
  }

  #start(): Channel<TrainerHostContract, TrainerContract> {
    const worker = this.startWorker();
    const channel = new Channel<TrainerHostContract, TrainerContract>(worker.port, {});
    this.#worker = worker;
    worker.onGone((reason) => {
      channel.close(reason ?? 'The estimating trainer has ended.');
      if (this.#channel === channel) this.#channel = undefined;
    });
    return channel;
  }

  #end(): void {
    this.#channel?.close('Nobody has asked for a while.');
    this.#worker?.terminate();
    this.#channel = undefined;
    this.#worker = undefined;
  }
}
