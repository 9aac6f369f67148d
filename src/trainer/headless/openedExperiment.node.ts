import type { Stats } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { diskAccess, readToSize } from '../../data/files/fileAccess.node';
import { memoryLimitNames } from '../../data/files/dataSize';
import { decodeExperiment } from '../../experiment/document/decodeExperiment';
import type { ExperimentFile } from '../../experiment/experimentFile';
import { maxExperimentBytes, parseExperiment } from '../../experiment/parse';
import type { KeyProblem } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { formatExact, formatMebibytes } from '../../text/numbers';
import type { CommandLine } from './commandLine/trainingCommandLine.node';
import { dataFileProblem } from './dataFile';
import { codeOf, fileErrorReason } from './fileErrorReason';
import { settingAt } from './sweep/settings';
import { StartError } from './startError';

/** The experiment that a command line names, and its file for the places of problems that are found later. */
export interface OpenedExperiment {
  readonly experiment: ResolvedExperiment;
  /** The seeds that it is trained with as one group; none where it has no `seeds`. */
  readonly seeds: readonly number[];
  readonly file: ExperimentFile;
}

/**
 * Opens the experiment that a command line names, with its variant, its seed and its number of updates.
 *
 * @throws StartError when it can't be read or is invalid
 */
export async function openExperiment(commandLine: CommandLine): Promise<OpenedExperiment> {
  const file = await readExperiment(commandLine.file);
  const { changes } = commandLine;
  const isChanged = Object.keys(changes).length > 0;
  const resolved = file.resolve(commandLine.variant, commandLine.seed, isChanged ? changes : undefined);
  if (resolved.kind === 'refused') throw startErrorAt(commandLine, file, resolved.problems);
  const experiment = withSteps(resolved.experiment, commandLine.steps);
  const late = captureProblem(commandLine.captures, experiment);
  // With --steps the file does not say how many updates there are.
  if (late !== undefined && commandLine.steps !== undefined) throw new StartError(late.message);
  if (late !== undefined) throw startErrorAt(commandLine, file, [late]);
  return { experiment, seeds: resolved.seeds, file };
}

/** Problems of the command line, whatever their key: the file is as it should be. */
function isOfCommandLine({ code, keyPath }: KeyProblem): boolean {
  return (
    code === 'unknownVariant' ||
    code === 'unknownSeed' ||
    (keyPath.length === 0 && (code === 'memory' || code === 'predictions'))
  );
}

/** Problems of an experiment, each at its key in the file; those of the command line have no place in it. */
export function startErrorAt(
  { file: path, variant, changes }: CommandLine,
  file: ExperimentFile,
  problems: readonly KeyProblem[],
): StartError {
  const lines = problems.map((problem) => {
    const { keyPath } = problem;
    // There are no settings in a terminal.
    const message = problem.message.replaceAll(memoryLimitNames, 'option --memory');
    if (isOfCommandLine(problem)) return message;
    const option = settingAt(changes, keyPath);
    if (option !== undefined) return `--set ${option}: ${message}`;
    const { line, column } = file.placeOf(keyPath, variant);
    return `${path}:${line}:${column}: ${message}`;
  });
  return new StartError(...lines);
}

/** Bytes at the start of a file by which a data file is recognized. */
const startBytes = 64 * 1024;

async function readExperiment(path: string): Promise<ExperimentFile> {
  const { size } = await statFile(path);
  const unreadable = (error: unknown): never => {
    throw new StartError(`${path} can't be read: ${fileErrorReason(error)}.`);
  };
  const isSmall = size <= maxExperimentBytes;
  const bytes = await (
    isSmall
      ? readToSize(path, maxExperimentBytes)
      : diskAccess(dirname(path), dirname(path)).readStart(path, startBytes)
  ).catch(unreadable);
  const start = bytes.subarray(0, startBytes);
  const dataFile = dataFileProblem(basename(path), start, start.length < size);
  if (dataFile !== undefined) throw new StartError(dataFile);
  if (!isSmall) {
    throw new StartError(
      `${path} has ${formatExact(size)} bytes: an experiment file has at most ${formatMebibytes(maxExperimentBytes)}. Data belong in a file of their own, which data.csv or data.text names.`,
    );
  }
  const parsed = parseExperiment(decodeExperiment(bytes, true));
  if (parsed.kind === 'refused') {
    throw new StartError(
      ...parsed.problems.map(({ place, message }) => `${path}:${place.line}:${place.column}: ${message}`),
    );
  }
  return parsed.file;
}

async function statFile(path: string): Promise<Stats> {
  const entry = await stat(path).catch((error: unknown) => {
    throw new StartError(
      codeOf(error) === 'ENOENT'
        ? `File not found: ${path}. Name the *.rnn.json file of an experiment; relative paths start at the folder that the command was called from.`
        : `${path} can't be read: ${fileErrorReason(error)}.`,
    );
  });
  // Reading a pipe or a device could wait forever.
  if (entry.isFile()) return entry;
  const found = entry.isDirectory() ? 'a folder' : 'a device or a pipe';
  throw new StartError(`${path} is ${found}, not a file. Name the *.rnn.json file of an experiment.`);
}

function withSteps(experiment: ResolvedExperiment, steps: number | undefined): ResolvedExperiment {
  return steps === undefined ? experiment : { ...experiment, training: { ...experiment.training, steps } };
}

function captureProblem(captures: ReadonlySet<number>, { training }: ResolvedExperiment): KeyProblem | undefined {
  const last = training.steps - 1;
  const late = [...captures].find((update) => update > last);
  if (late === undefined) return undefined;
  const message = `Update ${late} can't be captured: the last of ${training.steps} is update ${last}. Choose a smaller --capture, or more steps.`;
  return { code: 'capture', message, keyPath: ['training', 'steps'] };
}
