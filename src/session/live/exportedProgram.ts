import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { ExportedProgram, ExportNames } from '../../protocol/trainer';
import type { Target } from '../sessions';
import type { StartTrainerWorker } from '../trainers/trainerWorker';
import { TrainerTask, type TaskFailure } from './trainerTask';

/** The PyTorch program of an experiment, made by a trainer of its own; or why there is none. */
export function exportedProgram(
  target: Target,
  experiment: ResolvedExperiment,
  names: ExportNames,
  startWorker: StartTrainerWorker,
): Promise<{ readonly kind: 'exported'; readonly program: ExportedProgram } | TaskFailure> {
  return new TrainerTask(target, startWorker).run<{ readonly kind: 'exported'; readonly program: ExportedProgram }>(
    experiment,
    (channel, { experiment, files, memoryLimit }) =>
      channel.request('exportPyTorch', { experiment, files, memoryLimit, names }),
  );
}
