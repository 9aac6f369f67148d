import { taskOf, heldOutOf } from '../../data/taskSource';
import { maxValidated } from '../../data/textSource';
import { randomFrom } from '../../data/random';
import type { PreparedRows } from '../../data/sourceContract';
import { embeddedGrammar } from '../../data/tasks/grammar';
import type { OptimizerSpec, ScheduleSpec } from '../../engine/spec';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { ExportedProgram, ExportNames } from '../../protocol/trainer';
import { writeTensorFile, type StoredTensor } from '../../run/storage/safetensors';
import type { TrainingSetup } from '../training/trainingSetup';
import { codeCell, escapeMarkdown, notebook, textCell } from './jupyterNotebook';
import cellGru from './pytorch/cell_gru.py';
import cellLstm from './pytorch/cell_lstm.py';
import cellMgu from './pytorch/cell_mgu.py';
import cellRnn from './pytorch/cell_rnn.py';
import dataSequences from './pytorch/data_sequences.py';
import dataTable from './pytorch/data_table.py';
import dataTask from './pytorch/data_task.py';
import dataText from './pytorch/data_text.py';
import loss from './pytorch/loss.py';
import netModule from './pytorch/net_module.py';
import netSteps from './pytorch/net_steps.py';
import randomNumbers from './pytorch/random_numbers.py';
import safetensors from './pytorch/safetensors.py';
import taskAdding from './pytorch/task_adding.py';
import taskCopy from './pytorch/task_copy.py';
import taskDelay from './pytorch/task_delay.py';
import taskEcho from './pytorch/task_echo.py';
import taskParity from './pytorch/task_parity.py';
import taskReber from './pytorch/task_reber.py';
import taskSine from './pytorch/task_sine.py';
import taskTemporalOrder from './pytorch/task_temporalOrder.py';
import train from './pytorch/train.py';
import window from './pytorch/window.py';

/** A value as Python writes it. */
type Constant = number | string | boolean | null | readonly Constant[];

/**
 * The program that trains an experiment in PyTorch: the same data and initial parameters, loss, truncation, clipping and
 * optimizer. In double precision its losses are those of the reference kernels, up to rounding. It uses PyTorch's own
 * layers where they can do the same, and else computes and differentiates step by step.
 *
 * @param setup before its first update, over the reference kernels, whose parameters are double precision
 */
