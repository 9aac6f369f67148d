/** The engine's source of random numbers; the caller seeds it. */
export interface RandomSource {
  /** U[0, 1) */
  uniform(): number;
  /** N(0, 1) */
  normal(): number;
}
