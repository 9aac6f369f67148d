import { tensorOf, type Capture, type CapturedTensor } from '../../engine/instruments/capture';
import { predictionOf } from '../../engine/losses/output';
import type { Snapshot } from '../../engine/snapshot';
import type {
  InspectedGate,
  InspectedLayer,
  InspectedParameter,
  Inspection,
  ParameterUpdate,
} from '../../protocol/inspection';
import { probeKindsOf } from './probedWindow';
import { inputGradients } from './inputGradients';
import type { Probe } from '../../protocol/probe';
import type { TrainingSetup } from '../training/trainingSetup';

/** Maximum number of elements of a parameter that is shown element by element. */
export const maxPlottedElements = 1 << 16;

/**
 * The values of one sequence in a captured update.
 *
 * @param probe what the capture is of, if it is not a batch of the training
 * @throws RangeError when the batch has no such sequence
 */
export function inspectionOf(
  capture: Capture,
  setup: TrainingSetup,
  sequence: number,
  caveat?: string,
  probe: Probe | null = null,
): Inspection {
  const { tensors, metadata } = capture;
  const tensor = (name: string): CapturedTensor => tensorOf(capture, name);
  const [steps = 0, batch = 0] = tensor('outputs').shape;
  if (!Number.isSafeInteger(sequence) || sequence < 0 || sequence >= batch) {
    throw new RangeError(`Sequence ${sequence} doesn't exist; the batch has sequences 0 to ${batch - 1}.`);
  }
  const valuesOf = (name: string): Float64Array => rowsOfSequence(tensor(name), steps, batch, sequence);
  const { bptt, loss } = setup.experiment;
  const { kind } = loss;
  const width = setup.source.outputs;
  const mask = Uint8Array.from(valuesOf('mask'));
  const logits = valuesOf('outputs');
  const targets = kind === 'mse' ? valuesOf('targets') : oneHot(valuesOf('targets'), width);
  const outputs = kind === 'mse' ? logits.map((value) => predictionOf(value, loss)) : softmaxRows(logits, width);
  const gradientFrom = typeof bptt === 'object' ? Math.max(0, steps - bptt.backward) : 0;
  const lossWeight = weightOf(loss, countOf(tensor('mask')), width, batch);
  return {
    update: Number(metadata['step']),
    sequence,
    probe,
    probeKinds: probeKindsOf(setup.source),
    caveat,
    batch,
    steps,
    windowStart: Number(metadata['reach'] ?? 0),
    gradientFrom,
    coverableSteps: steps,
    loss: Number(metadata['loss']),
    gradNorm: Number(metadata['gradNorm']),
    clipCoefficient: Number(metadata['clipCoefficient']),
    learningRate: Number(metadata['learningRate']),
    lossKind: kind,
    outputKind: loss.output ?? 'linear',
    lossWeight,
    gradientWeight: weightOf(loss, countOf(tensor('mask'), gradientFrom * batch), width, batch),
    cell: setup.cell.name,
    activation: setup.experiment.model.activation ?? 'tanh',
    inputKind: setup.source.inputKind,
    inputNames: setup.source.inputNames,
    outputNames: setup.source.outputNames,
    scaling: setup.source.scaling ?? null,
    end: endOfSequence(capture, steps, sequence),
    starts: tensors.has('reset') ? Uint8Array.from(valuesOf('reset')) : new Uint8Array(steps),
    hiddenClip: hiddenClipOf(setup),
    inputs: valuesOf('inputs'),
    dInputs: inputGradients(valuesOf('dgates_l0'), tensor('rnn.weight_ih_l0')),
    outputs,
    dOutputs: valuesOf('dOutputs'),
    targets,
    mask,
    lossPerStep: Float64Array.from(tensor('loss').data),
    sequenceLoss: sequenceLoss(kind, outputs, targets, mask, lossWeight),
    layers: Array.from({ length: setup.experiment.model.layers }, (_, l): InspectedLayer => {
      const hidden = tensor(`h0_l${l}`).shape[1] ?? 0;
      const initial = (name: string): Float64Array =>
        Float64Array.from(tensor(name).data.subarray(sequence * hidden, (sequence + 1) * hidden));
      const blocks = (name: string): readonly InspectedGate[] => gatesOf(valuesOf(name), setup, steps, hidden);
      const dInput = blocks(`dgates_l${l}`);
      return {
        hidden,
        h0: initial(`h0_l${l}`),
        h: valuesOf(`h_l${l}`),
        c: tensors.has(`c_l${l}`) ? valuesOf(`c_l${l}`) : new Float64Array(0),
        c0: tensors.has(`c0_l${l}`) ? initial(`c0_l${l}`) : new Float64Array(0),
        gates: tensors.has(`gates_l${l}`) ? blocks(`gates_l${l}`) : [],
        dh: valuesOf(`dh_l${l}`),
        dhLocal: valuesOf(`dhLocal_l${l}`),
        dc: tensors.has(`dc_l${l}`) ? valuesOf(`dc_l${l}`) : new Float64Array(0),
        dInput,
        dRecurrent: tensors.has(`dgh_l${l}`) ? blocks(`dgh_l${l}`) : dInput,
      };
    }),
    parameters: setup.layout.parameters.map((name) => parameterOf(name, tensor)),
  };
}

