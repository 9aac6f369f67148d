import { EventEmitter, type Disposable, type Event, type Uri } from 'vscode';
import type { Variant } from '../../experiment/experimentFile';
import { isReproducible, memoryLimit, workerCount } from '../../platform/settings';
import type {
  CheckedExperiment,
  CheckParams,
  Estimate,
  PlacedFinding,
  TableColumnSummary,
  TableParams,
} from '../../protocol/trainer';
import { OnDemandTrainer } from '../trainers/onDemandTrainer';
import type { Target } from '../sessions';
import type { StartTrainerWorker, TrainerWorker } from '../trainers/trainerWorker';

/** Milliseconds without a check after which its trainer is ended: longer than any pause in typing. */
const idle = 20_000;

/** Checks the open experiments in a trainer process that does not train, and holds the estimates of what they need. */
export class Estimates implements Disposable {
  readonly #known = new Map<string, CheckedExperiment>();
  readonly #changed = new EventEmitter<undefined>();
  readonly #trainer: OnDemandTrainer;

  readonly #checked = new EventEmitter<Uri>();

  readonly onDidChange: Event<undefined> = this.#changed.event;
  /** Fires with an experiment after each of its checks, which follow every change of it and of its data files. */
  readonly onDidCheck: Event<Uri> = this.#checked.event;

  constructor(startWorker: StartTrainerWorker) {
    this.#trainer = new OnDemandTrainer(startWorker, idle);
  }

  /** The estimate of the last check of a target; undefined if it can't be trained or was not checked. */
  of({ uri, variant }: Target): Estimate | undefined {
    return this.#known.get(uri.toString())?.estimates.get(variant);
  }

  /** The variants of an experiment at its last check, with their ranges in its text. */
  variantsOf(experiment: Uri): readonly Variant[] {
    return this.#known.get(experiment.toString())?.variants ?? [];
  }

  /** What the last check of an experiment found in its data. */
  findingsOf(experiment: Uri): readonly PlacedFinding[] {
    return this.#known.get(experiment.toString())?.findings ?? [];
  }

  /** Stores the result of a check. */
  keep(experiment: Uri, found: CheckedExperiment): void {
    this.#known.set(experiment.toString(), found);
    this.#changed.fire(undefined);
    this.#checked.fire(experiment);
  }

  /** Drops the result of an experiment that was closed. */
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
    { text, files, large, unreadable }: Pick<CheckParams, 'text' | 'files' | 'large' | 'unreadable'>,
  ): Promise<CheckedExperiment> {
    return this.#trainer.request('checkExperiment', {
      text,
      files,
      large,
      unreadable,
      memoryLimit: memoryLimit(scope),
      workers: workerCount(scope),
      reproducible: isReproducible(scope),
    });
  }

  /**
   * The preview of a table, made by the process of the checks.
   *
   * @throws as `check`, and when a newer text is checked meanwhile
   */
  async previewTable(params: TableParams): Promise<string> {
    return this.#trainer.request('previewTable', params);
  }

  /**
   * The columns of a table, read by the process of the checks.
   *
   * @throws as `previewTable`
   */
  async summarizeColumns(params: TableParams): Promise<readonly TableColumnSummary[]> {
    return this.#trainer.request('summarizeColumns', params);
  }

  /** Cancels pending checks because their texts have changed; their promises reject. */
  abandon(): void {
    this.#trainer.abandon('A newer text is checked.');
  }

  /** Hands over the idle trainer of the checks, so that a run need not start another one. */
  handOver(): TrainerWorker | undefined {
    return this.#trainer.handOver();
  }

  dispose(): void {
    this.#trainer.dispose();
    this.#changed.dispose();
    this.#checked.dispose();
  }
}
