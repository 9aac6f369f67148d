import { mkdir, readdir, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { ImportReply, ImportRequest, LogFormat, LogRequest, LogSummary } from '../../protocol/trainingLog';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { quote } from '../../text/quoting';
import { guessCurves } from './curveGuess';
import { eventFilesOf, isEventFileName } from './eventFiles.node';
import { writeImportedRun } from './importedRun';
import type { TrainingLog } from './logCurves';
import { curvesOfTable, guessStepColumn, readLogTable, stepColumnsOf } from './tableLog.node';
import { readTensorBoardLog } from './tensorBoardLog.node';

/** A log that was read. */
interface ReadLog {
  readonly format: LogFormat;
  readonly log: TrainingLog;
  readonly stepColumns: readonly string[];
  readonly stepColumn: string | undefined;
}

/**
 * What a log holds, and how it would be imported.
 *
 * @throws with a readable reason where it can't be read
 */
export async function summarizeLog(request: LogRequest): Promise<LogSummary> {
  const { format, log, stepColumns, stepColumn } = await readLog(request);
  return {
    format,
    name: logName(request.path),
    curves: log.curves.map(({ name, steps, values }) => ({
      name,
      count: steps.length,
      firstStep: steps[0] ?? 0,
      lastStep: steps.at(-1) ?? 0,
      lastValue: values.at(-1) ?? NaN,
    })),
    tensors: log.norms.length,
    stepColumns,
    stepColumn,
    proposed: guessCurves(log.curves),
    notices: log.notices,
  };
}

/**
 * Makes a run of a log, in a new folder.
 *
 * @throws with a readable reason where the log can't be read or the folder can't be written
 */
export async function importLog({ path, stepColumn, folder, name, mapping }: ImportRequest): Promise<ImportReply> {
  const read = await readLog({ path, stepColumn });
  const { format, log } = read;
  const chosen = mapping ?? guessCurves(log.curves);
  if (Object.keys(chosen).length === 0 && log.norms.length === 0) {
    const names = log.curves.map((curve) => curve.name).slice(0, 20);
    throw new Error(
      names.length === 0
        ? `${quote(path)} has no curves.`
        : `None of the curves of ${quote(path)} is named like a loss: ${names.join(', ')}. Name the one that is; in a terminal with --curve loss=NAME.`,
    );
  }
  await createEmpty(folder);
  const { updates, leftOut } = await writeImportedRun(new FolderStorage(folder), {
    log,
    format,
    file: basename(path),
    name,
    step: format === 'tensorboard' ? 'step' : (read.stepColumn ?? 'row'),
    mapping: chosen,
  });
  return { updates, mapping: chosen, leftOut, notices: log.notices };
}

/** The name of the run that a log becomes: of an event file that of its folder, as its own is made of a time and a machine. */
export function logName(path: string): string {
  const name = basename(path);
  return isEventFileName(name) ? basename(dirname(path)) : name.replace(/\.(?:csv|tsv|jsonl|ndjson|json)$/i, '');
}

async function readLog({ path, stepColumn }: LogRequest): Promise<ReadLog> {
  const entry = await stat(path).catch(() => undefined);
  if (entry === undefined) throw new Error(`There is no file or folder ${path}.`);
  if (entry.isDirectory() || isEventFileName(basename(path))) {
    const log = await readTensorBoardLog(await eventFilesOf(path));
    return { format: 'tensorboard', log, stepColumns: [], stepColumn: undefined };
  }
  if (!entry.isFile()) throw new Error(`${path} is a device. Name a file or a folder.`);
  const format = /\.(?:jsonl|ndjson|json)$/i.test(path) ? 'jsonl' : 'csv';
  const table = await readLogTable(path, format);
  const column = stepColumn === undefined ? guessStepColumn(table) : (stepColumn ?? undefined);
  return { format, log: curvesOfTable(table, column), stepColumns: stepColumnsOf(table), stepColumn: column };
}

async function createEmpty(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true });
  if ((await readdir(folder)).length > 0) {
    throw new Error(`The folder ${folder} is not empty. Choose a new one for the run.`);
  }
}
