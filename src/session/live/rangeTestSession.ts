import type { Disposable } from 'vscode';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { reasonOf } from '../../protocol/channel';
import type { RangeTest, RangeTestProgress } from '../../protocol/rangeTest';
import { readExperiment } from '../experimentText';
import type { Target } from '../sessions';
import type { StartTrainerWorker } from '../trainers/trainerWorker';
import { failedBy, TrainerTask, type TaskFailure } from './trainerTask';

/** The result of a range test, or why there is none. */
export type RangeTestOutcome = { readonly kind: 'done'; readonly test: RangeTest } | TaskFailure;

/** A range test of the learning rate in a trainer of its own, which ends with it. It writes nothing. */
export class RangeTestSession implements Disposable {
  readonly #task: TrainerTask;

  /** @param onProgress called while it trains */
  constructor(
    readonly target: Target,
    startWorker: StartTrainerWorker,
    readonly onProgress: (progress: RangeTestProgress) => void,
  ) {
    this.#task = new TrainerTask(target, startWorker);
  }

  /**
   * Tests the experiment as it is written now.
   *
   * @param onRead called with the experiment before it is trained
   */
  async run(onRead: (experiment: ResolvedExperiment) => void): Promise<RangeTestOutcome> {
    const { uri, variant } = this.target;
    try {
      const parsed = await readExperiment(uri);
      const resolved = parsed.kind === 'refused' ? parsed : parsed.file.resolve(variant);
      if (resolved.kind === 'refused') return failedBy(resolved.problems);
      onRead(resolved.experiment);
      return await this.#task.run<RangeTestOutcome & { kind: 'done' }>(resolved.experiment, (channel, params) => {
        channel.on('rangeTested', this.onProgress);
        return channel.request('findLearningRate', params);
      });
    } catch (error) {
      return { kind: 'failed', message: reasonOf(error) };
    }
  }

  /** Ends the test, also while it trains. */
  dispose(): void {
    this.#task.dispose();
  }
}
