/** x_t for every step of a window: rows of numbers, or the indices of one-hot rows. Time-major. */
export type Inputs =
  | { readonly kind: 'dense'; /** (T,B,I) */ readonly values: Float64Array }
  | { readonly kind: 'oneHot'; /** (T,B), each in [0, I) */ readonly indices: Int32Array };

/** The targets of ŷ_t. Where the mask is 0 the entry is 0 (values) or -1 (classes) and is never read. */
export type Targets =
  | { readonly kind: 'values'; /** (T,B,O) */ readonly values: Float64Array }
  | { readonly kind: 'classes'; /** (T,B), each in [0, O) */ readonly indices: Int32Array };

/** The targets of a window. */
export type WindowTargets = Pick<Window, 'steps' | 'batch' | 'targets' | 'mask'>;

/** A batch of equally long pieces of sequence: what one forward pass runs over. Time-major throughout. */
export interface Window {
  /** T */
  readonly steps: number;
  /** B: sequences. */
  readonly batch: number;
  readonly inputs: Inputs;
  readonly targets: Targets;
  /** (T,B): 1 where the step's output has a loss. */
  readonly mask: Uint8Array;
  /** (B): 1 where the sequence starts from zero state, 0 where it continues from the state after the window before. */
  readonly reset: Uint8Array;
  /**
   * (B): the steps of each sequence from the start of the window to the sequence's end; those from there on are padding,
   * without meaning. Beyond T, or below 1, the end is outside the window. Undefined where no sequence is padded.
   */
  readonly ends?: Int32Array;
}

/**
 * One sequence of a window as a window of its own, which starts from zero state.
 *
 * @param row which sequence of the batch, from 0
 */
export function sequenceOf({ steps, batch, inputs, targets, mask }: Window, row: number): Window {
  const rowsOf = <Values extends Float64Array | Int32Array | Uint8Array>(values: Values, into: Values): Values => {
    const width = into.length / steps;
    for (let t = 0; t < steps; t++) {
      const at = (t * batch + row) * width;
      into.set(values.subarray(at, at + width), t * width);
    }
    return into;
  };
  return {
    steps,
    batch: 1,
    inputs:
      inputs.kind === 'dense'
        ? { kind: 'dense', values: rowsOf(inputs.values, new Float64Array(inputs.values.length / batch)) }
        : { kind: 'oneHot', indices: rowsOf(inputs.indices, new Int32Array(steps)) },
    targets:
      targets.kind === 'values'
        ? { kind: 'values', values: rowsOf(targets.values, new Float64Array(targets.values.length / batch)) }
        : { kind: 'classes', indices: rowsOf(targets.indices, new Int32Array(steps)) },
    mask: rowsOf(mask, new Uint8Array(steps)),
    reset: new Uint8Array([1]),
  };
}
