import type { Disposable } from 'vscode';
import type { GradientCheckSubject, ParameterCheck } from '../../checks/gradientCheck';
import { checkFiles, readFiles } from '../../data/files/fileReading';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { isReproducible, memoryLimit } from '../../platform/settings';
import { Channel, reasonOf } from '../../protocol/channel';
import type { TrainerContract, TrainerHostContract } from '../../protocol/trainer';
import { accessFor } from '../dataAccess';
import type { Target } from '../sessions';
import type { StartTrainerWorker, TrainerWorker } from '../trainers/trainerWorker';
import { sentFiles } from './sentFiles';

/** The result of gradient checks, or why there is none. */
export type GradientCheckOutcome =
  | { readonly kind: 'checked'; readonly subject: GradientCheckSubject }
  | { readonly kind: 'failed'; readonly message: string }
  /** By `dispose`. */
  | { readonly kind: 'ended' };

/** Checks the gradients of an experiment in a trainer of its own, which ends with the checks. It writes nothing. */
export class GradientCheckSession implements Disposable {
  #worker: TrainerWorker | undefined;
  #isDisposed = false;

  /** @param onChecked called with the check of each parameter as soon as it is done */
  constructor(
    readonly target: Target,
    readonly experiment: ResolvedExperiment,
    readonly startWorker: StartTrainerWorker,
    readonly onChecked: (check: ParameterCheck) => void,
  ) {}

  /** Checks the experiment; resolves when it is done, or has failed. */
  async run(): Promise<GradientCheckOutcome> {
    try {
      return await this.#check();
    } catch (error) {
      return this.#isDisposed ? { kind: 'ended' } : { kind: 'failed', message: reasonOf(error) };
    } finally {
      this.dispose();
    }
  }

  /** Ends the checks, also while they are computed. */
  dispose(): void {
    this.#isDisposed = true;
    this.#worker?.terminate();
    this.#worker = undefined;
  }

  async #check(): Promise<GradientCheckOutcome> {
    const { experiment, target } = this;
    const access = accessFor(target.uri);
    const checked = await checkFiles(experiment, access);
    if (checked.kind === 'refused') return refusal(checked.problems);
    const read = await readFiles(experiment, access);
    if (read.kind === 'refused') return refusal(read.problems);
    if (this.#isDisposed) return { kind: 'ended' };
    const worker = this.startWorker();
    this.#worker = worker;
    const channel = new Channel<TrainerHostContract, TrainerContract>(worker.port, {});
    worker.onExit((reason) => {
      channel.close(reason ?? 'The checks were ended.');
    });
    channel.on('gradientChecked', this.onChecked);
    const reply = await channel.request('checkGradients', {
      experiment,
      files: sentFiles(read.files),
      memoryLimit: memoryLimit(target.uri),
      reproducible: isReproducible(target.uri),
    });
    return reply.kind === 'refused' ? refusal(reply.problems) : { kind: 'checked', subject: reply.subject };
  }
}

function refusal(problems: readonly { readonly message: string }[]): GradientCheckOutcome {
  const [first] = problems;
  return { kind: 'failed', message: first?.message ?? 'The experiment has a problem.' };
}
