import { lstat, open, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import type { FileContent } from '../../data/files/fileContent';
import type { KeyProblem } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { reasonOf } from '../../protocol/channel';
import { maxPredictionRows } from '../../protocol/predictions';
import { runFiles } from '../../run/storage/runFiles';
import type { RunStorage } from '../../run/storage/storage';
import { formatPredictionErrors } from '../../text/predictionErrors';
import { quote } from '../../text/quoting';
import { HeldOutEvaluation } from '../predictions/heldOutEvaluation';
import { heldOutRows, predictionHeader, predictionLines } from '../predictions/predictionCsv';
import { predictionErrors } from '../predictions/predictionErrors';
import { openHeldOut, predictionColumns } from '../predictions/predictionReader';
import { maxCheckpointBytes, restoreCheckpoint } from '../storage/checkpoint';
import { Training } from '../training/training';
import type { TrainingSetup } from '../training/trainingSetup';
import type { HeadlessEnd, Print } from './closingMessages';
import { fileErrorReason } from './fileErrorReason';

/** Why predictions can't be written to a file, found before the training; undefined where they can. */
export async function predictionsFileProblem(
  path: string,
  { data }: ResolvedExperiment,
): Promise<KeyProblem | undefined> {
  const problem = (message: string, keyPath: KeyProblem['keyPath'] = []): KeyProblem => ({
    code: 'predictions',
    message,
    keyPath,
  });
  if (!('csv' in data)) {
    return problem('--predictions writes the held-out rows of a table, and this experiment has no "csv". Remove it.');
  }
  if (data.validation === 0) {
    return problem(
      '--predictions writes held-out rows, and "validation" is 0. Set it above 0, or remove --predictions.',
      ['data', 'validation'],
    );
  }
  const found = await unwritableReason(path);
  return found === undefined ? undefined : problem(`--predictions ${path} can't be written: ${found}`);
}

/** Why a new file can't be written, and what to do; undefined where it can. It is created and removed again. */
async function unwritableReason(path: string): Promise<string | undefined> {
  const entry = await lstat(path).catch(() => undefined);
  if (entry?.isDirectory() === true) {
    return `it is a folder. Name a file in it, such as ${join(path, 'predictions.csv')}.`;
  }
  if (entry !== undefined) return 'it exists. Choose another file, or delete it.';
  const folder = dirname(path);
  const parent = await stat(folder).catch(() => undefined);
  if (parent === undefined) return `the folder ${folder} does not exist. Create it, or choose another file.`;
  if (!parent.isDirectory()) return `${folder} is a file, not a folder. Choose another file.`;
  try {
    const file = await open(path, 'wx');
    await file.close();
    await rm(path, { force: true });
    return undefined;
  } catch (error) {
    return `${fileErrorReason(error)}. Choose another file.`;
  }
}

/** A run that has ended, and where its predictions are requested. */
export interface EndedRun {
  /** Undefined where no predictions are requested. */
  readonly path: string | undefined;
  readonly setup: TrainingSetup;
  /** The content of the files that the experiment names. */
  readonly files: ReadonlyMap<string, FileContent>;
  readonly interruption: AbortSignal;
  readonly print: Print;
  /** Whether it has finished, saved or not; a run that ended otherwise has no predictions. */
  readonly isFinished: boolean;
  /** The folder and the number of updates of a run that had ended before, whose weights are in its last checkpoint. */
  readonly stored?: { readonly storage: RunStorage; readonly updates: number };
}

/** Writes the requested predictions of a run, and tells how the command ends: as the run did, if they could be written. */
export async function finishPredictions(end: HeadlessEnd, run: EndedRun): Promise<HeadlessEnd> {
  const { path, interruption, print } = run;
  if (path === undefined) return end;
  if (!run.isFinished) {
    print('No predictions were written: the run has not finished.');
    return end;
  }
  try {
    await restoreWeights(run);
    for (const message of await writePredictions(path, run)) print(message);
    return end;
  } catch (error) {
    if (interruption.aborted) {
      print('Interrupted before the predictions were written; the run itself is saved.');
      return 'interrupted';
    }
    print(`No predictions were written: ${reasonOf(error)}`);
    return 'failed';
  }
}

/** Restores the weights that a stored run ended with. */
async function restoreWeights({ setup, stored }: EndedRun): Promise<void> {
  if (stored === undefined) return;
  const { storage, updates } = stored;
  const training = new Training(setup, () => 0);
  const path = runFiles.checkpoint(updates);
  const bytes = await storage.read(path, maxCheckpointBytes(training));
  if (bytes === undefined) throw new Error(`The run's ${path} is gone.`);
  restoreCheckpoint(training, bytes, updates);
}

/**
 * Writes the predictions of a trained net for the held-out rows of its table.
 *
 * @returns sentences with the errors, for the terminal
 * @throws Error if nothing is held out or the file can't be written; then no part of it remains
 */
async function writePredictions(path: string, { setup, files, interruption }: EndedRun): Promise<readonly string[]> {
  const opened = openHeldOut(setup, files);
  if (typeof opened === 'string') throw new Error(opened);
  const { data, part, table } = opened;
  const evaluation = new HeldOutEvaluation(setup.source, part, table, setup.experiment.loss);
  // Signals arrive between batches.
  while (evaluation.advance(setup.learner)) {
    await setImmediate();
    interruption.throwIfAborted();
  }
  const predictions = evaluation.finish();
  const columns = predictionColumns(opened, setup);
  const rows = heldOutRows(predictions);
  await writeWhole(path, function* () {
    yield predictionHeader(columns, predictions);
    for (let from = 0; from < rows; from += maxPredictionRows) {
      yield predictionLines(columns, predictions, from, Math.min(rows, from + maxPredictionRows));
    }
  });
  const errors = data.targets.map((name, column) =>
    formatPredictionErrors(predictionErrors(predictions, column, setup.source.scaling), quote(name)),
  );
  return [...errors, `Predictions: ${path}`];
}

/** Writes a new file in parts; where that fails, no part of it remains. */
async function writeWhole(path: string, parts: () => Iterable<string>): Promise<void> {
  // It could be written when the training started, and may have been created since.
  const file = await open(path, 'wx').catch((error: unknown) => {
    throw new Error(`${path} can't be written: ${fileErrorReason(error)}`, { cause: error });
  });
  try {
    for (const part of parts()) await file.appendFile(part);
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined);
    await rm(path, { force: true });
    throw new Error(`${path} can't be written: ${fileErrorReason(error)}`, { cause: error });
  }
}
