import { bytesInMemory, bytesInParts, type FileContent } from '../../data/files/fileContent';
import { openSource, type Source } from '../../data/source';
import type { DataMemory } from '../../data/sourceContract';
import { memoryLimitNames } from '../../data/files/dataSize';
import { randomFrom } from '../../data/random';
import { shardsOf } from '../../engine/parallel/shardBatch';
import { cellNamed } from '../../engine/cells/registry';
import type { Cell } from '../../engine/cells/cell';
import type { KernelSet } from '../../engine/kernels/kernelSet';
import { Learner, type LearnerOptions } from '../../engine/learner';
import { parameterShapes } from '../../engine/network';
import type { NetworkSpec } from '../../engine/spec';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { weightsKeyOf } from '../../experiment/weightsKey';
import { withClasses } from '../../experiment/problems/tableTargets';
import type { StartProblem } from '../../protocol/trainer';
import type { RecordLayout } from '../../run/records/recordBatch';
import { reasonOf } from '../../protocol/channel';
import { formatMebibytes } from '../../text/numbers';
import { escapeName } from '../../text/quoting';
import { usefulWorkers, type RequestedWorkers } from './workerPool';
import { dataFiles, isAboutData, largestPart, peakMemory, programBytes, readingBytes } from './peakMemory';
import { metricsOfValidation } from './validation';
import { unjudgedExpectations } from './unjudgedExpectations';
import { loadWeights } from './weightsFile';

/** The input of `prepareTraining`. */
export interface TrainingRequest {
  readonly experiment: ResolvedExperiment;
  /** The content of each file that the experiment names, by its path as written there. */
  readonly files: ReadonlyMap<string, FileContent>;
  readonly kernels: KernelSet;
  /** Maximum number of bytes of the run's process at its peak. */
  readonly memoryLimit: number;
  /** The requested number of workers (0 = automatic) and the number of cores; by default one worker. */
  readonly workers?: { readonly requested: RequestedWorkers; readonly cores: number };
  /** Number of shards of the original run, when it is resumed or replayed. */
  readonly shards?: number;
  /** The layout of the records that the run has, when it is resumed: the new ones get the same columns. */
  readonly recorded?: RecordLayout;
  /** Set where `files` has only the beginning of the data; then only the memory is measured. */
  readonly cut?: CutData;
}

/** Data of which only the beginning was read. */
export interface CutData {
  /** Bytes of the beginning. */
  readonly bytes: number;
  /** Bytes of the whole file. */
  readonly size: number;
  /** Whether the whole file is read in parts. */
  readonly isStreamed: boolean;
}

/** An experiment with its data, network and initial parameters, ready for the first update. */
export interface TrainingSetup {
  readonly experiment: ResolvedExperiment;
  readonly source: Source;
  readonly learner: Learner;
  /** The options of the learner. */
  readonly options: LearnerOptions;
  readonly kernels: KernelSet;
  readonly cell: Cell;
  readonly layout: RecordLayout;
  /** Estimated bytes of the process at its peak. */
  readonly memoryBytes: number;
  /** Notices about the loaded weights. */
  readonly notices: readonly string[];
}

/** A setup, or the problems that prevent it. */
export type PreparedTraining =
  | { readonly kind: 'prepared'; readonly setup: TrainingSetup }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] };

/** The data and the memory estimate of a run, before the network is allocated. */
export interface MeasuredTraining {
  /** With what the data tell of it; see `withClasses`. */
  readonly experiment: ResolvedExperiment;
  readonly source: Source;
  readonly options: LearnerOptions;
  readonly layout: RecordLayout;
  /** Estimated bytes of the process at its peak. */
  readonly memoryBytes: number;
}

