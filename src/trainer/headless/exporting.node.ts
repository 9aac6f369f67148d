import { writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { memberName, plainName } from '../../run/displayName';
import { formatCount } from '../../text/numbers';
import { reasonOf } from '../../protocol/channel';
import { recorderName } from '../../protocol/trainer';
import { FolderStorage } from '../../run/storage/folderStorage.node';
import { runFiles } from '../../run/storage/runFiles';
import { defaultRunsFolder } from '../../run/storage/runFolder';
import { onnxOpset } from '../export/exportToOnnx';
import { exportToPyTorch } from '../export/exportToPyTorch';
import { exportTensorBoard } from '../export/tensorBoardExport.node';
import { trainedNetFile } from '../export/trainedNet';
import type { HeadlessEnd, Print } from './closingMessages';
import type { CommandLine } from './commandLine/trainingCommandLine.node';
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
  const { pytorch: path } = commandLine;
  if (path === undefined) throw new Error('No file was named for the program.');
  const { seeds } = await openExperiment(commandLine);
  if (seeds.length > 1 && commandLine.seed === undefined) {
    throw new StartError(
      `The experiment has ${formatCount(seeds.length, 'seed')}, and a program trains one run. Choose one with --seed ${seeds[0]}.`,
    );
  }
  const { tensorsPath, notices } = await writeProgram(commandLine, path, stderr);
  if (commandLine.json) stdout.write(`${JSON.stringify({ program: path, tensors: tensorsPath })}\n`);
  for (const notice of notices) print(notice);
  print(
    `${path} trains it in PyTorch, with the initial weights in ${tensorsPath}. ${path.endsWith('.ipynb') ? 'Open it in Jupyter' : `Run it with Python 3 or torchrun; --records ${join(defaultRunsFolder, basename(path, '.py'))} shows its run in the panel while it trains`}.`,
  );
  return 'finished';
}

/**
 * Writes the program of one run and its tensors, neither of which may exist, and the recorder, unless there is one.
 *
 * @param name of the run, after that of the experiment; by default its variant and seed
 * @throws StartError where it can't be trained, or a file can't be written
 */
export async function writeProgram(
  commandLine: CommandLine,
  path: string,
  stderr: NodeJS.WriteStream,
  name = memberName(commandLine.variant, commandLine.seed),
): Promise<{ readonly tensorsPath: string; readonly notices: readonly string[] }> {
  const { file } = commandLine;
  // Their parameters are double precision.
  const setup = await prepareSetup({ ...commandLine, kernels: 'reference' }, stderr);
  const isNotebook = path.endsWith('.ipynb');
  const tensorsPath = join(dirname(path), `${basename(path, isNotebook ? '.ipynb' : '.py')}.safetensors`);
  const { experiment } = setup;
  const { script, tensors, recorder } = exportToPyTorch(setup, {
    kind: isNotebook ? 'notebook' : 'script',
    experiment: `${plainName(experiment.name || basename(file))}${name === undefined ? '' : `, ${name}`}`,
    tensors: basename(tensorsPath),
    text: 'text' in experiment.data ? pathFrom(dirname(path), resolve(dirname(file), experiment.data.text)) : undefined,
  });
  await writeNew(tensorsPath, tensors);
  await writeNew(path, script);
  if (recorder !== undefined) await writeRecorder(join(dirname(path), recorderName), recorder);
  return { tensorsPath, notices: setup.notices };
}

/**
 * Writes the trained net of a run as a file for other programs, which may not exist.
 *
 * @throws StartError where the run has no net that can be read, or the file can't be written
 */
export async function exportNet(
  { file, net: path, json }: CommandLine,
  stdout: NodeJS.WritableStream,
  print: Print,
): Promise<HeadlessEnd> {
  if (path === undefined) throw new Error('No file was named for the net.');
  const isCheckpoint = file.endsWith('.safetensors');
  const folder = isCheckpoint ? dirname(dirname(file)) : file;
  const chosen = isCheckpoint ? `${runFiles.checkpoints}/${basename(file)}` : undefined;
  const isOnnx = path.endsWith('.onnx');
  const { bytes, checkpoint } = await trainedNetFile(
    new FolderStorage(folder),
    isOnnx ? 'onnx' : 'safetensors',
    chosen,
  ).catch((error: unknown) => {
    throw new StartError(`The net of the run in ${folder} can't be exported: ${reasonOf(error)}`);
  });
  await writeNew(path, bytes);
  if (json) stdout.write(`${JSON.stringify({ net: path, checkpoint })}\n`);
  const use = isOnnx
    ? `an ONNX model (opset ${onnxOpset}): x [T, B, I], h0 and for lstm c0 in; y, hn and for lstm cn out`
    : 'a state_dict for safetensors.torch.load_file';
  print(`${path} has the net of ${checkpoint}: ${use}.`);
  return 'finished';
}

/**
 * Writes the curves of a run as an event file for TensorBoard.
 *
 * @throws StartError where the run can't be read, or the file can't be written
 */
export async function exportCurves(
  { file: folder, tensorBoard: out, json }: CommandLine,
  stdout: NodeJS.WritableStream,
  print: Print,
): Promise<HeadlessEnd> {
  if (out === undefined) throw new Error('No folder was named for the curves.');
  const { file, updates } = await exportTensorBoard(folder, out).catch((error: unknown) => {
    throw new StartError(`The curves of the run in ${folder} can't be exported: ${reasonOf(error)}`);
  });
  if (json) stdout.write(`${JSON.stringify({ tensorBoard: file, updates })}\n`);
  print(`${file} has the curves of ${formatCount(updates, 'update')}: tensorboard --logdir ${out}`);
  return 'finished';
}

/** A path from a folder, with / on every system, as Python reads it. */
function pathFrom(folder: string, file: string): string {
  return relative(folder, file).split(sep).join('/');
}

/** Writes the recorder for PyTorch, unless there is one: it may have been changed. */
async function writeRecorder(path: string, recorder: string): Promise<void> {
  await writeFile(path, recorder, { flag: 'wx' }).catch((error: unknown) => {
    if (codeOf(error) !== 'EEXIST') {
      throw new StartError(`${path} can't be written: ${fileErrorReason(error)}. Choose another folder.`);
    }
  });
}

/**
 * Writes a file that may not exist.
 *
 * @throws StartError where it exists or can't be written
 */
export async function writeNew(path: string, content: string | Uint8Array): Promise<void> {
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
