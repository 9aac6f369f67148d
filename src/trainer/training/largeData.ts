import { isReadInParts } from '../../data/files/fileReading';
import { decodeText, wholeLines } from '../../data/files/textFile';
import { filesOf } from '../../data/source';
import { requestedColumns } from '../../data/table/csvSource';
import { readTable } from '../../data/table/csvTable';
import { encodeText } from '../../data/vocabulary';
import { parameterCount } from '../../engine/network';
import { layerSizes } from './layerSizes';
import type { ResolvedExperiment } from '../../experiment/schema/schema';
import type { Estimate, LargeFile } from '../../protocol/trainer';
import { measureTraining, type TrainingRequest } from './trainingSetup';

/** How often the beginning is read, and after how many readings their time counts: at first the program is compiled. */
const [readings, uncounted] = [8, 3];

/** All work on the data before training, relative to reading them: their digest and what is computed from them, too. */
const allWork = 1.4;

/** Most rates that are remembered. */
const maxKnown = 50;

/** Measures how fast this machine reads data, by their beginning, once for each way to read it. */
export class ReadingTimer {
  readonly #secondsPerByte = new Map<string, number>();

  /** @param clock monotonic, in seconds */
  constructor(readonly clock: () => number) {}

  /**
   * Seconds to read a file.
   *
   * @param start its first lines
   * @param size its bytes
   * @param read reads the first lines
   */
  secondsFor({ data }: ResolvedExperiment, start: Uint8Array, size: number, read: () => void): number {
    const key = `${size} ${JSON.stringify(data)}`;
    let rate = this.#secondsPerByte.get(key);
    if (rate === undefined) {
      if (this.#secondsPerByte.size >= maxKnown) this.#secondsPerByte.clear();
      rate = (allWork * this.#mean(read)) / start.length;
      this.#secondsPerByte.set(key, rate);
    }
    return rate * size;
  }

  /** The mean, not the fastest: on a busy machine the whole file waits for the other programs, too. */
  #mean(read: () => void): number {
    let sum = 0;
    for (let reading = 0; reading < readings; reading++) {
      const before = this.clock();
      read();
      if (reading >= uncounted) sum += this.clock() - before;
    }
    return sum / (readings - uncounted);
  }
}

/**
 * The estimate of a run whose data are too large to be read for it, from their beginning: the memory grows with the size
 * of the file, and so does the time to read it. Undefined if the beginning cannot be trained on by itself.
 *
 * @param request with the files that are small
 * @param large the beginnings of the others, by their path as written
 */
export function estimateLargeRun(
  request: Omit<TrainingRequest, 'cut' | 'shards'> & { readonly files: ReadonlyMap<string, Uint8Array> },
  large: ReadonlyMap<string, LargeFile>,
  timer: ReadingTimer,
): Estimate | undefined {
  const { experiment, files: small } = request;
  const [data, ...others] = filesOf(experiment).filter(({ path }) => !small.has(path));
  const file = data === undefined ? undefined : large.get(data.path);
  // Of weights the whole file is needed.
  if (data === undefined || file === undefined || data.role === 'weights' || others.length > 0) return undefined;
  const start = wholeLines(file.start);
  const files = new Map([...small, [data.path, start] as const]);
  const cut = { bytes: start.length, size: file.size, isStreamed: isReadInParts(file.size) };
  const measuring = measureTraining({ ...request, files, cut });
  if (measuring.kind === 'refused') return undefined;
  const { options, memoryBytes } = measuring.measured;
  const seconds = timer.secondsFor(experiment, start, file.size, () => {
    readData(experiment, start);
  });
  return {
    parameters: parameterCount(options.network),
    memoryBytes,
    reading: { bytes: file.size, seconds },
    time: undefined,
    layers: layerSizes(options),
  };
}

/** Reads data as they are read when they are opened, without what is computed from them. */
function readData(experiment: ResolvedExperiment, bytes: Uint8Array): void {
  const { data } = experiment;
  if (!('csv' in data) && !('text' in data)) return;
  const decoded = decodeText(bytes, '', []);
  if (decoded.kind === 'refused') return;
  if ('csv' in data) readTable(decoded.text, requestedColumns(experiment, data), data);
  else encodeText(decoded.text.pieces);
}
