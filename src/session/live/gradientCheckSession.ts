import type { Disposable } from 'vscode';
import type { GradientCheckSubject, ParameterCheck } from '../../checks/gradientCheck';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { Target } from '../sessions';
import type { StartTrainerWorker } from '../trainers/trainerWorker';
import { TrainerTask, type TaskFailure } from './trainerTask';

/** The result of gradient checks, or why there is none. */
export type GradientCheckOutcome = { readonly kind: 'checked'; readonly subject: GradientCheckSubject } | TaskFailure;

/** Checks the gradients of an experiment in a trainer of its own, which ends with the checks. It writes nothing. */
export class GradientCheckSession implements Disposable {
  readonly #task: TrainerTask;

  /** @param onChecked called with the check of each parameter as soon as it is done */
  constructor(
    target: Target,
    readonly experiment: ResolvedExperiment,
    startWorker: StartTrainerWorker,
    readonly onChecked: (check: ParameterCheck) => void,
  ) {
    this.#task = new TrainerTask(target, startWorker);
  }

  /** Checks the experiment; resolves when it is done, or has failed. */
  run(): Promise<GradientCheckOutcome> {
    return this.#task.run<GradientCheckOutcome & { kind: 'checked' }>(this.experiment, async (channel, params) => {
      channel.on('gradientChecked', this.onChecked);
      const reply = await channel.request('checkGradients', params);
      return reply.kind === 'refused' ? reply : { kind: 'checked', subject: reply.subject };
    });
  }

  /** Ends the checks, also while they are computed. */
  dispose(): void {
    this.#task.dispose();
  }
}
