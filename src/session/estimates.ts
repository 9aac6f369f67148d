import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { Variant } from '../experiment/experimentFile';
import { isReproducible, memoryLimit } from '../platform/settings';
import { Channel } from '../protocol/channel';
import type {
  CheckedExperiment,
  CheckParams,
  Estimate,
  TrainerContract,
  TrainerHostContract,
} from '../protocol/trainer';
import type { Target } from './sessions';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';

/** Nobody types so slowly that the next question comes after this. */
const patienceMilliseconds = 20_000;

/** Checks the open experiments in a trainer that trains nothing, and knows what training them would take. */
export class Estimates implements Disposable {
  readonly #known = new Map<string, CheckedExperiment>();
  readonly #changed = new EventEmitter<undefined>();
  #worker: TrainerWorker | undefined;
  #channel: Channel<TrainerHostContract, TrainerContract> | undefined;
  #idle: NodeJS.Timeout | undefined;
  /** Questions that have no answer yet. */
  #open = 0;

  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(readonly startWorker: StartTrainerWorker) {}

  /** What was found for a target when it was checked last; undefined where it cannot be trained, or was not checked. */
  of({ uri, variant }: Target): Estimate | undefined {
    return this.#known.get(uri.toString())?.estimates.get(variant);
  }

  /** The variants that an experiment had when it was checked last, with their places in its text. */
  variantsOf(experiment: Uri): readonly Variant[] {
    return this.#known.get(experiment.toString())?.variants ?? [];
  }

  /** Keeps what was found in an experiment. */
  keep(experiment: Uri, found: CheckedExperiment): void {
    this.#known.set(experiment.toString(), found);
    this.#changed.fire(undefined);
  }

  /** Forgets an experiment that was closed. */
  forget(experiment: Uri): void {
    this.#known.delete(experiment.toString());
  }

  /**
   * Checks the text of an experiment and of its variants.
   *
   * @throws when the trainer cannot be started or dies
   */
  async check(
    scope: Uri,
    { text, files, unreadable }: Pick<CheckParams, 'text' | 'files' | 'unreadable'>,
  ): Promise<CheckedExperiment> {
    clearTimeout(this.#idle);
    const channel = (this.#channel ??= this.#start());
    this.#open++;
    try {
      return await channel.request('checkExperiment', {
        text,
        files,
        unreadable,
        memoryLimit: memoryLimit(scope),
        reproducible: isReproducible(scope),
      });
    } finally {
      this.#open--;
      clearTimeout(this.#idle);
      this.#idle = setTimeout(() => {
        this.#end('Nobody has asked for a while.');
      }, patienceMilliseconds);
    }
  }

  /** Ends the checks that are under way: the texts that they are about have changed. They reject. */
  abandon(): void {
    if (this.#open > 0) this.#end('A newer text is checked.');
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
    this.#end('The extension ends.');
    clearTimeout(this.#idle);
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

  #end(reason: string): void {
    this.#channel?.close(reason);
    this.#worker?.terminate();
    this.#channel = undefined;
    this.#worker = undefined;
  }
}
