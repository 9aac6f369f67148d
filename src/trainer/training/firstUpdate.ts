import { findingsBeforeTraining } from '../../diagnosis/beforeTraining';
import type { Finding } from '../../diagnosis/finding';
import { parameterCount } from '../../engine/network';
import { runInfoOf } from './runInfo';
import { Training } from './training';
import { prepareMeasured, type MeasuredTraining, type TrainingRequest } from './trainingSetup';

/** Multiply-adds of the first updates that are computed in one check: some hundredths of a second. */
export const maxMultiplyAdds = 1e8;

/** Maximum number of bytes that the net of such an update may need: the check's process stays small. */
const maxMemoryBytes = 512 * 1024 * 1024;

/** What allocating a net costs besides, as multiply-adds. */
const allocation = 1e6;

/** About the multiply-adds of one update: each weight once forwards and twice backwards, for each step and sequence. */
export function multiplyAddsOf({ options }: Pick<MeasuredTraining, 'options'>): number {
  return allocation + 3 * parameterCount(options.network) * options.steps * options.batch;
}

/** What an experiment shows before it is trained; small enough, with the loss and the gradient of its first update. */
export function checkFirstUpdate(
  request: Pick<TrainingRequest, 'files' | 'kernels'>,
  measured: MeasuredTraining,
): readonly Finding[] {
  if (multiplyAddsOf(measured) > maxMultiplyAdds || measured.memoryBytes > maxMemoryBytes) return [];
  const prepared = prepareMeasured(request, measured);
  if (prepared.kind === 'refused') return [];
  const { setup } = prepared;
  const info = runInfoOf(setup, undefined, undefined, 1);
  const training = new Training(setup, () => 0);
  const isTrainable = !training.isFinished;
  const advance = isTrainable ? training.advance() : undefined;
  return findingsBeforeTraining(setup.experiment, info, advance?.kind === 'updated' ? advance.record : undefined);
}
