import type { Evaluated } from '../evaluated';
import type { NumberPieces } from '../pieces';

/**
 * The gradient at what a gate's σ is applied to: the gradient at the gate, times σ′ = gate·(1 − gate).
 *
 * @param atGate the gradient at the gate as it is written so far
 * @param gradient its value
 */
export function throughGate(atGate: NumberPieces, gradient: number, gate: number): Evaluated {
  atGate.text('·').number('gate', gate).text('·(1 − ').number('gate', gate).text(')');
  return {
    pieces: atGate.pieces,
    inner: undefined,
    value: gradient * gate * (1 - gate),
    size: Math.abs(gradient * gate),
  };
}
