import type { ExportedProgram, ExportNames } from '../../protocol/trainer';
import { plainName } from '../../run/displayName';
import { writeTensorFile, type StoredTensor } from '../../run/storage/safetensors';
import { runInfoOf } from '../training/runInfo';
import type { TrainingSetup } from '../training/trainingSetup';
import recorder from '../../../media/recorder/unroll.py';
import { dataPartOf, type DataPart } from './dataPart';
import { notebookOf } from './explainedNotebook';
import { memoryOf, netPartOf } from './netPart';
import { options, readOptions, scriptImports, surroundings, type ProgramParts } from './programParts';
import { constantLines, joined, plainTitle, python, type Constant } from './python';
import { loopOf, truncationOf } from './trainingPart';
import loss from './pytorch/loss.py';
import metadata from './pytorch/metadata.py';
import processes from './pytorch/processes.py';
import randomNumbers from './pytorch/random_numbers.py';
import safetensors from './pytorch/safetensors.py';
import trainNotebook from './pytorch/train_notebook.py';
import trainScript from './pytorch/train_script.py';
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
  const isNotebook = names.kind === 'notebook';
  const parts = {
    constants: constantLines({ ...constantsOf(setup, data, net), ...(isNotebook ? {} : recordedConstants(setup)) }),
    tensors: joined([safetensors, ...(isNotebook ? [] : [metadata]), startOf(names.tensors)]),
    data: [randomNumbers, window, ...data.parts],
    loss,
    net: net.parts,
    loop: loopOf(experiment),
    main: isNotebook ? [trainNotebook] : [processes, memoryOf(net.isModule), trainScript],
  };
  return {
    script: isNotebook ? notebookOf(names, parts) : scriptOf(names, parts),
    tensors: writeTensorFile({
      tensors: new Map([...parametersOf(setup), ...data.tensors]),
      metadata: isNotebook ? {} : describedBy(setup, names),
    }),
    recorder: isNotebook ? undefined : recorder,
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

/** What the program needs to record its run. */
function recordedConstants({ experiment, layout }: TrainingSetup): Readonly<Record<string, Constant>> {
  const { model, record } = experiment;
  return {
    CELL: model.cell,
    ACTIVATION: model.activation ?? null,
    RECORD_EVERY: record.every,
    RECORD_STEPS: layout.steps,
  };
}

/** The experiment, and what run.json says of a run, as JSON. */
function describedBy(setup: TrainingSetup, { experiment: name }: ExportNames): Readonly<Record<string, string>> {
  const { experiment } = setup;
  const info = runInfoOf(setup, undefined, undefined, 1);
  const facts = {
    name: experiment.name || name,
    notes: info.notes,
    seed: info.seed,
    steps: info.steps,
    batch: info.batch,
    data: info.data,
    loss: info.loss,
    bptt: info.bptt,
    clip: info.clip,
    optimizer: info.optimizer,
    validateEvery: info.validateEvery,
    baselines: info.baselines,
    dataScale: info.dataScale,
    lag: info.lag,
  };
  return { experiment: JSON.stringify(experiment), facts: JSON.stringify(facts) };
}

function scriptOf(names: ExportNames, { constants, tensors, data, loss, net, loop, main }: ProgramParts): string {
  const start = [
    headerOf(names),
    scriptImports,
    `${options}\n${readOptions}\n${surroundings}`,
    `FOLDER = os.path.dirname(os.path.abspath(__file__))\nSAVED = os.path.splitext(os.path.basename(__file__))[0] + ".pt"`,
    constants,
  ].join('\n\n');
  const end = 'if __name__ == "__main__":\n    train()';
  return `${joined([start, tensors, ...data, loss, ...net, loop, ...main, end])}\n`;
}

function headerOf({ experiment, tensors }: ExportNames): string {
  return `"""Trains the experiment "${plainTitle(experiment)}" in PyTorch as Unroll does: same data, initial weights, truncation, clipping, optimizer.

Needs Python 3.8 or later and PyTorch 1.13 or later, and ${plainTitle(tensors)} in the folder of this file.
In double precision, the default, the losses are those of Unroll's reference kernels up to rounding.
"""`;
}

/** After the constants, because --steps replaces one of them. */
function startOf(tensors: string): string {
  return `TENSORS = os.path.join(FOLDER, ${python(tensors)})\nFILE = read_safetensors(TENSORS)\nif OPTIONS.steps is not None:\n    STEPS = OPTIONS.steps`;
}

function parametersOf({ learner }: TrainingSetup): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape, values } of learner.parameters.values()) {
    tensors.set(name, { dtype: 'F64', shape, data: Float64Array.from(values) });
  }
  return tensors;
}
