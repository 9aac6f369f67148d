import type { Disposable } from 'vscode';
import { checkFiles, readFiles } from '../../data/files/fileReading';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { isReproducible, memoryLimit } from '../../platform/settings';
import { Channel, reasonOf } from '../../protocol/channel';
import type { RangeTestParams, TrainerContract, TrainerHostContract } from '../../protocol/trainer';
import { accessFor } from '../dataAccess';
import type { Target } from '../sessions';
import type { StartTrainerWorker, TrainerWorker } from '../trainers/trainerWorker';
import { sentFiles } from './sentFiles';
import { storageHandlers } from '../trainers/storageHandlers';
import { english } from '../../text/translate';

/** Why a task of a trainer has no result. */
export type TaskFailure =
  | { readonly kind: 'failed'; readonly message: string }
  /** By `dispose`. */
  | { readonly kind: 'ended' };

/** The channel to the trainer of a task. */
export type TaskChannel = Channel<TrainerHostContract, TrainerContract>;

/** What a task computes: its result, or the problems that prevent it. */
type Compute<Result> = (
  channel: TaskChannel,
  params: RangeTestParams,
) => Promise<Result | { readonly kind: 'refused'; readonly problems: readonly { readonly message: string }[] }>;

/** One computation on an experiment in a trainer of its own, which ends with it. It writes nothing. */
export class TrainerTask implements Disposable {
  #worker: TrainerWorker | undefined;
  #isDisposed = false;

  constructor(
    readonly target: Target,
    readonly startWorker: StartTrainerWorker,
  ) {}

  /**
   * Reads the data of the experiment, starts the trainer and computes.
   *
   * @param experiment of the target
   */
  async run<Result extends { readonly kind: string }>(
    experiment: ResolvedExperiment,
    compute: Compute<Result>,
  ): Promise<Result | TaskFailure> {
    try {
      return await this.#compute(experiment, compute);
    } catch (error) {
      return this.#isDisposed ? { kind: 'ended' } : { kind: 'failed', message: reasonOf(error) };
    } finally {
      this.dispose();
    }
  }

  /** Ends the task, also while it is computed. */
  dispose(): void {
    this.#isDisposed = true;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #compute<Result extends { readonly kind: string }>(
    experiment: ResolvedExperiment,
    compute: Compute<Result>,
  ): Promise<Result | TaskFailure> {
    const { uri } = this.target;
    const access = accessFor(uri);
    const checked = await checkFiles(experiment, access);
    if (checked.kind === 'refused') return failedBy(checked.problems);
    const read = await readFiles(experiment, access);
    if (read.kind === 'refused') return failedBy(read.problems);
    if (this.#isDisposed) return { kind: 'ended' };
    const worker = this.startWorker();
    this.#worker = worker;
    const channel: TaskChannel = new Channel<TrainerHostContract, TrainerContract>(worker.port, storageHandlers);
    worker.onExit((reason) => {
      channel.close(reason ?? english`The trainer has ended.`);
    });
    const reply = await compute(channel, {
      experiment,
      files: sentFiles(read.files),
      memoryLimit: memoryLimit(uri),
      reproducible: isReproducible(uri),
    });
    return 'problems' in reply ? failedBy(reply.problems) : reply;
  }
}

/** The failure that the first of these problems is. */
export function failedBy(problems: readonly { readonly message: string }[]): TaskFailure & { kind: 'failed' } {
  const [first] = problems;
  return { kind: 'failed', message: first?.message ?? english`The experiment has a problem.` };
}
