import type { Piece } from './pieces';

/** One unit of a node by its formula: the numbers put in, and what they give. */
export interface Evaluated {
  /** Right of the equals sign, with the numbers in place. */
  readonly pieces: readonly Piece[];
  /** The last step before the value where there is one to show: `tanh(0.525)`. */
  readonly inner: string | undefined;
  readonly value: number;
  /** Σ |terms|: how large the numbers were that rounding may have touched. */
  readonly size: number;
}
