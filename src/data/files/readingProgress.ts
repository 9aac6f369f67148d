import type { ResolvedExperiment } from '../../experiment/schema/schema';

/** How often the data of an experiment are read from its start: for the digest, to check the text, and to take it in. */
function passesOf({ data }: ResolvedExperiment): number {
  return 'text' in data ? 4 : 3;
}

/** Seconds between two reports. */
const interval = 0.1;

/** Reports which share of the data has been read, from 0 to 1. */
export class ReadingProgress {
  readonly #total: number;
  #read = 0;
  #reportedAt: number;

  /**
   * @param size bytes of the files that are read in parts
   * @param clock monotonic, in seconds
   */
  constructor(
    experiment: ResolvedExperiment,
    size: number,
    readonly clock: () => number,
    readonly report: (share: number) => void,
  ) {
    this.#total = size * passesOf(experiment);
    this.#reportedAt = clock();
  }

  /** Adds bytes that were read. */
  readonly add = (bytes: number): void => {
    this.#read += bytes;
    const now = this.clock();
    if (now - this.#reportedAt < interval) return;
    this.#reportedAt = now;
    this.report(Math.min(1, this.#read / this.#total));
  };
}