/** The step after the last one of a sequence of a captured update, from 0 to T. */
export function endOfSequence({ ends }: Pick<Capture, 'ends'>, steps: number, sequence: number): number {
  return Math.max(0, Math.min(steps, ends?.[sequence] ?? steps));
}

/** The threshold of hidden clipping, if there is one. */
function hiddenClipOf({ experiment: { clip } }: TrainingSetup): number | null {
  return clip !== null && 'hidden' in clip ? clip.hidden : null;
}

/** The rows (T,·) of one sequence in a (T,B,·) tensor. */
function rowsOfSequence({ data }: CapturedTensor, steps: number, batch: number, sequence: number): Float64Array {
  const width = data.length / (steps * batch);
  const out = new Float64Array(steps * width);
  for (let t = 0; t < steps; t++) {
    const at = (t * batch + sequence) * width;
    out.set(data.subarray(at, at + width), t * width);
  }
  return out;
}

function oneHot(classes: Float64Array, width: number): Float64Array {
  const out = new Float64Array(classes.length * width);
  classes.forEach((index, t) => {
    if (index >= 0) out[t * width + index] = 1;
  });
  return out;
}

function softmaxRows(logits: Float64Array, width: number): Float64Array {
  const out = new Float64Array(logits.length);
  for (let at = 0; at < logits.length; at += width) {
    const row = logits.subarray(at, at + width);
    const largest = row.reduce((most, value) => Math.max(most, value), -Infinity);
    const powers = row.map((value) => Math.exp(value - largest));
    const sum = powers.reduce((total, value) => total + value, 0);
    out.set(
      powers.map((value) => value / sum),
      at,
    );
  }
  return out;
}

/** How many targets there are from a row of (T,B) on. */
function countOf({ data }: CapturedTensor, from = 0): number {
  let count = 0;
  for (const counts of data.subarray(from)) count += counts;
  return count;
}

/** Splits the gates of a layer (T,G·H) into one (T,H) per gate. */
function gatesOf(all: Float64Array, { cell }: TrainingSetup, steps: number, hidden: number): InspectedGate[] {
  const width = cell.gates.length * hidden;
  return cell.gates.map(({ name }, g) => {
    const values = new Float64Array(steps * hidden);
    for (let t = 0; t < steps; t++) {
      const at = t * width + g * hidden;
      values.set(all.subarray(at, at + hidden), t * hidden);
    }
    return { name, values };
  });
}

