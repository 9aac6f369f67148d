import type { Tensor } from '../tensor';
import type { Activation, CellName } from '../spec';

/**
 * One block of H rows in the weights of a cell, by the letter of the equations. A `gate` is a sigmoid factor. A
 * `forgetGate` is a gate that the previous memory is multiplied by: at 1 the memory stays as it is. A `candidate` is
 * what is written, through tanh or through the network's own φ. The role does not follow from the letter.
 */
export type Gate =
  | { readonly name: string; readonly role: 'gate' | 'forgetGate' }
  | { readonly name: string; readonly role: 'candidate'; readonly nonlinearity: 'tanh' | 'activation' };

/** What a cell reads and writes in one time step forward. (B,H) blocks start at the offsets; all blocks are contiguous. */
export interface ForwardStep {
  /** B */
  batch: number;
  /** H */
  hidden: number;
  /** φ of the vanilla RNN. */
  activation: Activation;
  /** (B,G·H) from `gatesAt`: in, gx = W_ih x_t + b_ih; out, the gates' values after their nonlinearity. */
  gates: Tensor;
  gatesAt: number;
  /** (B,G·H) from 0: gh = W_hh h₋ + b_hh, valid during the step only. */
  gh: Tensor;
  /** Each declared state over time; step t−1 is (B,H) from `previousAt`, step t is written from `nextAt`. */
  states: readonly Tensor[];
  previousAt: number;
  nextAt: number;
  /** Each declared cache, (B,H) from `cacheAt`. */
  caches: readonly Tensor[];
  cacheAt: number;
}

/** What a cell reads and writes in one time step backward: everything of the forward step, and the gradients. */
export interface BackwardStep extends ForwardStep {
  /**
   * Per state (B,H) from 0. In: ∂L/∂state_t from everything but the cell's own step. Out: the part that reaches
   * state_{t−1} directly, without W_hh (dc∘f, dh∘z); zero where there is no such path.
   */
  dstate: readonly Tensor[];
  /** Per state after the first, (B,H) from 0: out, the total ∂L/∂c_t, with the path through h_t. For the instruments. */
  total: readonly Tensor[];
  /** (B,G·H) from `dgxAt`: out, ∂L/∂gx. */
  dgx: Tensor;
  dgxAt: number;
  /** (B,G·H) from `dghAt`: out, ∂L/∂gh. The same memory as `dgx` where the cell declares `gradient: 'shared'`. */
  dgh: Tensor;
  dghAt: number;
}

/** The elementwise part of a recurrent cell, in both directions. */
export interface CellKernel {
  forward(step: Readonly<ForwardStep>): void;
  backward(step: Readonly<BackwardStep>): void;
}

/**
 * A recurrent cell: parameters, initialisation, storage, gradient checks and labels follow from what it declares; the
 * scan owns every matrix product, so that a new cell is one file and one line in the registry.
 */
export interface Cell extends CellKernel {
  readonly name: CellName;
  /** G blocks of rows of W_ih, W_hh and both biases, in PyTorch's order. */
  readonly gates: readonly Gate[];
  /** Names of the states; the first is the output. */
  readonly state: readonly ['h', ...string[]];
  /** Values that the backward step needs besides states and gates, each (B,H) per step. */
  readonly cache: readonly string[];
  /** `shared`: gx and gh enter as their sum, so that ∂L/∂gh is ∂L/∂gx and is stored once. */
  readonly gradient: 'shared' | 'separate';
}