/** Opens the data and estimates the memory of the run without allocating the network. */
export function measureTraining({
  experiment: written,
  files,
  kernels,
  memoryLimit,
  workers,
  shards,
  recorded,
  cut,
}: TrainingRequest):
  | { readonly kind: 'measured'; readonly measured: MeasuredTraining }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] } {
  const { fileBytes, streamedBytes } = bytesOf(files, cut);
  const early = earlyMemoryProblem(written, memoryLimit, kernels, fileBytes);
  if (early !== undefined) return { kind: 'refused', problems: [early] };
  const opened = openSource(written, files, memoryLimit - programBytes);
  if (opened.kind === 'refused') return opened;
  const { source } = opened;
  const experiment = withClasses(written, source.targetKind === 'classes');
  // The beginning of a file need not have what the whole has.
  const unjudged = cut === undefined ? unjudgedExpectations(experiment, source) : [];
  if (unjudged.length > 0) return { kind: 'refused', problems: unjudged };
  const options = learnerOptions(experiment, source, kernels, shards);
  const layout = layoutOf(
    experiment,
    options,
    recorded === undefined ? metricsOfValidation(experiment, source) : recorded.metrics,
  );
  const { bytes, parts, engineBytes } = peakMemory({
    ...{ experiment, source, options, layout, kernels, fileBytes, streamedBytes },
    memory: cut === undefined ? source.memory : scaled(source.memory, cut.size / cut.bytes),
    workers: workers === undefined ? 1 : usefulWorkers(workers.requested, workers.cores, options.shards ?? 1),
  });
  const { maxMemory } = kernels;
  if (bytes > memoryLimit || engineBytes > maxMemory) {
    const problem =
      bytes > memoryLimit
        ? memoryProblem(experiment, bytes, memoryLimit, largestPart(parts))
        : memoryProblem(experiment, engineBytes, maxMemory, undefined);
    return { kind: 'refused', problems: [problem] };
  }
  return { kind: 'measured', measured: { experiment, source, options, layout, memoryBytes: bytes } };
}

/** Bytes of the files that are in memory, and of those that are read in parts. */
function bytesOf(
  files: ReadonlyMap<string, FileContent>,
  cut: CutData | undefined,
): { readonly fileBytes: number; readonly streamedBytes: number } {
  const [fileBytes, streamedBytes] = [bytesInMemory(files), bytesInParts(files)];
  if (cut === undefined) return { fileBytes, streamedBytes };
  const others = fileBytes - cut.bytes;
  return cut.isStreamed
    ? { fileBytes: others, streamedBytes: streamedBytes + cut.size }
    : { fileBytes: others + cut.size, streamedBytes };
}

function scaled({ retained, opening }: DataMemory, factor: number): DataMemory {
  return { retained: Math.ceil(retained * factor), opening: Math.ceil(opening * factor) };
}

/** Opens the data, checks the memory estimate, then allocates the network and draws or loads its parameters. */
export function prepareTraining(request: TrainingRequest): PreparedTraining {
  const measuring = measureTraining(request);
  return measuring.kind === 'refused' ? measuring : prepareMeasured(request, measuring.measured);
}

/** Allocates the network of a run that was measured already, and draws or loads its parameters. */
export function prepareMeasured(
  { files, kernels }: Pick<TrainingRequest, 'files' | 'kernels'>,
  { experiment, source, options, layout, memoryBytes }: MeasuredTraining,
): PreparedTraining {
  const learner = allocateLearner(options);
  if (learner === undefined) {
    return { kind: 'refused', problems: [allocationProblem(experiment, memoryBytes)] };
  }
  const filled = fillParameters(learner, experiment, files);
  if (filled.kind === 'refused') return filled;
  const cell = cellNamed(experiment.model.cell);
  return {
    kind: 'prepared',
    setup: { experiment, source, learner, options, kernels, cell, layout, memoryBytes, notices: filled.notices },
  };
}

