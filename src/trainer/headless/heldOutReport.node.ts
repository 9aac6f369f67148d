import { setImmediate } from 'node:timers/promises';
import type { FileContent } from '../../data/files/fileContent';
import { runFiles } from '../../run/storage/runFiles';
import type { RunStorage } from '../../run/storage/storage';
import { formatCount } from '../../text/numbers';
import { formatPredictionErrors } from '../../text/predictionErrors';
import { quote } from '../../text/quoting';
import { HeldOutEvaluation, type HeldOutPredictions } from '../predictions/heldOutEvaluation';
import { predictionErrors } from '../predictions/predictionErrors';
import { openHeldOut, type OpenedHeldOut } from '../predictions/predictionReader';
import { maxCheckpointBytes, restoreCheckpoint } from '../storage/checkpoint';
import { Training } from '../training/training';
import type { TrainingSetup } from '../training/trainingSetup';
import type { Print } from './closingMessages';
import { fileErrorReason } from './fileErrorReason';

/** A run that has finished, saved or not. */
export interface FinishedRun {
  /** Where its predictions are requested; undefined where they are not. */
  readonly path: string | undefined;
  readonly setup: TrainingSetup;
  /** The content of the files that the experiment names. */
  readonly files: ReadonlyMap<string, FileContent>;
  readonly interruption: AbortSignal;
  readonly print: Print;
  /** The folder and the number of updates of a run that had ended before, whose weights are in its last checkpoint. */
  readonly stored?: { readonly storage: RunStorage; readonly updates: number };
}

/** The predictions of a run for the held-out rows of its table, or why there are none. */
export type HeldOutReport =
  | { readonly kind: 'predicted'; readonly opened: OpenedHeldOut; readonly predictions: HeldOutPredictions }
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'interrupted' };

/** Predicts the held-out rows of a table with the weights that a run ended with, once, and prints the errors. */
export async function reportHeldOut(run: FinishedRun): Promise<HeldOutReport> {
  const { path, setup, interruption, print } = run;
  try {
    await restoreWeights(run);
    const opened = openHeldOut(path === undefined ? withoutLabels(setup) : setup, run.files);
    if (typeof opened === 'string') return { kind: 'none', reason: opened };
    const evaluation = new HeldOutEvaluation(setup.source, opened.part, opened.table, setup.experiment.loss);
    interruption.throwIfAborted();
    // Signals arrive between batches.
    while (evaluation.advance(setup.learner)) {
      await setImmediate();
      interruption.throwIfAborted();
    }
    const predictions = evaluation.finish();
    for (const message of heldOutErrors(opened, predictions, setup)) print(message);
    return { kind: 'predicted', opened, predictions };
  } catch (error) {
    return interruption.aborted ? { kind: 'interrupted' } : { kind: 'failed', reason: fileErrorReason(error) };
  }
}

/** Without the columns whose texts label the rows of the CSV file: the errors do not need them. */
function withoutLabels({ experiment, source }: TrainingSetup): Pick<TrainingSetup, 'experiment' | 'source'> {
  const { data } = experiment;
  if (!('csv' in data)) return { experiment, source };
  return { experiment: { ...experiment, data: { ...data, time: undefined, sequence: undefined } }, source };
}

/** Restores the weights that a stored run ended with. */
async function restoreWeights({ setup, stored }: FinishedRun): Promise<void> {
  if (stored === undefined) return;
  const { storage, updates } = stored;
  const training = new Training(setup, () => 0);
  const path = runFiles.checkpoint(updates);
  const bytes = await storage.read(path, maxCheckpointBytes(training));
  if (bytes === undefined) throw new Error(`The run's ${path} is gone.`);
  restoreCheckpoint(training, bytes, updates);
}

/** Most targets whose errors are printed. */
const maxTargets = 8;

function heldOutErrors(
  { data }: OpenedHeldOut,
  predictions: HeldOutPredictions,
  { source }: TrainingSetup,
): readonly string[] {
  const { targets } = data;
  const shown = targets.length > maxTargets ? maxTargets - 1 : targets.length;
  const errors = targets
    .slice(0, shown)
    .map((name, column) => formatPredictionErrors(predictionErrors(predictions, column, source.scaling), quote(name)));
  const more = targets.length - shown;
  return more === 0 ? errors : [...errors, `The errors of ${formatCount(more, 'more target')} are in the run's panel.`];
}
