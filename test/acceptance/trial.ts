import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { favoursAllowed } from '../../src/trainer/allowedSymbols';
import { openKernels, type BuiltKernelSet } from '../../src/engine/kernels/open';
import { parseExperiment } from '../../src/experiment/parse';
import type { ResolvedExperiment } from '../../src/experiment/schema/schema';
import { filesOf } from '../../src/data/source';
import { prepareTraining, type TrainingSetup } from '../../src/trainer/training/trainingSetup';
import { Training } from '../../src/trainer/training/training';

/** What is tried: an experiment file, one of its variants or none, and a seed in place of the file's own. */
export interface Trial {
  /** The folder of the file; by default that of the published experiments. */
  readonly folder?: string;
  readonly file: string;
  readonly variant: string | undefined;
  readonly seed: number;
}

/** What came of a trial. */
export interface Outcome {
  /** Held-out loss after the last update. */
  readonly validationLoss: number;
  /** The lowest held-out loss of all that were due. */
  readonly bestValidationLoss: number;
  /** Share of held-out targets answered rightly after the last update; NaN for numbers. */
  readonly accuracy: number;
  /** Loss smoothed as min-char-rnn does it: 0.999 of the old, 0.001 of the new, from T·ln O. */
  readonly smoothedLoss: number;
  /** Sequences seen when every legal symbol outranked every other one on all held-out strings; grammar tasks only. */
  readonly solvedAfter: number | undefined;
  readonly updates: number;
  readonly seconds: number;
  /** The update in which a value was not finite; undefined if the run did not diverge. */
  readonly divergedAt: number | undefined;
  /** The baselines in the unit of the loss, by name. */
  readonly baselines: ReadonlyMap<string, number>;
}

const publishedFolder = 'test/acceptance/experiments';
const mebibyte = 1024 * 1024;

/** Trains to the end, or until a value is not finite. Throws when the experiment is refused. */
export function run(trial: Trial, kernels: BuiltKernelSet): Outcome {
  const plan = planOf(trial, kernels);
  const { experiment, learner, source } = plan;
  const training = new Training(plan, () => performance.now() / 1000);
  let smoothedLoss = source.steps * Math.log(source.outputs);
  let solvedAfter: number | undefined;
  let bestValidationLoss = Infinity;
  let divergedAt: number | undefined;
  while (!training.isFinished && solvedAfter === undefined) {
    const advance = training.advance();
    if (advance.kind === 'nonFinite') {
      divergedAt = training.updates;
      break;
    }
    bestValidationLoss = Math.min(bestValidationLoss, advance.record.validationLoss ?? Infinity);
    smoothedLoss = 0.999 * smoothedLoss + 0.001 * advance.record.loss;
    const isDue = training.updates % experiment.training.validateEvery === 0;
    if (source.allowedNext !== undefined && isDue && isSolved(plan)) solvedAfter = training.updates * source.batch;
  }
  const held = divergedAt === undefined ? learner.evaluate(source.validation()) : undefined;
  return {
    validationLoss: held?.loss ?? NaN,
    bestValidationLoss,
    accuracy: held?.accuracy ?? NaN,
    smoothedLoss: divergedAt === undefined ? smoothedLoss : NaN,
    solvedAfter,
    updates: training.updates,
    seconds: training.seconds,
    divergedAt,
    baselines: new Map(source.baselines.map(({ name, value }) => [name, value])),
  };
}

/** Whether a trial's data are at hand: what is not beside the experiment is looked for in the folder UNROLL_DATA. */
export function missingData(file: string): string | undefined {
  const { experiment } = resolved({ file, variant: undefined, seed: 1 });
  return filesOf(experiment).find(({ path }) => bytesOf(path) === undefined)?.path;
}

function planOf(trial: Trial, kernels: BuiltKernelSet): TrainingSetup {
  const { experiment } = resolved(trial);
  const files = new Map(
    filesOf(experiment).flatMap(({ path }) => [[path, bytesOf(path, trial.folder) ?? new Uint8Array()] as const]),
  );
  const planned = prepareTraining({ experiment, files, kernels: openKernels(kernels), memoryLimit: 4096 * mebibyte });
  if (planned.kind === 'refused') throw new Error(`${trial.file}: ${planned.problems[0]?.message}`);
  return planned.setup;
}

function resolved({ folder = publishedFolder, file, variant, seed }: Trial): {
  readonly experiment: ResolvedExperiment;
} {
  const parsed = parseExperiment(readFileSync(join(folder, file), 'utf8'));
  if (parsed.kind === 'refused') throw new Error(`${file}: ${parsed.problems[0]?.message}`);
  const outcome = parsed.file.resolve(variant);
  if (outcome.kind === 'refused') throw new Error(`${file}: ${outcome.problems[0]?.message}`);
  return { experiment: { ...outcome.experiment, seed } };
}

function bytesOf(path: string, folder = publishedFolder): Uint8Array | undefined {
  const places = [folder, process.env['UNROLL_DATA']].flatMap((place) =>
    place === undefined ? [] : [join(place, path)],
  );
  for (const place of places) {
    try {
      return readFileSync(place);
    } catch {
      // The next place may have it.
    }
  }
  return undefined;
}

/** Whether at every step of every held-out string the allowed symbols have the largest outputs. */
function isSolved({ learner, source }: TrainingSetup): boolean {
  const { outputs: width } = source;
  let solved = true;
  learner.evaluate(source.validation(), (window, t, outputs) => {
    for (let sequence = 0; solved && sequence < window.batch; sequence++) {
      if (window.mask[t * window.batch + sequence] === 0) continue;
      const allowed = source.allowedNext?.(window, sequence, t) ?? [];
      solved = favoursAllowed(outputs, sequence * width, width, allowed);
    }
  });
  return solved;
}
