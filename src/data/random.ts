import { uniformFloat64 } from 'pure-rand/distribution/uniformFloat64';
import { uniformInt } from 'pure-rand/distribution/uniformInt';
import { xoroshiro128plus, xoroshiro128plusFromState } from 'pure-rand/generator/xoroshiro128plus';

/** What a seed is used for; each purpose has its own stream of random numbers, independent of the others. */
export type Stream = 'init' | 'training' | 'validation' | 'sampling';

/** Draws random numbers; the same seed and stream give the same numbers everywhere. */
export interface Random {
  /** U[0, 1), 53 bits. */
  uniform(): number;
  /** N(0, 1). */
  normal(): number;
  /** A uniform integer from `from` to `to`, both included. */
  integer(from: number, to: number): number;
  /** True with probability p. */
  chance(p: number): boolean;
  state(): readonly number[];
}

const jumpsOf: Readonly<Record<Stream, number>> = { init: 1, training: 2, validation: 3, sampling: 4 };

function randomOver(generator: ReturnType<typeof xoroshiro128plus>): Random {
  const uniform = () => uniformFloat64(generator);
  return {
    uniform,
    // Box & Muller 1958, one of the pair only: a stored second number would be state to save.
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    integer: (from, to) => uniformInt(generator, from, to),
    chance: (p) => uniform() < p,
    state: () => [...generator.getState()],
  };
}

/**
 * The stream of a seed from its start. xoroshiro128+ (Blackman & Vigna 2018); the streams are its own jumps of 2^64
 * numbers apart, so they never overlap.
 */
export function randomFrom(seed: number, stream: Stream): Random {
  const generator = xoroshiro128plus(seed);
  for (let jump = 0; jump < jumpsOf[stream]; jump++) generator.jump();
  return randomOver(generator);
}

/** Restores a generator from `Random.state`. */
export function randomFromState(state: readonly number[]): Random {
  return randomOver(xoroshiro128plusFromState(state));
}