function layoutOf(
  experiment: ResolvedExperiment,
  { network, steps }: LearnerOptions,
  metrics: RecordLayout['metrics'],
): RecordLayout {
  const { model, bptt } = experiment;
  const cell = cellNamed(model.cell);
  const stepsBefore = typeof bptt === 'object' ? Math.max(0, bptt.backward - bptt.forward) : 0;
  return {
    parameters: parameterShapes(network).map(({ name }) => name),
    layers: model.layers,
    steps: steps + stepsBefore,
    hasCellState: cell.state.length > 1,
    saturating: cell.gates.map(({ name }) => name),
    ...(metrics === undefined ? {} : { metrics }),
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

/** The problem of an experiment that exceeds the limit whatever its data contain, found before they are opened. */
function earlyMemoryProblem(
  experiment: ResolvedExperiment,
  memoryLimit: number,
  kernels: KernelSet,
  fileBytes: number,
): StartProblem | undefined {
  const reading = readingProblem(experiment, memoryLimit, fileBytes);
  if (reading !== undefined) return reading;
  const { hidden, layers, cell } = experiment.model;
  const { gates } = cellNamed(cell);
  const weights = gates.length * hidden * hidden * (2 * layers - 1);
  // At least three numbers per weight: the weight, its gradient and its optimizer state.
  const parameters = { name: 'parameters', bytes: 3 * weights * kernels.bytesPerElement };
  const bytes = programBytes + parameters.bytes;
  return bytes > memoryLimit ? memoryProblem(experiment, bytes, memoryLimit, parameters) : undefined;
}

/** The problem of an experiment whose files alone exceed the limit; it can be found before they are read. */
export function readingProblem(
  experiment: ResolvedExperiment,
  memoryLimit: number,
  fileBytes: number,
): StartProblem | undefined {
  if (memoryLimit < programBytes) return limitBelowProgram(memoryLimit);
  const bytes = readingBytes(fileBytes);
  const files = { name: dataFiles, bytes: bytes - programBytes };
  return memoryLimit < bytes ? memoryProblem(experiment, bytes, memoryLimit, files) : undefined;
}

function limitBelowProgram(limit: number): StartProblem {
  return {
    code: 'memory',
    keyPath: [],
    message:
      `The memory limit is ${formatMebibytes(limit)}, and a process that trains needs ${formatMebibytes(programBytes)} for the program ` +
      `alone. Raise the limit (${memoryLimitNames}): it is compared with the whole process.`,
  };
}

/** The learner; undefined where the system can't allocate the memory that the limit allows. */
function allocateLearner(options: LearnerOptions): Learner | undefined {
  try {
    return new Learner(options);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function allocationProblem({ model }: ResolvedExperiment, bytes: number): StartProblem {
  return {
    code: 'memory',
    keyPath: ['model', 'hidden'],
    message:
      `Training with hidden: ${model.hidden} needs about ${formatMebibytes(bytes)} of memory, which the limit allows but this ` +
      "machine can't allocate. Choose fewer hidden units, a shorter length or a smaller batch.",
  };
}

/** The part of an estimate that its message names. */
interface MemoryPart {
  readonly name: string;
  readonly bytes: number;
}

function memoryProblem(
  experiment: ResolvedExperiment,
  bytes: number,
  limit: number,
  largest: MemoryPart | undefined,
): StartProblem {
  const isData = isAboutData(largest?.name);
  const advice = isData
    ? 'Train on a part of the data'
    : 'Choose fewer hidden units, a shorter length or a smaller batch';
  return {
    code: 'memory',
    keyPath: isData ? ['data'] : ['model', 'hidden'],
    message:
      `Training with hidden: ${experiment.model.hidden} needs about ${formatMebibytes(bytes)} of memory` +
      (largest === undefined ? '' : ` (${formatMebibytes(largest.bytes)} of it for ${largest.name})`) +
      `; the limit is ${formatMebibytes(limit)}. ${advice}, or raise the limit ` +
      `(${memoryLimitNames}).`,
  };
}

/** The bytes of a file; weights are never read in parts. */
function wholeFile(content: FileContent | undefined): Uint8Array | undefined {
  return content instanceof Uint8Array ? content : undefined;
}

function fillParameters(
  learner: Learner,
  experiment: ResolvedExperiment,
  files: ReadonlyMap<string, FileContent>,
):
  | { readonly kind: 'filled'; readonly notices: readonly string[] }
  | { readonly kind: 'refused'; readonly problems: readonly StartProblem[] } {
  const { init, forgetBias } = experiment.model;
  const weights = weightsKeyOf(experiment.model);
  if (weights === undefined) {
    learner.initialize(init, forgetBias, randomFrom(experiment.seed, 'init'));
    return { kind: 'filled', notices: [] };
  }
  try {
    return { kind: 'filled', notices: loadWeights(learner, weights, wholeFile(files.get(weights.path))) };
  } catch (error) {
    const message = `${escapeName(weights.path)}: ${reasonOf(error)}`;
    return { kind: 'refused', problems: [{ code: 'weights', keyPath: weights.keyPath, message }] };
  }
}
