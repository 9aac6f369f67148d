import type { Disposable } from 'vscode';
import { checkFiles, readFiles } from '../../data/files/fileReading';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { isReproducible, memoryLimit } from '../../platform/settings';
import { Channel, reasonOf } from '../../protocol/channel';
import type { RangeTest, RangeTestProgress } from '../../protocol/rangeTest';
import type { TrainerContract, TrainerHostContract } from '../../protocol/trainer';
import { accessFor } from '../dataAccess';
import { readExperiment } from '../experimentText';
import type { Target } from '../sessions';
import type { StartTrainerWorker, TrainerWorker } from '../trainers/trainerWorker';
import { sentFiles } from './sentFiles';

/** The result of a range test, or why there is none. */
export type RangeTestOutcome =
  { readonly kind: 'done'; readonly test: RangeTest } | { readonly kind: 'failed'; readonly message: string };

/** A range test of the learning rate in a trainer of its own, which ends with it. It writes nothing. */
export class RangeTestSession implements Disposable {
  #worker: TrainerWorker | undefined;
  #isDisposed = false;

  /** @param onProgress called while it trains */
  constructor(
    readonly target: Target,
    readonly startWorker: StartTrainerWorker,
    readonly onProgress: (progress: RangeTestProgress) => void,
  ) {}

  /**
   * Tests the experiment as it is written now.
   *
   * @param onRead called with the experiment before it is trained
   */
  async run(onRead: (experiment: ResolvedExperiment) => void): Promise<RangeTestOutcome> {
    try {
      return await this.#test(onRead);
    } catch (error) {
      return { kind: 'failed', message: reasonOf(error) };
    } finally {
      this.dispose();
    }
  }

  /** Ends the test, also while it trains. */
  dispose(): void {
    this.#isDisposed = true;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #test(onRead: (experiment: ResolvedExperiment) => void): Promise<RangeTestOutcome> {
    const { uri, variant } = this.target;
    const parsed = await readExperiment(uri);
    const resolved = parsed.kind === 'refused' ? parsed : parsed.file.resolve(variant);
    if (resolved.kind === 'refused') return refusal(resolved.problems);
    const { experiment } = resolved;
    onRead(experiment);
    const access = accessFor(uri);
    const checked = await checkFiles(experiment, access);
    if (checked.kind === 'refused') return refusal(checked.problems);
    const read = await readFiles(experiment, access);
    if (read.kind === 'refused') return refusal(read.problems);
    if (this.#isDisposed) return { kind: 'failed', message: 'The test was ended.' };
    const worker = this.startWorker();
    this.#worker = worker;
    const channel = new Channel<TrainerHostContract, TrainerContract>(worker.port, {});
    worker.onExit((reason) => {
      channel.close(reason ?? 'The test was ended.');
    });
    channel.on('rangeTested', this.onProgress);
    const reply = await channel.request('findLearningRate', {
      experiment,
      files: sentFiles(read.files),
      memoryLimit: memoryLimit(uri),
      reproducible: isReproducible(uri),
    });
    return reply.kind === 'refused' ? refusal(reply.problems) : reply;
  }
}

function refusal(problems: readonly { readonly message: string }[]): RangeTestOutcome {
  const [first] = problems;
  return { kind: 'failed', message: first?.message ?? 'The experiment has a problem.' };
}
