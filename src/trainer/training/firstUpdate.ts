import { findingsBeforeTraining } from '../../diagnosis/beforeTraining';
import type { Finding } from '../../diagnosis/finding';
import { parameterCount } from '../../engine/network';
import type { TimeEstimate } from '../../protocol/trainer';
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

/** Updates that are timed after the first one, which includes what the process compiles. */
const timedUpdates = 4;

/** What the first updates of an experiment show before it is trained. */
export interface FirstUpdates {
  readonly findings: readonly Finding[];
  /** From the updates after the first one; undefined where there was none. */
  readonly time: TimeEstimate | undefined;
}

/**
 * What an experiment shows before it is trained: small enough, with the loss and the gradient of its first update, and
 * with the time of the updates after it.
 *
 * @param clock monotonic, in seconds
 */
export function checkFirstUpdates(
  request: Pick<TrainingRequest, 'files' | 'kernels'>,
  measured: MeasuredTraining,
  clock: () => number,
): FirstUpdates {
  const nothing = { findings: [], time: undefined };
  if (multiplyAddsOf(measured) > maxMultiplyAdds || measured.memoryBytes > maxMemoryBytes) return nothing;
  const prepared = prepareMeasured(request, measured);
  if (prepared.kind === 'refused') return nothing;
  const { setup } = prepared;
  const info = runInfoOf(setup, undefined, undefined, 1);
  const training = new Training(setup, () => 0);
  const first = training.isFinished ? undefined : training.advance();
  const record = first?.kind === 'updated' ? first.record : undefined;
  const findings = findingsBeforeTraining(setup.experiment, info, record);
  const secondsPerUpdate = record === undefined ? undefined : fastestUpdate(training, clock);
  const time = secondsPerUpdate === undefined ? undefined : { secondsPerUpdate, updates: info.plannedUpdates };
  return { findings, time };
}

/** The time (s) of the fastest of the next updates; undefined where there is none. */
function fastestUpdate(training: Training, clock: () => number): number | undefined {
  let fastest = Infinity;
  for (let timed = 0; timed < timedUpdates && !training.isFinished; timed++) {
    const before = clock();
    if (training.advance().kind !== 'updated') break;
    fastest = Math.min(fastest, clock() - before);
  }
  return Number.isFinite(fastest) && fastest > 0 ? fastest : undefined;
}
