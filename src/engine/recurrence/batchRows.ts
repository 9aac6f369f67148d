/** Sequences [from, from + count) of a batch. */
export interface BatchRows {
  readonly from: number;
  readonly count: number;
}

/** The values of some sequences over time: (T,count,width), of any numeric type. */
export interface BatchPart<Numbers> {
  readonly sequences: BatchRows;
  readonly values: Numbers;
}

/** Numbers of any kind that can be read in pieces. */
interface Readable {
  subarray(from: number, to: number): ArrayLike<number>;
}

/** Numbers of any kind that can be written in pieces. */
interface Writable {
  set(from: ArrayLike<number>, at: number): void;
}

/** Splits a batch into ranges of sequences whose lengths differ by one at most. */
export function splitBatch(batch: number, shards: number): readonly BatchRows[] {
  return Array.from({ length: shards }, (_, index) => {
    const from = Math.floor((index * batch) / shards);
    return { from, count: Math.floor(((index + 1) * batch) / shards) - from };
  });
}

/** whole (T,B,width) from its parts, for the first `steps` steps. */
export function gatherRows(whole: Writable, parts: readonly BatchPart<Readable>[], steps: number, width: number): void {
  const batch = parts.reduce((sum, { sequences }) => sum + sequences.count, 0);
  for (const { sequences, values } of parts) {
    const block = sequences.count * width;
    for (let t = 0; t < steps; t++) {
      whole.set(values.subarray(t * block, (t + 1) * block), (t * batch + sequences.from) * width);
    }
  }
}

/** part (T,count,width) from a whole (T,B,width), for the first `steps` steps: the reverse of `gatherRows`. */
export function scatterRows(
  { sequences, values }: BatchPart<Writable>,
  whole: Readable,
  steps: number,
  batch: number,
  width: number,
): void {
  for (let t = 0; t < steps; t++) {
    const at = (t * batch + sequences.from) * width;
    values.set(whole.subarray(at, at + sequences.count * width), t * sequences.count * width);
  }
}
