import type { Source } from '../../data/source';
import { estimateMemory, type MemoryEstimate } from '../../engine/memory';
import type { KernelSet } from '../../engine/kernels/kernelSet';
import type { LearnerOptions } from '../../engine/learner';
import { parameterCount } from '../../engine/network';
import { optimizerOf } from '../../engine/optimizers/registry';
import type { ResolvedExperiment } from '../../experiment/schema';
import { seriesBytes } from '../../run/series/displaySeries';
import type { RecordLayout } from '../../run/records/recordBatch';

// What the trainer's process has in memory at its peak, as the system counts it (resident: its own pages and those of the
// program). The constants are measured by `npm run bench:memory`, which compares the estimate with whole runs; what the
// engine and the data take is computed.

const mebibyte = 1024 * 1024;

/** Node, the bundle and the compiled kernels: the peak of a run of a single update of a net of sixteen units. */
export const programBytes = 77 * mebibyte;

/** One more thread: V8's isolate, the bundle and its code. Its tensors lie in the memory that all share. */
const helperBytes = 12 * mebibyte;

/**
 * What V8 lets lie before it collects, at most, and the allocation after which it has come 63 % of the way there: a run
 * of a hundred updates ends before much is collected, one of ten thousand has all of it.
 */
const mostGarbage = 75 * mebibyte;
const allocationScale = 23 * mebibyte;

/** What opening a file leaves to be collected, at most. */
const openingGarbage = 24 * mebibyte;

/** JavaScript objects of one update, besides its batch and its record. */
const updateBytes = 3072;

/** The part that the bytes of the files are. */
export const dataFiles = 'the data files';
const data = 'the data';

/** Whether a part is about the data and not about the net. */
export function isAboutData(part: string | undefined): boolean {
  return part === dataFiles || part === data;
}

/** A process at its peak, by purpose. */
export interface PeakMemory {
  /** Bytes that are resident. */
  readonly bytes: number;
  readonly parts: MemoryEstimate['parts'];
  /** Those of them that the kernels give out. */
  readonly engineBytes: number;
}

/** What is known before anything large is allocated. */
export interface PeakMemoryRequest {
  readonly experiment: ResolvedExperiment;
  readonly source: Source;
  readonly options: LearnerOptions;
  readonly layout: RecordLayout;
  readonly kernels: KernelSet;
  /** Bytes of the files that the experiment names. */
  readonly fileBytes: number;
  /** Threads that train, the first one included. */
  readonly workers: number;
}

/** The peak while the data are read, before anything is known of them: the files, and the copy that a digest is taken of. */
export function readingBytes(fileBytes: number): number {
  return programBytes + 2 * fileBytes;
}

/** The peak of a whole run, computed without allocating anything. */
export function peakMemory(question: PeakMemoryRequest): PeakMemory {
  const { experiment, source, options, layout, kernels, fileBytes, workers } = question;
  const engine = estimateMemory({ ...options, bytesPerElement: kernels.bytesPerElement });
  const recorded = Math.ceil(experiment.training.steps / experiment.record.every);
  const history = seriesBytes(layout, recorded);
  const opening = [
    { name: 'the program', bytes: programBytes + Math.min(openingGarbage, fileBytes) },
    { name: dataFiles, bytes: fileBytes },
    { name: data, bytes: source.memory.opening },
  ];
  const training = [
    { name: 'the program', bytes: programBytes + Math.max(Math.min(openingGarbage, fileBytes), garbage(question)) },
    { name: 'workers', bytes: (workers - 1) * helperBytes },
    { name: dataFiles, bytes: fileBytes },
    { name: data, bytes: source.memory.retained },
    ...engine.parts,
    // The tensors and the file they are written into.
    { name: 'checkpoints', bytes: 2 * snapshotBytes(question) },
    // The tables, and at the end of the run what is written of them.
    { name: 'recorded series', bytes: 3 * history },
  ];
  const total = (parts: MemoryEstimate['parts']): number => parts.reduce((sum, { bytes }) => sum + bytes, 0);
  const parts = total(opening) > total(training) ? opening : training;
  return { bytes: Math.max(total(parts), readingBytes(fileBytes)), parts, engineBytes: engine.bytes };
}

/** What has been allocated in passing and not yet been collected at the peak. */
function garbage({ experiment, source, options, layout }: PeakMemoryRequest): number {
  const { steps } = experiment.training;
  // Of a batch that is cut into windows, each update takes one.
  const batchesPerUpdate = Math.min(1, options.steps / source.steps);
  const perLayer = layout.steps * layout.layers * (layout.hasCellState ? 3 : 2);
  const record = (8 * (perLayer + layout.steps)) / experiment.record.every;
  const perUpdate = updateBytes + 0.2 * batchesPerUpdate * batchBytes(source) + 5 * record;
  return mostGarbage * (1 - Math.exp((-steps * perUpdate) / allocationScale));
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