export function exportToPyTorch(setup: TrainingSetup, names: ExportNames): ExportedProgram {
  const { experiment } = setup;
  const data = dataPartOf(setup, names);
  const net = netPartOf(experiment, names.kind === 'notebook');
  const parts = {
    constants: constantLines(constantsOf(setup, data, net)),
    tensors: `${safetensors.trim()}\n\n\n${startOf(names.tensors)}`,
    data: [randomNumbers, window, ...data.parts],
    loss,
    net: net.parts,
    loop: fill(train, {
      SCHEDULE: scheduleOf(experiment.optimizer.schedule),
      OPTIMIZER: optimizerOf(experiment.optimizer),
      PLATEAU: plateauOf(experiment.optimizer.schedule),
      CLIP: clipOf(experiment.clip),
    }),
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

/** The parts of a program in their order. */
interface ProgramParts {
  readonly constants: string;
  readonly tensors: string;
  readonly data: readonly string[];
  readonly loss: string;
  readonly net: readonly string[];
  readonly loop: string;
}

/** Definitions in Python, two empty lines apart. */
function joined(parts: readonly string[]): string {
  return parts.map((part) => part.trim()).join('\n\n\n');
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

/** A name as text inside a docstring or a heading. */
function plainTitle(name: string): string {
  return name.replaceAll('\\', '/').replaceAll('"', "'");
}

function headerOf({ experiment, tensors }: ExportNames): string {
  return `"""Trains the experiment "${plainTitle(experiment)}" in PyTorch as Unroll does: same data, initial weights, truncation, clipping, optimizer.

Needs Python 3.8 or later and PyTorch 1.13 or later, and ${plainTitle(tensors)} in the folder of this file.
In double precision, the default, the losses are those of Unroll's reference kernels up to rounding.
"""`;
}

const imports = `import argparse
import json
import math
import os
import struct

import torch`;

const options = `ARGUMENTS = argparse.ArgumentParser()
ARGUMENTS.add_argument("--steps", type=int, help="number of updates")
ARGUMENTS.add_argument("--float32", action="store_true", help="single precision, which is faster")
ARGUMENTS.add_argument("--device", default="cpu", help="such as cuda")
ARGUMENTS.add_argument("--json", action="store_true", help="one JSON line per update")`;

const surroundings = `DTYPE = torch.float32 if OPTIONS.float32 else torch.float64
DEVICE = torch.device(OPTIONS.device)`;

/** After the constants, because --steps replaces one of them. */
function startOf(tensors: string): string {
  return `FILE = read_safetensors(os.path.join(FOLDER, ${python(tensors)}))\nif OPTIONS.steps is not None:\n    STEPS = OPTIONS.steps`;
}

function constantLines(constants: Readonly<Record<string, Constant>>): string {
  return Object.entries(constants)
    .map(([name, value]) => `${name} = ${python(value)}`)
    .join('\n');
}

/** A value in Python's notation. */
function python(value: Constant): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return Number.isFinite(value) ? String(value) : `float("${value}")`;
  // JSON's strings are Python's, but for surrogates that are no character.
  if (typeof value === 'string') return JSON.stringify(value);
  return `[${value.map(python).join(', ')}]`;
}

/** Replaces each @NAME@; throws Error for one that has no value. */
function fill(text: string, values: Readonly<Record<string, string>>): string {
  return text.replace(/@([A-Z]+)@/g, (_, name: string) => {
    const value = values[name];
    if (value === undefined) throw new Error(`No value for @${name}@.`);
    return value;
  });
}

/** The part of a script about its data. */
interface DataPart {
  readonly constants: Readonly<Record<string, Constant>>;
  readonly parts: readonly string[];
  readonly tensors: ReadonlyMap<string, StoredTensor>;
}

const taskTexts = {
  adding: taskAdding,
  copy: taskCopy,
  temporalOrder: taskTemporalOrder,
  parity: taskParity,
  echo: taskEcho,
  delay: taskDelay,
  sine: taskSine,
  reber: fill(taskReber, {
    ARCS: `[${embeddedGrammar.arcs.map((arcs) => `[${arcs.map(([symbol, to]) => `(${symbol}, ${to})`).join(', ')}]`).join(', ')}]`,
    NODES: [embeddedGrammar.first, embeddedGrammar.last, embeddedGrammar.longest].join(', '),
  }),
};

function dataPartOf(setup: TrainingSetup, names: ExportNames): DataPart {
  const { experiment, source } = setup;
  const { data } = experiment;
  const none: DataPart['tensors'] = new Map();
  const random = { TRAINING_RANDOM: randomFrom(experiment.seed, 'training').state() };
  if ('task' in data) {
    const task = taskOf(data);
    const heldOut = heldOutOf(task, source.batch);
    const { task: name, ...keys } = data;
    const constants = {
      ...random,
      VALIDATION_RANDOM: randomFrom(experiment.seed, 'validation').state(),
      LENGTH: task.length,
      HELD_OUT_LENGTH: heldOut.length,
      HELD_OUT_SEQUENCES: heldOut.sequences,
      HELD_OUT_BATCH: heldOut.batch,
      ...taskConstants(keys),
    };
    return { constants, parts: [taskTexts[name], dataTask], tensors: none };
  }
  if ('text' in data) {
    const path = names.text ?? data.text;
    const constants = {
      ...random,
      LENGTH: source.steps,
      HELD_OUT_SHARE: data.validation,
      MOST_VALIDATED: maxValidated,
      CHARACTERS: source.characters ?? 0,
    };
    const text = `TEXT = os.path.join(FOLDER, ${python(path)})`;
    return { constants, parts: [text, dataText], tensors: none };
  }
  const prepared = source.preparedRows?.();
  if (prepared === undefined) {
    return { constants: {}, parts: [dataSequences], tensors: sequenceTensors(setup) };
  }
  return {
    constants: { ...random, HORIZON: prepared.horizon, HELD_OUT_BATCH: prepared.heldOutBatch },
    parts: [dataTable],
    tensors: tableTensors(prepared, source.targetKind === 'classes'),
  };
}

/** The keys of a task as constants: `lags` is LAGS. Its lengths are written apart. */
function taskConstants(keys: Readonly<Record<string, unknown>>): Readonly<Record<string, Constant>> {
  const constants: Record<string, Constant> = {};
  for (const [key, value] of Object.entries(keys)) {
    const isConstant = typeof value === 'number' || typeof value === 'string' || Array.isArray(value);
    if (key !== 'length' && key !== 'validation' && isConstant) constants[key.toUpperCase()] = value as Constant;
  }
  return constants;
}

function tableTensors(rows: PreparedRows, areClasses: boolean): ReadonlyMap<string, StoredTensor> {
  const { length } = rows.counts;
  const windows = (starts: Int32Array): StoredTensor => ({
    dtype: 'I32',
    shape: [starts.length / 3, 3],
    data: starts,
  });
  const targets: StoredTensor = areClasses
    ? { dtype: 'I32', shape: [length], data: Int32Array.from(rows.targets[0] ?? [], classOf) }
    : { dtype: 'F32', shape: [length, rows.targets.length], data: interleaved(rows.targets, length) };
  return new Map<string, StoredTensor>([
    ['table/inputs', { dtype: 'F32', shape: [length, rows.inputs.length], data: interleaved(rows.inputs, length) }],
    ['table/targets', targets],
    ['table/counts', { dtype: 'I32', shape: [length], data: Int32Array.from(rows.counts) }],
    ['table/training', windows(rows.training)],
    ['table/held-out', windows(rows.heldOut)],
  ]);
}

/** A class of a table, -1 where it is missing. */
function classOf(value: number): number {
  return Number.isNaN(value) ? -1 : value;
}

/** Columns as rows, rounded as batches are. */
function interleaved(columns: readonly Float64Array[], rows: number): Float32Array {
  const values = new Float32Array(rows * columns.length);
  for (const [index, column] of columns.entries()) {
    for (let row = 0; row < rows; row++) values[row * columns.length + index] = column[row] ?? NaN;
  }
  return values;
}

function sequenceTensors({ source }: TrainingSetup): ReadonlyMap<string, StoredTensor> {
  const { steps, batch, inputs, targets, mask } = source.next();
  if (inputs.kind !== 'dense') throw new Error('Sequences of an experiment are numbers.');
  const shape = [steps, batch];
  return new Map<string, StoredTensor>([
    ['sequences/inputs', { dtype: 'F32', shape: [...shape, source.inputs], data: Float32Array.from(inputs.values) }],
    [
      'sequences/targets',
      targets.kind === 'classes'
        ? { dtype: 'I32', shape, data: targets.indices }
        : { dtype: 'F32', shape: [...shape, source.outputs], data: Float32Array.from(targets.values) },
    ],
    ['sequences/mask', { dtype: 'I32', shape, data: Int32Array.from(mask) }],
  ]);
}

function parametersOf({ learner }: TrainingSetup): ReadonlyMap<string, StoredTensor> {
  const tensors = new Map<string, StoredTensor>();
  for (const { name, shape, values } of learner.parameters.values()) {
    tensors.set(name, { dtype: 'F64', shape, data: Float64Array.from(values) });
  }
  return tensors;
}

const activations = {
  tanh: 'torch.tanh(total)',
  relu: 'torch.relu(total)',
  sigmoid: 'torch.sigmoid(total)',
  identity: 'total',
};

const cells = {
  rnn: { text: cellRnn, gates: 1, states: 1 },
  lstm: { text: cellLstm, gates: 4, states: 2 },
  gru: { text: cellGru, gates: 3, states: 1 },
  mgu: { text: cellMgu, gates: 2, states: 1 },
};

/**
 * The part of a program about the net: PyTorch's own layers where they can do the same.
 *
 * @param isWrittenOut whether backpropagation through time is to be seen, also where PyTorch's layers could do it
 */
function netPartOf(
  { model, clip, bptt }: ResolvedExperiment,
  isWrittenOut: boolean,
): Pick<DataPart, 'constants' | 'parts'> {
  const activation = model.activation ?? 'tanh';
  const isHiddenClip = clip !== null && 'hidden' in clip;
  const reachesBack = bptt !== 'full' && bptt.backward > bptt.forward;
  const isModule = model.cell === 'rnn' ? activation === 'tanh' || activation === 'relu' : model.cell !== 'mgu';
  if (isModule && !isHiddenClip && !reachesBack && !isWrittenOut) {
    const name = model.cell.toUpperCase();
    const nonlinearity = activation === 'relu' ? ', nonlinearity="relu"' : '';
    const layers = `torch.nn.${name}(INPUTS, HIDDEN, num_layers=LAYERS${model.cell === 'rnn' ? nonlinearity : ''})`;
    return { constants: {}, parts: [fill(netModule, { MODULE: layers })] };
  }
  const { text, gates, states } = cells[model.cell];
  const cell = fill(text, { ACTIVATION: activations[activation] });
  const constants = {
    GATES: gates,
    STATES: states,
    HIDDEN_CLIP: isHiddenClip ? clip.hidden : null,
    REACHES_BACK: reachesBack,
  };
  return { constants, parts: [cell, netSteps] };
}

function truncationOf({ bptt }: ResolvedExperiment): Readonly<Record<string, Constant>> {
  return bptt === 'full' ? { FORWARD: null, BACKWARD: null } : { FORWARD: bptt.forward, BACKWARD: bptt.backward };
}

/** The factor of the rate as a Python expression of `update`; see `scheduleFactor`. */
function scheduleOf(schedule: ScheduleSpec): string {
  if (schedule === 'constant' || 'plateau' in schedule) return '1.0';
  if ('exponential' in schedule) return `${python(schedule.exponential)} ** update`;
  if ('cosine' in schedule) {
    const steps = python(schedule.cosine);
    return `0.5 * (1 + math.cos(math.pi * min(update, ${steps}) / ${steps}))`;
  }
  if ('warmup' in schedule) return `min(1, (update + 1) / ${python(schedule.warmup)})`;
  return schedule satisfies never;
}

function plateauOf(schedule: ScheduleSpec): string {
  if (schedule === 'constant' || !('plateau' in schedule)) return 'None';
  const { factor, patience, threshold, thresholdMode, cooldown, minLearningRate } = schedule.plateau;
  return callOf('torch.optim.lr_scheduler.ReduceLROnPlateau', 'optimizer', {
    factor,
    patience,
    threshold,
    threshold_mode: thresholdMode,
    cooldown,
    min_lr: minLearningRate,
  });
}

function optimizerOf(optimizer: OptimizerSpec): string {
  const { weightDecay: weight_decay } = optimizer;
  const call = (name: string, options: Readonly<Record<string, Constant>>): string =>
    callOf(`torch.optim.${name}`, 'parameters, lr=LEARNING_RATE', options);
  switch (optimizer.kind) {
    case 'sgd':
      return call('SGD', { momentum: optimizer.momentum, nesterov: optimizer.nesterov, weight_decay });
    case 'adagrad':
      return call('Adagrad', { eps: optimizer.epsilon, weight_decay });
    case 'rmsprop':
      return call('RMSprop', {
        ...{ alpha: optimizer.decay, eps: optimizer.epsilon },
        ...{ momentum: optimizer.momentum, weight_decay },
      });
    case 'adam':
    case 'adamw':
      return call(optimizer.kind === 'adam' ? 'Adam' : 'AdamW', {
        betas: [optimizer.beta1, optimizer.beta2],
        eps: optimizer.epsilon,
        weight_decay,
      });
    default:
      return optimizer satisfies never;
  }
}

function callOf(name: string, first: string, options: Readonly<Record<string, Constant>>): string {
  const words = Object.entries(options).map(([key, value]) => `${key}=${python(value)}`);
  return `${name}(${[first, ...words].join(', ')})`;
}

/** The line that clips; hidden clipping is part of the backward pass. */
function clipOf(clip: ResolvedExperiment['clip']): string {
  if (clip === null || 'hidden' in clip) return 'pass';
  if ('norm' in clip) return `torch.nn.utils.clip_grad_norm_(parameters, ${python(clip.norm)})`;
  return `torch.nn.utils.clip_grad_value_(parameters, ${python(clip.value)})`;
}

function notebookOf(names: ExportNames, { constants, tensors, data, loss, net, loop }: ProgramParts): string {
  return notebook([
    textCell(`# ${escapeMarkdown(names.experiment)}

This notebook trains an experiment of Unroll in PyTorch: the same data, initial weights, truncation, clipping and optimizer. In double precision its losses are those of Unroll's reference kernels, up to rounding. It needs PyTorch 1.13 or later and matplotlib, and ${escapeMarkdown(names.tensors)} in its folder.

Backpropagation through time is written out, one time step after the other, so that every gradient can be looked at. That is slower than \`torch.nn\`.`),
    codeCell(`${imports}\nimport matplotlib.pyplot as plot`),
    codeCell(
      `# Fewer updates, single precision or another device: change these.\nOPTIONS = argparse.Namespace(steps=None, float32=False, device="cpu", json=False)\n${surroundings}\nFOLDER = os.getcwd()\nSAVED = ${python(names.tensors.replace(/\.safetensors$/, '.pt'))}`,
    ),
    textCell(`## The experiment

T is the number of time steps, B the number of sequences of a batch, I, H and O the numbers of inputs, hidden units and outputs.`),
    codeCell(constants),
    codeCell(tensors),
    textCell(`## The data

A window has T steps of B sequences: the inputs $x_t$, the targets $y_t$, and a mask of the steps that have a loss.`),
    codeCell(joined(data)),
    textCell(`## The loss

$L = \\sum_t L_t$ over the steps that have a target. With the reduction \`mean\` it is divided by the number of targets, with \`sum\` by the number of sequences.`),
    codeCell(loss.trim()),
    textCell(`## The net, and backpropagation through time

The same weights are used at every step: $h_t$ follows from $x_t$ and $h_{t-1}$. So the loss depends on $h_t$ in two ways: through the output of step $t$, and through $h_{t+1}$. The chain rule adds both:

$$\\frac{\\partial L}{\\partial h_t} = \\frac{\\partial L_t}{\\partial h_t} + \\left(\\frac{\\partial h_{t+1}}{\\partial h_t}\\right)^{\\!\\top} \\frac{\\partial L}{\\partial h_{t+1}}$$

\`Net.learn\` walks from the last step back to the first. At each step it adds what comes from above and what comes from the next step, and adds this step's part to the gradient of the weights. The product of many factors on the way back is why gradients vanish or explode.`),
    codeCell(joined(net)),
    textCell(`## Training

Each update: forward, loss, backward, clipping, optimizer.`),
    codeCell(loop.trim()),
    codeCell('net = train()'),
    textCell(`## The loss over the updates`),
    codeCell(`steps = [line["step"] for line in HISTORY]
plot.figure(figsize=(8, 3))
plot.plot(steps, [line["loss"] for line in HISTORY], label="training")
validated = [line for line in HISTORY if "validationLoss" in line]
if validated:
    plot.plot([line["step"] for line in validated], [line["validationLoss"] for line in validated], "o-", label="validation")
plot.xlabel("update")
plot.ylabel("loss")
plot.legend()
plot.show()`),
    textCell(`## The norm of the gradient, before and after clipping`),
    codeCell(`plot.figure(figsize=(8, 3))
plot.semilogy(steps, [line["gradNorm"] for line in HISTORY], label="before clipping")
plot.semilogy(steps, [line["clippedNorm"] for line in HISTORY], label="after clipping")
plot.xlabel("update")
plot.ylabel("norm of the gradient of all parameters")
plot.legend()
plot.show()`),
    textCell(`## The gradient through time

The norm of $\\partial L / \\partial h_t$ over the batch at the last update, for every step that the gradient reached. On this logarithmic axis a straight line is a constant factor per step.`),
    codeCell(`plot.figure(figsize=(8, 3))
for layer, norms in enumerate(net.norms):
    plot.semilogy(range(len(norms)), norms, "o-", label=f"layer {layer}")
plot.xlabel("time step t")
plot.ylabel("norm of the gradient by h_t")
plot.legend()
plot.show()`),
  ]);
}
