import type { Source } from '../../data/source';
import type { DataMemory } from '../../data/sourceContract';
import { estimateMemory, type MemoryEstimate } from '../../engine/memory';
import type { KernelSet } from '../../engine/kernels/kernelSet';
import type { LearnerOptions } from '../../engine/learner';
import { parameterCount } from '../../engine/network';
import { optimizerOf } from '../../engine/optimizers/registry';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import { seriesBytes } from '../../run/series/displaySeries';
import type { RecordLayout } from '../../run/records/recordBatch';

// The peak resident memory of the trainer's process as the system counts it (its own pages and those of the program). The
// constants are measured by `npm run bench:memory`, which compares the estimate with whole runs; the memory of the engine
// and the data is computed.

const mebibyte = 1024 * 1024;

/** Node, the bundle and the compiled kernels: the peak of a run of a single update of a net of sixteen units. */
export const programBytes = 77 * mebibyte;

/** One worker thread: V8's isolate, the bundle and its code. Its tensors are in the shared memory. */
const workerThreadBytes = 12 * mebibyte;

/**
 * Maximum uncollected garbage of V8, and the allocation after which 63 % of it have accumulated: a run of a hundred
 * updates ends before much is collected, one of ten thousand reaches all of it.
 */
const maxGarbage = 75 * mebibyte;
const allocationScale = 23 * mebibyte;

/** Garbage after opening a file: at least, and at most; between them it grows with the file. */
const [leastOpeningGarbage, openingGarbage] = [6 * mebibyte, 24 * mebibyte];

/** JavaScript objects of one update, besides its batch and its record. */
const updateBytes = 3072;

/** Name of the part for the bytes of the files. */
export const dataFiles = 'the data files';
const data = 'the data';
/** Name of the part that no experiment can change. */
const program = 'the program';

/** Whether a part belongs to the data and not to the network. */
export function isAboutData(part: string | undefined): boolean {
  return part === dataFiles || part === data;
}

/** The largest part that another experiment would change: not that of the program. */
export function largestPart(parts: MemoryEstimate['parts']): MemoryEstimate['parts'][number] | undefined {
  return parts.filter(({ name }) => name !== program).sort((a, b) => b.bytes - a.bytes)[0];
}

/** A process at its peak, by purpose. */
export interface PeakMemory {
  /** Bytes that are resident. */
  readonly bytes: number;
  readonly parts: MemoryEstimate['parts'];
  /** Those of them that the kernels allocate. */
  readonly engineBytes: number;
}

/** The input of `peakMemory`, known before anything large is allocated. */
export interface PeakMemoryRequest {
  readonly experiment: ResolvedExperiment;
  readonly source: Source;
  readonly options: LearnerOptions;
  readonly layout: RecordLayout;
  readonly kernels: KernelSet;
  /** Bytes of the data: those of `source`, if it has all of them. */
  readonly memory: DataMemory;
  /** Bytes of the files that the experiment names and that are read whole. */
  readonly fileBytes: number;
  /** Bytes of those that are read in parts. */
  readonly streamedBytes: number;
  /** Number of threads that train, the trainer's own included. */
  readonly workers: number;
}

/** The peak while the data are read: the files, and the copy of which the digest is computed. */
export function readingBytes(fileBytes: number): number {
  return programBytes + 2 * fileBytes;
}

/** The peak of a whole run, computed without allocating anything. */
export function peakMemory(request: PeakMemoryRequest): PeakMemory {
  const { experiment, memory, options, layout, kernels, fileBytes, streamedBytes, workers } = request;
  const engine = estimateMemory({ ...options, bytesPerElement: kernels.bytesPerElement });
  const recorded = Math.ceil(experiment.training.steps / experiment.record.every);
  const history = seriesBytes(layout, recorded);
  const allBytes = fileBytes + streamedBytes;
  const read = allBytes === 0 ? 0 : Math.min(openingGarbage, leastOpeningGarbage + allBytes);
  const opening = [
    { name: program, bytes: programBytes },
    { name: dataFiles, bytes: fileBytes },
    { name: data, bytes: memory.opening + read },
  ];
  const training = [
    { name: program, bytes: programBytes + Math.max(0, garbage(request) - read) },
    { name: 'workers', bytes: (workers - 1) * workerThreadBytes },
    { name: dataFiles, bytes: fileBytes },
    { name: data, bytes: memory.retained + read },
    ...engine.parts,
    // The tensors, and the bytes of the file.
    { name: 'checkpoints', bytes: 2 * snapshotBytes(request) },
    // The tables, and at the end of the run their copies for writing.
    { name: 'recorded series', bytes: 3 * history },
  ];
  const total = (parts: MemoryEstimate['parts']): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = total(opening) > total(training) ? opening : training;
  return { bytes: Math.max(total(parts), readingBytes(fileBytes)), parts, engineBytes: engine.bytes };
}

/** Garbage that isn't collected yet at the peak. */
function garbage({ experiment, source, options, layout }: PeakMemoryRequest): number {
  const { steps } = experiment.training;
  // Each update uses one window of a batch that is split into windows.
  const batchesPerUpdate = Math.min(1, options.steps / source.steps);
  const perLayer = layout.steps * layout.layers * (layout.hasCellState ? 3 : 2);
  const record = (8 * (perLayer + layout.steps)) / experiment.record.every;
  const perUpdate = updateBytes + 0.2 * batchesPerUpdate * batchBytes(source) + 5 * record;
  return maxGarbage * (1 - Math.exp((-steps * perUpdate) / allocationScale));
}

/** Bytes of one batch in the arrays that a source gives. */
function batchBytes(source: Source): number {
  const inputs = source.inputKind === 'dense' ? 8 * source.inputs : 4;
  const targets = source.targetKind === 'values' ? 8 * source.outputs : 4;
  return source.steps * source.batch * (inputs + targets + 1);
}

function snapshotBytes({ options, kernels }: PeakMemoryRequest): number {
  const slots = optimizerOf(options.optimizer).slots.length;
  return parameterCount(options.network) * (1 + slots) * kernels.bytesPerElement;
}
