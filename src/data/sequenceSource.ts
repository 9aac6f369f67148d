import type { ResolvedExperiment, SequencesData } from '../experiment/schema/schema';
import { endsOf, inSinglePrecision, type Batch, type BatchTargets } from './batch';
import { largestSize } from './table/normalization';
import { describeSequence } from './sequenceDescription';
import { reportedLoss, type LossPattern } from './lossPattern';
import { batchTooLarge } from './batchSize';
import type { Baseline, OpenedSource, Source } from './sourceContract';

type Target = SequencesData['sequences'][number]['targets'][number];

/**
 * Bytes of a number or list of an experiment file. Measured: 300 headless, where its place in the text is stored as well,
 * and 100 in a trainer that receives the experiment.
 */
const valueBytes = 200;

/**
 * Opens inline sequences: one batch, the same every time. Validation has checked that their widths agree. After the last
 * step of a shorter sequence its inputs are 0 and it has no target, so that these steps change neither loss nor gradient.
 */
export function openSequences(experiment: ResolvedExperiment, { sequences }: SequencesData): OpenedSource {
  const steps = sequences.reduce((most, sequence) => Math.max(most, sequence.inputs.length), 0);
  const inputs = sequences[0]?.inputs[0]?.length ?? 0;
  const targets = sequences.flatMap((sequence) => sequence.targets).filter((target) => target !== null);
  const highest = targets.reduce<number>(
    (highest, target) => (typeof target === 'number' ? Math.max(highest, target) : highest),
    1,
  );
  const outputs = typeof targets[0] === 'object' ? targets[0].length : highest + 1;
  const tooLarge = batchTooLarge(steps, sequences.length, inputs + outputs, ['data', 'sequences']);
  if (tooLarge) return { kind: 'refused', problems: [tooLarge] };
  const batch = batchOf(sequences, steps, inputs, typeof targets[0] === 'object' ? outputs : undefined);
  const values = sequences.length * steps * (2 + inputs + (typeof targets[0] === 'object' ? outputs : 1));
  return { kind: 'source', source: sequenceSource(experiment, batch, inputs, outputs, values) };
}

function sequenceSource(
  experiment: ResolvedExperiment,
  batch: Batch,
  inputs: number,
  outputs: number,
  values: number,
): Source {
  const retained = valueBytes * values + 8 * batch.steps * batch.batch * (inputs + outputs);
  const inputNames = numbered('x', inputs);
  const targetKind = batch.targets.kind;
  const outputNames =
    targetKind === 'classes' ? Array.from({ length: outputs }, (_, index) => String(index)) : numbered('y', outputs);
  return {
    inputs,
    outputs,
    inputNames,
    outputNames,
    inputKind: 'dense',
    targetKind,
    steps: batch.steps,
    batch: batch.batch,
    lag: undefined,
    baselines: [baselineOf(experiment, batch, outputs)],
    memory: { retained, opening: retained },
    scale: {
      inputs: batch.inputs.kind === 'dense' ? largestSize([batch.inputs.values]) : 0,
      targets: batch.targets.kind === 'values' ? largestSize([batch.targets.values]) : 0,
    },
    isContiguous: false,
    next: () => structuredClone(batch),
    validation: () => [],
    state: () => ({ random: [] }),
    // The one batch has no position.
    restore: () => undefined,
    describe: (drawn, sequence) => describeSequence(drawn, sequence, inputNames, outputNames),
  };
}

function numbered(name: string, count: number): readonly string[] {
  return count === 1 ? [name] : Array.from({ length: count }, (_, index) => `${name}${index + 1}`);
}

function batchOf(
  sequences: SequencesData['sequences'],
  steps: number,
  inputs: number,
  width: number | undefined,
): Batch {
  const batch = sequences.length;
  const values = new Float64Array(steps * batch * inputs);
  const mask = new Uint8Array(steps * batch);
  const targets: BatchTargets =
    width === undefined
      ? { kind: 'classes', indices: new Int32Array(steps * batch).fill(-1) }
      : { kind: 'values', values: new Float64Array(steps * batch * width) };
  for (const [index, sequence] of sequences.entries()) {
    for (const [t, row] of sequence.inputs.entries()) values.set(row, (t * batch + index) * inputs);
    for (const [t, target] of sequence.targets.entries()) {
      if (setTarget(targets, target, t * batch + index, width ?? 1)) mask[t * batch + index] = 1;
    }
  }
  return inSinglePrecision({
    steps,
    batch,
    inputs: { kind: 'dense', values },
    targets,
    mask,
    reset: new Uint8Array(batch).fill(1),
    ...endsOf(
      sequences.map((sequence) => sequence.inputs.length),
      steps,
    ),
  });
}

/** Writes a target into the batch; false where the step has none. */
function setTarget(targets: BatchTargets, target: Target, cell: number, width: number): boolean {
  if (target === null) return false;
  if (targets.kind === 'classes') targets.indices[cell] = typeof target === 'number' ? target : -1;
  else targets.values.set(typeof target === 'number' ? [target] : target, cell * width);
  return true;
}

/** The best constant prediction: the mean of all targets, or the frequencies of the classes. */
function baselineOf(experiment: ResolvedExperiment, batch: Batch, outputs: number): Baseline {
  const lossAt = batch.targets.kind === 'classes' ? frequencyLoss(batch, outputs) : meanLoss(batch, outputs);
  const pattern: LossPattern = {
    sequences: batch.batch,
    loss: new Float64Array(batch.steps),
    targets: new Float64Array(batch.steps),
  };
  for (const cell of targetCells(batch)) {
    const t = Math.floor(cell / batch.batch);
    pattern.loss[t] = (pattern.loss[t] ?? 0) + lossAt(cell);
    pattern.targets[t] = (pattern.targets[t] ?? 0) + 1;
  }
  return {
    answer: 'constant',
    name: batch.targets.kind === 'classes' ? 'class frequencies' : 'mean of the targets',
    source: 'the best constant prediction for these sequences',
    value: reportedLoss(pattern, experiment, outputs),
  };
}

function targetCells({ mask }: Batch): readonly number[] {
  return Array.from(mask.keys()).filter((cell) => mask[cell] === 1);
}

function frequencyLoss(batch: Batch, outputs: number): (cell: number) => number {
  const indices = batch.targets.kind === 'classes' ? batch.targets.indices : new Int32Array();
  const counts = new Float64Array(outputs);
  const cells = targetCells(batch);
  for (const cell of cells) counts[indices[cell] ?? 0] = (counts[indices[cell] ?? 0] ?? 0) + 1;
  return (cell) => -Math.log((counts[indices[cell] ?? 0] ?? 0) / cells.length);
}

function meanLoss(batch: Batch, outputs: number): (cell: number) => number {
  const values = batch.targets.kind === 'values' ? batch.targets.values : new Float64Array();
  const cells = targetCells(batch);
  const means = Array.from({ length: outputs }, (_, output) =>
    cells.reduce((sum, cell) => sum + (values[cell * outputs + output] ?? 0) / cells.length, 0),
  );
  return (cell) => means.reduce((sum, mean, output) => sum + ((values[cell * outputs + output] ?? 0) - mean) ** 2, 0);
}
