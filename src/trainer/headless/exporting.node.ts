import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { memberName, plainName } from '../../run/displayName';
import { formatCount } from '../../text/numbers';
import { exportToPyTorch } from '../export/exportToPyTorch';
import type { HeadlessEnd, Print } from './closingMessages';
import type { CommandLine } from './commandLine.node';
import { codeOf, fileErrorReason } from './fileErrorReason';
import { openExperiment } from './openedExperiment.node';
import { prepareSetup } from './preparation.node';
import { StartError } from './startError';

/**
 * Writes the PyTorch program of an experiment and the file of tensors that it reads; neither may exist.
 *
 * @throws StartError where the experiment can't be trained, or a file can't be written
 */
export async function exportProgram(
  commandLine: CommandLine,
  { stdout, stderr }: { readonly stdout: NodeJS.WritableStream; readonly stderr: NodeJS.WriteStream },
  print: Print,
): Promise<HeadlessEnd> {
  const { pytorch: path, file } = commandLine;
  if (path === undefined) throw new Error('No file was named for the program.');
  const { seeds } = await openExperiment(commandLine);
  if (seeds.length > 1 && commandLine.seed === undefined) {
    throw new StartError(
      `The experiment has ${formatCount(seeds.length, 'seed')}, and a program trains one run. Choose one with --seed ${seeds[0]}.`,
    );
  }
  // Their parameters are double precision.
  const setup = await prepareSetup({ ...commandLine, kernels: 'reference' }, stderr);
  const isNotebook = path.endsWith('.ipynb');
  const tensorsPath = join(dirname(path), `${basename(path, isNotebook ? '.ipynb' : '.py')}.safetensors`);
  const { experiment } = setup;
  const member = memberName(commandLine.variant, commandLine.seed);
  const { script, tensors } = exportToPyTorch(setup, {
    kind: isNotebook ? 'notebook' : 'script',
    experiment: `${plainName(experiment.name || basename(file))}${member === undefined ? '' : `, ${member}`}`,
    tensors: basename(tensorsPath),
    text: 'text' in experiment.data ? pathFrom(dirname(path), resolve(dirname(file), experiment.data.text)) : undefined,
  });
  await writeNew(tensorsPath, tensors);
  await writeNew(path, script);
  if (commandLine.json) stdout.write(`${JSON.stringify({ program: path, tensors: tensorsPath })}\n`);
  for (const notice of setup.notices) print(notice);
  print(
    `${path} trains it in PyTorch, with the initial weights in ${tensorsPath}. ${isNotebook ? 'Open it in Jupyter' : 'Run it with Python 3'}.`,
  );
  return 'finished';
}

/** A path from a folder, with / on every system, as Python reads it. */
function pathFrom(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
  try {
    await writeFile(path, content, { flag: 'wx' });
  } catch (error) {
    throw new StartError(
      codeOf(error) === 'EEXIST'
        ? `${path} exists. Choose another file, or delete it.`
        : `${path} can't be written: ${fileErrorReason(error)}. Choose another file.`,
    );
  }
}
