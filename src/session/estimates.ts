import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { Variant } from '../experiment/experimentFile';
import { isReproducible, memoryLimit, workerCount } from '../platform/settings';
import type { CheckedExperiment, CheckParams, Estimate } from '../protocol/trainer';
import { OnDemandTrainer } from './onDemandTrainer';
import type { Target } from './sessions';
import type { StartTrainerWorker, TrainerWorker } from './trainerWorker';

/** Milliseconds without a check after which its trainer is ended: nobody types so slowly. */
const idle = 20_000;

/** Checks the open experiments in a trainer that trains nothing, and knows what training them would take. */
export class Estimates implements Disposable {
  readonly #known = new Map<string, CheckedExperiment>();
  readonly #changed = new EventEmitter<undefined>();
  readonly #trainer: OnDemandTrainer;

  readonly onDidChange: Event<undefined> = this.#changed.event;

  constructor(startWorker: StartTrainerWorker) {
    this.#trainer = new OnDemandTrainer(startWorker, idle);
  }

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
    return this.#trainer.request('checkExperiment', {
      text,
      files,
      unreadable,
      memoryLimit: memoryLimit(scope),
      workers: workerCount(scope),
      reproducible: isReproducible(scope),
    });
  }

  /** Ends the checks that are under way: the texts that they are about have changed. They reject. */
  abandon(): void {
    this.#trainer.abandon('A newer text is checked.');
  }

  /** Gives away the trainer that has checked, where it has nothing to do, so that another need not be started. */
  handOver(): TrainerWorker | undefined {
    return this.#trainer.handOver();
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#changed.dispose();
  }
}
