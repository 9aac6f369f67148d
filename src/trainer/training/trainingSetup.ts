import { openSource, type Source } from '../../data/source';
import { randomFrom } from '../../data/random';
import { shardsOf } from '../../engine/parallel/shardBatch';
import { cellNamed } from '../../engine/cells/registry';
import type { Cell } from '../../engine/cells/cell';
import type { KernelSet } from '../../engine/kernels/kernelSet';
import { Learner, type LearnerOptions } from '../../engine/learner';
import { parameterShapes } from '../../engine/network';
import type { NetworkSpec } from '../../engine/spec';
import type { ResolvedExperiment } from '../../experiment/schema';
import type { StartProblem } from '../../protocol/trainer';
import type { RecordLayout } from '../../run/records/recordBatch';
import { readTensorFile } from '../../run/storage/safetensors';
import { reasonOf } from '../../protocol/channel';
import { formatMebibytes } from '../../text/numbers';
import { usefulWorkers, type WantedWorkers } from './workerPool';
import { dataFiles, isAboutData, peakMemory, programBytes, readingBytes } from './peakMemory';
import { truncate } from '../../text/quoting';

/** What a run is made from. */
export interface TrainingRequest {
  readonly experiment: ResolvedExperiment;
  /** The bytes of each file the experiment names, by its path as written. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  readonly kernels: KernelSet;
  /** Bytes that the process of the run may have in memory at its peak. */
  readonly memoryLimit: number;
  /** Threads that are to share the work, 0 for as many as are of use, and those that can run here; one by default. */
  readonly workers?: { readonly wanted: WantedWorkers; readonly cores: number };
  /** Parts that the batch was cut into when the run began, for one that goes on or is replayed. */
  readonly shards?: number;
}

/** An experiment whose data, net and parameters stand ready for the first update. */
export interface TrainingSetup {
  readonly experiment: ResolvedExperiment;
  readonly source: Source;
  readonly learner: Learner;
  /** What the learner was made with. */
  readonly options: LearnerOptions;
  readonly kernels: KernelSet;
  readonly cell: Cell;
  readonly layout: RecordLayout;
  /** Estimated bytes of the process at its peak. */
  readonly memoryBytes: number;
}

/** A plan, or every reason there is none. */
export type PreparedTraining =
  | { readonly kind: 'planned'; readonly setup: TrainingSetup }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** What training would take: its data stand open, nothing is allocated. */
export interface MeasuredTraining {
  readonly source: Source;
  readonly options: LearnerOptions;
  readonly layout: RecordLayout;
  /** Estimated bytes of the process at its peak. */
  readonly memoryBytes: number;
}

/** Opens the data and checks the memory of the net without allocating it. */
export function measureTraining({
  experiment,
  files,
  kernels,
  memoryLimit,
  workers,
  shards,
}: TrainingRequest):
  | { readonly kind: 'measured'; readonly measured: MeasuredTraining }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] } {
  const fileBytes = [...files.values()].reduce((sum, file) => sum + file.length, 0);
  const early = withoutRoom(experiment, memoryLimit, kernels, fileBytes);
  if (early !== undefined) return { kind: 'refused', problems: [early] };
  const opened = openSource(experiment, files);
  if (opened.kind === 'refused') return opened;
  const { source } = opened;
  const options = learnerOptions(experiment, source, kernels, shards);
  const layout = layoutOf(experiment, options);
  const { bytes, parts, engineBytes } = peakMemory({
    ...{ experiment, source, options, layout, kernels, fileBytes },
    workers: workers === undefined ? 1 : usefulWorkers(workers.wanted, workers.cores, options.shards ?? 1),
  });
  const { largestMemory } = kernels;
  if (bytes > memoryLimit || engineBytes > largestMemory) {
    const largest = [...parts].sort((a, b) => b.bytes - a.bytes)[0];
    const refusal =
      bytes > memoryLimit
        ? tooLarge(experiment, bytes, memoryLimit, largest?.name)
        : tooLarge(experiment, engineBytes, largestMemory, undefined);
    return { kind: 'refused', problems: [refusal] };
  }
  return { kind: 'measured', measured: { source, options, layout, memoryBytes: bytes } };
}

/** Opens the data, checks the memory, builds the net and draws or loads its parameters. Allocates nothing before the check. */
export function prepareTraining(request: TrainingRequest): PreparedTraining {
  const measuring = measureTraining(request);
  if (measuring.kind === 'refused') return measuring;
  const { source, options, layout, memoryBytes } = measuring.measured;
  const { experiment, files, kernels } = request;
  const learner = allocated(options);
  if (learner === undefined) {
    return { kind: 'refused', problems: [unobtainable(experiment, memoryBytes)] };
  }
  const unloadable = fillParameters(learner, experiment, files);
  if (unloadable !== undefined) return { kind: 'refused', problems: [unloadable] };
  const cell = cellNamed(experiment.model.cell);
  return { kind: 'planned', setup: { experiment, source, learner, options, kernels, cell, layout, memoryBytes } };
}

function layoutOf(experiment: ResolvedExperiment, { network, steps }: LearnerOptions): RecordLayout {
  const { model, bptt } = experiment;
  const cell = cellNamed(model.cell);
  const reach = typeof bptt === 'object' ? Math.max(0, bptt.backward - bptt.forward) : 0;
  return {
    parameters: parameterShapes(network).map(({ name }) => name),
    layers: model.layers,
    steps: steps + reach,
    hasCellState: cell.state.length > 1,
    saturating: cell.gates.map(({ name }) => name),
  };
}

