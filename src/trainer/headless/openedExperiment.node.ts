import { stat } from 'node:fs/promises';
import { readToSize } from '../../data/files/fileAccess.node';
import { decodeExperiment } from '../../experiment/document/decodeExperiment';
import type { ExperimentFile } from '../../experiment/experimentFile';
import { maxExperimentBytes, parseExperiment } from '../../experiment/parse';
import type { KeyProblem } from '../../experiment/problems/problem';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { reasonOf } from '../../protocol/channel';
import { formatExact, formatMebibytes } from '../../text/numbers';
import type { CommandLine } from './commandLine.node';
import { StartError } from './startError';

/** The experiment that a command line names, and its file for the places of problems that are found later. */
export interface OpenedExperiment {
  readonly experiment: ResolvedExperiment;
  readonly file: ExperimentFile;
}

/**
 * Opens the experiment that a command line names, with its variant and its number of updates.
 *
 * @throws StartError when it can't be read or is invalid
 */
export async function openExperiment(commandLine: CommandLine): Promise<OpenedExperiment> {
  const file = await readExperiment(commandLine.file);
  const resolved = file.resolve(commandLine.variant);
  if (resolved.kind === 'refused') throw startErrorAt(commandLine, file, resolved.problems);
  const experiment = withSteps(resolved.experiment, commandLine.steps);
  const late = captureProblem(commandLine.captures, experiment);
  if (late !== undefined) throw startErrorAt(commandLine, file, [late]);
  return { experiment, file };
}

/** Problems of an experiment, each at its key in the file. */
export function startErrorAt(
  { file: path, variant }: CommandLine,
  file: ExperimentFile,
  problems: readonly KeyProblem[],
): StartError {
  const lines = problems.map(({ keyPath, message }) => {
    const { line, column } = file.placeOf(keyPath, variant);
    return `${path}:${line}:${column}: ${message}`;
  });
  return new StartError(...lines);
}

async function readExperiment(path: string): Promise<ExperimentFile> {
  const at = (message: string): StartError => new StartError(`${path}:1:1: ${message}`);
  const entry = await stat(path).catch((error: unknown) => {
    throw at(
      error instanceof Error && 'code' in error && error.code === 'ENOENT'
        ? 'File not found. Name the *.rnn.json file of an experiment; relative paths start at the folder npm was called from.'
        : `The experiment can't be read: ${reasonOf(error)}`,
    );
  });
  // Reading a pipe or a device could wait forever.
  if (!entry.isFile()) throw at('The experiment is a folder or a device, not a file. Name the *.rnn.json file itself.');
  const { size } = entry;
  if (size > maxExperimentBytes) {
    throw at(
      `An experiment file is at most ${formatMebibytes(maxExperimentBytes)}; this one has ${formatExact(size)} bytes.`,
    );
  }
  const bytes = await readToSize(path, maxExperimentBytes).catch((error: unknown) => {
    throw at(`The experiment can't be read: ${reasonOf(error)}`);
  });
  const parsed = parseExperiment(decodeExperiment(bytes, true));
  if (parsed.kind === 'refused') {
    throw new StartError(
      ...parsed.problems.map(({ place, message }) => `${path}:${place.line}:${place.column}: ${message}`),
    );
  }
  return parsed.file;
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
