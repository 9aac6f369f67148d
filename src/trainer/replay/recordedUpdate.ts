import type { Capture, CapturedTensor } from '../../engine/instruments/capture';
import { openKernels } from '../../engine/kernels/open';
import { describedExperiment, sequenceData } from '../../run/describedExperiment';
import type { RunInfo } from '../../run/runInfo';
import { runFiles, updateOfCapture } from '../../run/storage/runFiles';
import { readTensorFile } from '../../run/storage/safetensors';
import type { RunStorage } from '../../run/storage/storage';
import { formatExact } from '../../text/numbers';
import { quote } from '../../text/quoting';
import type { CapturedUpdate } from '../training/training';
import { prepareTraining, type TrainingSetup } from '../training/trainingSetup';

/** An update that another program captured: what it computed, and nothing to compute it again with. */
export interface RecordedUpdate {
  readonly capture: Capture;
  readonly recordedBy: string;
}

/** A run that another program recorded. */
export interface RecordedRun {
  readonly info: RunInfo;
  readonly storage: RunStorage;
  /** In bytes. */
  readonly memoryLimit: number;
}

/** The largest file of a captured update that is read, in bytes. */
const maxCaptureBytes = 512 * 1024 * 1024;

/** The largest width of the inputs and outputs of a net that is shown. */
const maxWidth = 1 << 16;

/** Most captured updates that a message lists. */
const maxListed = 20;

/**
 * The update, where this window computed it.
 *
 * @throws of an update that another program captured
 */
export function computedUpdate(update: CapturedUpdate | RecordedUpdate): CapturedUpdate {
  if (!('recordedBy' in update)) return update;
  throw new Error(
    `This run was recorded from ${update.recordedBy}, which alone can compute with its net and its data.`,
  );
}

/**
 * Reads an update that another program captured, and describes its net.
 *
 * @throws with a readable reason if it was not captured, or if its file is not what the run says
 */
export async function readRecordedUpdate(
  { info, storage, memoryLimit }: RecordedRun,
  update: number,
): Promise<{ readonly captured: RecordedUpdate; readonly setup: TrainingSetup }> {
  const file = runFiles.capture(update);
  const bytes = await storage.read(file, maxCaptureBytes);
  if (bytes === undefined) throw new Error(notCaptured(info, update, await storage.list('')));
  const { tensors, metadata } = readTensorFile(bytes);
  const lossKind = metadata['lossKind'] ?? '';
  if (lossKind !== 'mse' && lossKind !== 'crossEntropy') {
    throw new Error(`${file} has the loss ${quote(lossKind)}; “mse” and “crossEntropy” are known.`);
  }
  const setup = setupOf(info, tensors, lossKind, memoryLimit);
  checkShapes(file, tensors, setup);
  return { captured: { capture: { tensors, metadata }, recordedBy: info.recordedBy ?? 'another program' }, setup };
}

function notCaptured({ recordedBy = 'another program' }: RunInfo, update: number, files: readonly string[]): string {
  const captured = files.flatMap((name) => updateOfCapture(name) ?? []).sort((a, b) => a - b);
  const origin = `This run was recorded from ${recordedBy}, which alone can compute its updates again.`;
  if (captured.length === 0) {
    return `${origin} To walk through one here, capture it: record(…, capture=[0, 100]) keeps updates 0 and 100.`;
  }
  const listed = captured.slice(0, maxListed).map(formatExact).join(', ');
  const more = captured.length > maxListed ? ` and ${formatExact(captured.length - maxListed)} more` : '';
  return `${origin} Update ${formatExact(update)} was not captured; captured: ${listed}${more}.`;
}

/** A setup with the sizes of the recorded net, its cell and its loss. */
function setupOf(
  info: RunInfo,
  tensors: ReadonlyMap<string, CapturedTensor>,
  lossKind: 'mse' | 'crossEntropy',
  memoryLimit: number,
): TrainingSetup {
  const widthOf = (name: string): number => tensors.get(name)?.shape[2] ?? 0;
  const [inputs, outputs] = [widthOf('inputs'), widthOf('outputs')];
  if (inputs > maxWidth || outputs > maxWidth)
    throw new Error(`A net of more than ${formatExact(maxWidth)} inputs or outputs is not shown.`);
  const target = lossKind === 'mse' ? new Array<number>(outputs).fill(0) : outputs - 1;
  const prepared = prepareTraining({
    experiment: describedExperiment(info, {
      data: sequenceData(inputs, target),
      loss: { kind: lossKind },
      training: { steps: 1 },
    }),
    files: new Map(),
    kernels: openKernels('reference'),
    memoryLimit,
  });
  if (prepared.kind === 'refused')
    throw new Error(prepared.problems[0]?.message ?? "The net of this run can't be shown.");
  return prepared.setup;
}

/** @throws if a tensor is missing, or has another shape than the net needs */
function checkShapes(file: string, tensors: ReadonlyMap<string, CapturedTensor>, setup: TrainingSetup): void {
  const { model } = setup.experiment;
  const [T = 0, B = 0] = tensors.get('outputs')?.shape ?? [];
  const [H, G] = [model.hidden, setup.cell.gates.length];
  const expect = (name: string, ...shape: readonly number[]): void => {
    const found = tensors.get(name)?.shape;
    if (found !== undefined && found.length === shape.length && found.every((size, n) => size === shape[n])) return;
    const is = found === undefined ? 'is missing' : `has the shape [${found.slice(0, 8).join(', ')}]`;
    throw new Error(`${file} is not of this run: ${quote(name)} ${is}; it should be [${shape.join(', ')}].`);
  };
  const isMse = setup.experiment.loss.kind === 'mse';
  expect('outputs', T, B, setup.source.outputs);
  expect('dOutputs', T, B, setup.source.outputs);
  expect('inputs', T, B, setup.source.inputs);
  if (isMse) expect('targets', T, B, setup.source.outputs);
  else expect('targets', T, B);
  expect('mask', T, B);
  expect('loss', T);
  for (let l = 0; l < model.layers; l++) {
    for (const state of setup.cell.state) {
      expect(`${state}0_l${l}`, B, H);
      expect(`${state}_l${l}`, T, B, H);
      expect(`d${state}_l${l}`, T, B, H);
    }
    expect(`dhLocal_l${l}`, T, B, H);
    expect(`dgates_l${l}`, T, B, G * H);
    if (G > 1) expect(`gates_l${l}`, T, B, G * H);
    if (setup.cell.gradient === 'separate') expect(`dgh_l${l}`, T, B, G * H);
  }
  for (const { name, shape } of setup.learner.parameters.values()) {
    for (const prefix of ['', 'grad/', 'clipped/', 'next/']) expect(`${prefix}${name}`, ...shape);
  }
}