/** The factor of each loss term: `mean` divides by the number of targets, for mse also by O; `sum` by B. */
function weightOf(
  { kind, reduction }: TrainingSetup['experiment']['loss'],
  targets: number,
  outputs: number,
  batch: number,
): number {
  return 1 / (reduction === 'mean' ? (kind === 'mse' ? targets * outputs : targets) : batch);
}

/** The loss terms of one sequence as they enter L. */
function sequenceLoss(
  kind: Inspection['lossKind'],
  outputs: Float64Array,
  targets: Float64Array,
  mask: Uint8Array,
  weight: number,
): Float64Array {
  const width = outputs.length / mask.length;
  return Float64Array.from(mask, (counts, t) => {
    if (counts === 0) return 0;
    let sum = 0;
    for (let o = t * width; o < (t + 1) * width; o++) {
      const target = targets[o] ?? 0;
      const output = outputs[o] ?? 0;
      sum += kind === 'mse' ? (output - target) ** 2 : target === 0 ? 0 : -Math.log(output);
    }
    return sum * weight;
  });
}

function parameterOf(name: string, tensor: (name: string) => CapturedTensor): InspectedParameter {
  const before = tensor(name);
  const gradient = tensor(`grad/${name}`);
  const clipped = tensor(`clipped/${name}`);
  const after = tensor(`next/${name}`);
  const step = Float64Array.from(after.data, (value, i) => value - (before.data[i] ?? 0));
  const [clippedNorm, updateNorm] = [norm(clipped.data), norm(step)];
  return {
    name,
    ...shapeOf(before),
    before: plotted(before),
    gradNorm: norm(gradient.data),
    clippedNorm,
    weightNorm: norm(before.data),
    updateNorm,
    descent: -product(step, clipped.data) / (updateNorm * clippedNorm),
  };
}

/**
 * The values of one parameter in a captured update.
 *
 * @param after the learner after the update, for the optimizer's state
 * @throws RangeError when the net has no such parameter
 */
export function parameterUpdateOf(
  { tensors, metadata }: Capture,
  parameter: string,
  { experiment }: Pick<TrainingSetup, 'experiment'>,
  after?: Snapshot,
): ParameterUpdate {
  const [before, gradient, clipped, next] = ['', 'grad/', 'clipped/', 'next/'].map((kind) =>
    tensors.get(`${kind}${parameter}`),
  );
  if (before === undefined || gradient === undefined || clipped === undefined || next === undefined) {
    throw new RangeError(`The net has no parameter "${parameter}".`);
  }
  return {
    update: Number(metadata['step']),
    parameter,
    ...shapeOf(before),
    before: plotted(before),
    gradient: plotted(gradient),
    clipped: plotted(clipped),
    after: plotted(next),
    optimizer: experiment.optimizer.kind,
    slots: slotsOf(parameter, after).map(([name, slotValues]) => ({ name, values: plotted(slotValues) })),
  };
}

/** A bias has one row. */
function shapeOf({ shape }: CapturedTensor): Pick<InspectedParameter, 'rows' | 'columns'> {
  const [first = 1, second] = shape;
  return { rows: second === undefined ? 1 : first, columns: second ?? first };
}

function plotted({ data }: CapturedTensor): Float64Array {
  return Float64Array.from(data.length <= maxPlottedElements ? data : []);
}

/** The optimizer's state of a parameter, by slot name. */
function slotsOf(name: string, optimizer: Snapshot | undefined): readonly (readonly [string, CapturedTensor])[] {
  return [...(optimizer?.tensors ?? [])].flatMap(([key, slotValues]) => {
    const [kind, slot = '', ...rest] = key.split('/');
    return kind === 'optimizer' && rest.join('/') === name ? [[slot, slotValues] as const] : [];
  });
}

function norm(values: ArrayLike<number>): number {
  return Math.sqrt(product(values, values));
}

function product(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] ?? 0) * (b[i] ?? 0);
  return sum;
}
