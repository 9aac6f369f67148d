import { dirname, join } from 'node:path';
import type { KeyProblem } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { reasonOf } from '../../protocol/channel';
import { disk } from '../../run/storage/disk.node';
import { maxPredictionRows } from '../../protocol/predictions';
import { heldOutRows, predictionHeader, predictionLines } from '../predictions/predictionCsv';
import { predictionColumns } from '../predictions/predictionReader';
import type { TrainingSetup } from '../training/trainingSetup';
import type { HeadlessEnd } from './closingMessages';
import { fileErrorReason } from './fileErrorReason';
import type { FinishedRun, HeldOutReport } from './heldOutReport.node';

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
  const entry = await disk.lstat(path).catch(() => undefined);
  if (entry?.isDirectory() === true) {
    return `it is a folder. Name a file in it, such as ${join(path, 'predictions.csv')}.`;
  }
  if (entry !== undefined) return 'it exists. Choose another file, or delete it.';
  const folder = dirname(path);
  const parent = await disk.stat(folder).catch(() => undefined);
  if (parent === undefined) return `the folder ${folder} does not exist. Create it, or choose another file.`;
  if (!parent.isDirectory()) return `${folder} is a file, not a folder. Choose another file.`;
  try {
    const file = await disk.open(path, 'wx');
    await file.close();
    await disk.rm(path, { force: true });
    return undefined;
  } catch (error) {
    return `${fileErrorReason(error)}. Choose another file.`;
  }
}

/** Writes the requested predictions of a finished run, and tells how the command ends: as the run did, if they could be written. */
export async function finishPredictions(
  end: HeadlessEnd,
  { path, setup, print }: FinishedRun,
  report: HeldOutReport,
): Promise<HeadlessEnd> {
  const isSaved = end === 'finished' ? '; the run itself is saved' : '';
  switch (report.kind) {
    case 'predicted':
      break;
    case 'none':
    case 'failed':
      // Without held-out rows there are no errors, either, and nothing to say.
      if (path === undefined && report.kind === 'none') return end;
      print(`${path === undefined ? missingErrors : missingPredictions}: ${report.reason}`);
      return path === undefined ? end : 'failed';
    case 'interrupted':
      print(
        `Interrupted before the ${path === undefined ? 'held-out rows were predicted' : 'predictions were written'}${isSaved}.`,
      );
      return path === undefined ? end : 'interrupted';
    default:
      return report satisfies never;
  }
  if (path === undefined) return end;
  try {
    await writePredictions(path, setup, report);
    print(`Predictions: ${path}`);
    return end;
  } catch (error) {
    print(`${missingPredictions}: ${reasonOf(error)}`);
    return 'failed';
  }
}

const missingErrors = 'The held-out rows could not be predicted';
const missingPredictions = 'No predictions were written';

/** @throws Error if the file can't be written; then no part of it remains */
async function writePredictions(
  path: string,
  setup: TrainingSetup,
  { opened, predictions }: Extract<HeldOutReport, { kind: 'predicted' }>,
): Promise<void> {
  const columns = predictionColumns(opened, setup);
  const rows = heldOutRows(predictions);
  await writeWhole(path, function* () {
    yield predictionHeader(columns, predictions);
    for (let from = 0; from < rows; from += maxPredictionRows) {
      yield predictionLines(columns, predictions, from, Math.min(rows, from + maxPredictionRows));
    }
  });
}

/** Writes a new file in parts; where that fails, no part of it remains. */
async function writeWhole(path: string, parts: () => Iterable<string>): Promise<void> {
  // It could be written when the training started, and may have been created since.
  const file = await disk.open(path, 'wx').catch((error: unknown) => {
    throw new Error(`${path} can't be written: ${fileErrorReason(error)}`, { cause: error });
  });
  try {
    for (const part of parts()) await file.appendFile(part);
    await file.close();
  } catch (error) {
    await file.close().catch(() => undefined);
    await disk.rm(path, { force: true });
    throw new Error(`${path} can't be written: ${fileErrorReason(error)}`, { cause: error });
  }
}
