/** The inputs x_t of a batch, time-major: dense vectors, or the indices of one-hot vectors. */
export type BatchInputs =
  | { readonly kind: 'dense'; /** (T,B,I) */ readonly values: Float64Array }
  | { readonly kind: 'oneHot'; /** (T,B), each in [0, I) */ readonly indices: Int32Array };

/** The targets of a batch. Where the mask is 0 the entry is 0 (values) or -1 (classes). */
export type BatchTargets =
  | { readonly kind: 'values'; /** (T,B,O) */ readonly values: Float64Array }
  | { readonly kind: 'classes'; /** (T,B), each in [0, O) */ readonly indices: Int32Array };

/** Sequences, or windows of sequences, of equal length: the input of one forward pass. Assignable to the engine's window. */
export interface Batch {
  /** T */
  readonly steps: number;
  /** B: number of sequences. */
  readonly batch: number;
  readonly inputs: BatchInputs;
  readonly targets: BatchTargets;
  /** (T,B): 1 where the step's output has a loss. */
  readonly mask: Uint8Array;
  /** (B): 1 where the sequence starts from zero state, 0 where it continues from the final state of the previous batch. */
  readonly reset: Uint8Array;
  /** (B): the number of steps of each sequence; those after it are padding. Undefined where all have T steps. */
  readonly ends?: Int32Array;
}

/** A batch of dense vectors: T·B·I doubles for the inputs, T·B·O for the targets. */
export interface DenseBatch extends Batch {
  readonly inputs: Extract<BatchInputs, { kind: 'dense' }>;
  readonly targets: Extract<BatchTargets, { kind: 'values' }>;
}

/** A batch of one-hot inputs with classes as targets. */
export interface SymbolBatch extends Batch {
  readonly inputs: Extract<BatchInputs, { kind: 'oneHot' }>;
  readonly targets: Extract<BatchTargets, { kind: 'classes' }>;
}

/** A dense batch filled with zeros, without targets, whose sequences start from zero state. */
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

/** A batch of symbols with index 0 as every input, without targets, whose sequences start from zero state. */
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

/** Sets the target class of step t of a sequence. */
export function setClassTarget(into: SymbolBatch, t: number, sequence: number, index: number): void {
  into.targets.indices[t * into.batch + sequence] = index;
  into.mask[t * into.batch + sequence] = 1;
}

/** One sequence of symbols with the target class of each step, undefined for none. */
export function typedBatch(symbols: readonly number[], targets: readonly (number | undefined)[]): SymbolBatch {
  const batch = symbolBatch(symbols.length, 1);
  batch.inputs.indices.set(symbols);
  for (const [t, target] of targets.entries()) if (target !== undefined) setClassTarget(batch, t, 0, target);
  return batch;
}

/** Sets the target value of step t of a sequence; O is 1. */
export function setValueTarget(into: DenseBatch, t: number, sequence: number, value: number): void {
  into.targets.values[t * into.batch + sequence] = value;
  into.mask[t * into.batch + sequence] = 1;
}

/** The ends of sequences as a batch has them: undefined where all sequences have its T steps. */
export function endsOf(lengths: readonly number[], steps: number): Pick<Batch, 'ends'> {
  return lengths.every((length) => length === steps) ? {} : { ends: Int32Array.from(lengths) };
}

/**
 * Rounds a batch's numbers to single precision in place and returns it, so that every kernel set, a captured update and
 * a recomputation in another library use the same numbers.
 */
export function inSinglePrecision<B extends Batch>(batch: B): B {
  for (const part of [batch.inputs, batch.targets]) {
    if ('values' in part) part.values.set(Float32Array.from(part.values));
  }
  return batch;
}
