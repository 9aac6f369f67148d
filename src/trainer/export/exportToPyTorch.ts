import type { ExportedProgram, ExportNames } from '../../protocol/trainer';
import { plainName } from '../../run/displayName';
import { writeTensorFile, type StoredTensor } from '../../run/storage/safetensors';
import type { TrainingSetup } from '../training/trainingSetup';
import { dataPartOf, type DataPart } from './dataPart';
import { notebookOf } from './explainedNotebook';
import { netPartOf } from './netPart';
import { imports, options, surroundings, type ProgramParts } from './programParts';
import { constantLines, joined, plainTitle, python, type Constant } from './python';
import { loopOf, truncationOf } from './trainingPart';
import loss from './pytorch/loss.py';
import randomNumbers from './pytorch/random_numbers.py';
import safetensors from './pytorch/safetensors.py';
import window from './pytorch/window.py';

/**
 * The program that trains an experiment in PyTorch: the same data and initial parameters, loss, truncation, clipping and
 * optimizer. In double precision its losses are those of the reference kernels, up to rounding. It uses PyTorch's own
 * layers where they can do the same, and else computes and differentiates step by step.
 *
 * @param setup before its first update, over the reference kernels, whose parameters are double precision
 */
export function exportToPyTorch(setup: TrainingSetup, given: ExportNames): ExportedProgram {
  const { experiment } = setup;
  // Python refuses a source with a null character, also in a docstring.
  const names = { ...given, experiment: plainName(given.experiment) };
  const data = dataPartOf(setup, names);
  const net = netPartOf(experiment, names.kind === 'notebook');
  const parts = {
    constants: constantLines(constantsOf(setup, data, net)),
    tensors: `${safetensors.trim()}\n\n\n${startOf(names.tensors)}`,
    data: [randomNumbers, window, ...data.parts],
    loss,
    net: net.parts,
    loop: loopOf(experiment),
  };
  return {
    script: names.kind === 'notebook' ? notebookOf(names, parts) : scriptOf(names, parts),
    tensors: writeTensorFile({ tensors: new Map([...parametersOf(setup), ...data.tensors]), metadata: {} }),
  };
}

function constantsOf(
  { experiment, source }: TrainingSetup,
  data: Pick<DataPart, 'constants'>,
  net: Pick<DataPart, 'constants'>,
): Readonly<Record<string, Constant>> {
  const { model, optimizer, training } = experiment;
  return {
    INPUTS: source.inputs,
    OUTPUTS: source.outputs,
    HIDDEN: model.hidden,
    LAYERS: model.layers,
    BATCH: source.batch,
    STEPS: training.steps,
    ...data.constants,
    ...net.constants,
    LOSS: experiment.loss.kind,
    REDUCTION: experiment.loss.reduction,
    OUTPUT: experiment.loss.output ?? 'linear',
    ...truncationOf(experiment),
    CONTIGUOUS: source.isContiguous,
    LEARNING_RATE: optimizer.learningRate,
    VALIDATE_EVERY: training.validateEvery,
    STOP_AT_LOSS: training.stopAtLoss ?? null,
    PATIENCE: training.patience ?? null,
  };
}

function scriptOf(names: ExportNames, { constants, tensors, data, loss, net, loop }: ProgramParts): string {
  const start = [
    headerOf(names),
    imports,
    `${options}\nOPTIONS = ARGUMENTS.parse_args()\n${surroundings}`,
    `FOLDER = os.path.dirname(os.path.abspath(__file__))\nSAVED = os.path.splitext(os.path.basename(__file__))[0] + ".pt"`,
    constants,
  ].join('\n\n');
  const end = 'if __name__ == "__main__":\n    train()';
  return `${joined([start, tensors, ...data, loss, ...net, loop, end])}\n`;
}

function headerOf({ experiment, tensors }: ExportNames): string {
  return `"""Trains the experiment "${plainTitle(experiment)}" in PyTorch as Unroll does: same data, initial weights, truncation, clipping, optimizer.

Needs Python 3.8 or later and PyTorch 1.13 or later, and ${plainTitle(tensors)} in the folder of this file.
In double precision, the default, the losses are those of Unroll's reference kernels up to rounding.
"""`;
}

/** After the constants, because --steps replaces one of them. */
function startOf(tensors: string): string {
  return `FILE = read_safetensors(os.path.join(FOLDER, ${python(tensors)}))\nif OPTIONS.steps is not None:\n    STEPS = OPTIONS.steps`;
}

function parametersOf({ learner }: TrainingSetup): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape, values } of learner.parameters.values()) {
    tensors.set(name, { dtype: 'F64', shape, data: Float64Array.from(values) });
  }
  return tensors;
}
