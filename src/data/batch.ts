/** x_t for every step of a batch: rows of numbers, or the indices of one-hot rows. Time-major. */
export type BatchInputs =
  | { readonly kind: 'dense'; /** (T,B,I) */ readonly values: Float64Array }
  | { readonly kind: 'oneHot'; /** (T,B), each in [0, I) */ readonly indices: Int32Array };

/** What ŷ_t is compared with. Where the mask is 0 the entry is 0 (values) or -1 (classes). */
export type BatchTargets =
  | { readonly kind: 'values'; /** (T,B,O) */ readonly values: Float64Array }
  | { readonly kind: 'classes'; /** (T,B), each in [0, O) */ readonly indices: Int32Array };

/** Equally long pieces of sequence, one per lane: what one forward pass runs over. Fits the engine's window. */
export interface Batch {
  /** T */
  readonly steps: number;
  /** B: sequences or lanes. */
  readonly batch: number;
  readonly inputs: BatchInputs;
  readonly targets: BatchTargets;
  /** (T,B): 1 where the step's output has a loss. */
  readonly mask: Uint8Array;
  /** (B): 1 where the lane starts from zero state, 0 where it goes on from the state the batch before left. */
  readonly reset: Uint8Array;
}

/** The element of a batch whose rows are numbers: T·B·I doubles and their like, all zero, no step with a loss yet. */
export interface DenseBatch extends Batch {
  readonly inputs: Extract<BatchInputs, { kind: 'dense' }>;
  readonly targets: Extract<BatchTargets, { kind: 'values' }>;
}

/** A batch of symbols to classify: index 0 as every input, no step with a loss yet. */
export interface SymbolBatch extends Batch {
  readonly inputs: Extract<BatchInputs, { kind: 'oneHot' }>;
  readonly targets: Extract<BatchTargets, { kind: 'classes' }>;
}

/** An empty batch of numbers whose lanes all start from zero state. */
export function denseBatch(steps: number, batch: number, inputs: number, outputs: number): DenseBatch {
  return {
    steps,
    batch,
    inputs: { kind: 'dense', values: new Float64Array(steps * batch * inputs) },
    targets: { kind: 'values', values: new Float64Array(steps * batch * outputs) },
    mask: new Uint8Array(steps * batch),
    reset: new Uint8Array(batch).fill(1),
  };
}

/** An empty batch of symbols whose lanes all start from zero state. */
export function symbolBatch(steps: number, batch: number): SymbolBatch {
  return {
    steps,
    batch,
    inputs: { kind: 'oneHot', indices: new Int32Array(steps * batch) },
    targets: { kind: 'classes', indices: new Int32Array(steps * batch).fill(-1) },
    mask: new Uint8Array(steps * batch),
    reset: new Uint8Array(batch).fill(1),
  };
}

/** Gives step t of a lane a class to be compared with. */
export function setClassTarget(into: SymbolBatch, t: number, lane: number, index: number): void {
  into.targets.indices[t * into.batch + lane] = index;
  into.mask[t * into.batch + lane] = 1;
}

/** Gives step t of a lane one number to be compared with; the targets are one wide. */
export function setValueTarget(into: DenseBatch, t: number, lane: number, value: number): void {
  into.targets.values[t * into.batch + lane] = value;
  into.mask[t * into.batch + lane] = 1;
}

/**
 * Rounds a batch's numbers to single precision in place and returns it, so that every kernel set, a captured update and
 * whoever recomputes it in another library see the same numbers.
 */
export function inSinglePrecision<B extends Batch>(batch: B): B {
  for (const part of [batch.inputs, batch.targets]) {
    if ('values' in part) part.values.set(Float32Array.from(part.values));
  }
  return batch;
}