function learnerOptions(
  experiment: ResolvedExperiment,
  source: Source,
  kernels: KernelSet,
  recordedShards: number | undefined,
): LearnerOptions {
  const { model, loss, bptt, clip, optimizer } = experiment;
  const network: NetworkSpec = {
    cell: model.cell,
    activation: model.activation ?? 'tanh',
    inputs: source.inputs,
    hidden: model.hidden,
    layers: model.layers,
    outputs: source.outputs,
  };
  const steps = bptt === 'full' ? source.steps : Math.min(bptt.forward, source.steps);
  return {
    kernels,
    network,
    loss,
    bptt,
    clip,
    optimizer,
    steps,
    batch: source.batch,
    inputs: source.inputKind,
    shards: Math.min(source.batch, recordedShards ?? shardsOf(network, steps, source.batch)),
  };
}

/** Refuses what is too large whatever the data hold, before they are opened. */
function withoutRoom(
  experiment: ResolvedExperiment,
  memoryLimit: number,
  kernels: KernelSet,
  fileBytes: number,
): StartProblem | undefined {
  if (memoryLimit < programBytes) return limitBelowProgram(memoryLimit);
  if (memoryLimit < readingBytes(fileBytes)) {
    return tooLarge(experiment, readingBytes(fileBytes), memoryLimit, dataFiles);
  }
  const { hidden, layers, cell } = experiment.model;
  const { gates } = cellNamed(cell);
  const weights = gates.length * hidden * hidden * (2 * layers - 1);
  // Weights, gradients and what the optimizer keeps: three numbers a weight at the least.
  const bytes = programBytes + 3 * weights * kernels.bytesPerElement;
  return bytes > memoryLimit ? tooLarge(experiment, bytes, memoryLimit, 'parameters') : undefined;
}

function limitBelowProgram(limit: number): StartProblem {
  return {
    code: 'memory',
    keyPath: [],
    message:
      `The memory limit is ${formatMebibytes(limit)}, and a process that trains needs ${formatMebibytes(programBytes)} for the program ` +
      'alone. Raise the limit (setting unroll.memoryLimitMiB, headless --memory): it is compared with the whole process.',
  };
}

/** The learner; undefined where the limit is higher than the memory that can be had. */
function allocated(options: LearnerOptions): Learner | undefined {
  try {
    return new Learner(options);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function unobtainable({ model }: ResolvedExperiment, bytes: number): StartProblem {
  return {
    code: 'memory',
    keyPath: ['model', 'hidden'],
    message:
      `Training with hidden: ${model.hidden} needs about ${formatMebibytes(bytes)} of memory, which the limit allows and this ` +
      'machine does not give. Choose fewer hidden units, a shorter length or a smaller batch.',
  };
}

function tooLarge(
  experiment: ResolvedExperiment,
  bytes: number,
  limit: number,
  largest: string | undefined,
): StartProblem {
  const isData = isAboutData(largest);
  const advice = isData
    ? 'Train on a part of the data'
    : 'Choose fewer hidden units, a shorter length or a smaller batch';
  return {
    code: 'memory',
    keyPath: isData ? ['data'] : ['model', 'hidden'],
    message:
      `Training with hidden: ${experiment.model.hidden} needs about ${formatMebibytes(bytes)} of memory` +
      (largest === undefined ? '' : ` (most of it for ${largest})`) +
      `; the limit is ${formatMebibytes(limit)}. ${advice}, or raise the limit ` +
      `(setting unroll.memoryLimitMiB, headless --memory).`,
  };
}

function fillParameters(
  learner: Learner,
  experiment: ResolvedExperiment,
  files: ReadonlyMap<string, Uint8Array>,
): StartProblem | undefined {
  const { weights, init, forgetBias } = experiment.model;
  if (weights === undefined) {
    learner.initialize(init, forgetBias, randomFrom(experiment.seed, 'init'));
    return undefined;
  }
  try {
    loadWeights(learner, files.get(weights));
    return undefined;
  } catch (error) {
    return { code: 'weights', keyPath: ['model', 'weights'], message: `${weights}: ${reasonOf(error)}` };
  }
}

function loadWeights(learner: Learner, bytes: Uint8Array | undefined): void {
  if (bytes === undefined) throw new Error('The file was not read.');
  const { tensors } = readTensorFile(bytes);
  for (const [name, parameter] of learner.parameters) {
    const tensor = tensors.get(name);
    if (tensor === undefined) {
      throw new Error(
        `The file has no tensor "${name}" of shape [${parameter.shape.join(', ')}]; it has ${listed(tensors.keys())}.`,
      );
    }
    if (tensor.shape.join() !== parameter.shape.join()) {
      throw new Error(
        `Tensor "${name}" is of shape [${tensor.shape.join(', ')}]; this model needs [${parameter.shape.join(', ')}].`,
      );
    }
    const broken = tensor.data.findIndex((value) => !Number.isFinite(value));
    if (broken >= 0)
      throw new Error(`Tensor "${name}" holds ${tensor.data[broken]} at element ${broken}; weights must be finite.`);
    learner.load(name, tensor.data);
  }
}

const mostNamesListed = 12;

function listed(names: Iterable<string>): string {
  const all = [...names];
  const shown = all.slice(0, mostNamesListed).map(truncate).join(', ');
  return all.length > mostNamesListed ? `${shown} and ${all.length - mostNamesListed} more` : shown || 'none';
}
