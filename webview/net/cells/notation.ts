import type { ActivationName } from '../../../src/experiment/schema/modelSchema';
import type { Evaluated } from '../evaluated';
import type { RowSum } from '../nodeValues';
import type { Piece } from '../pieces';

/** The symbols of one step of one layer, with the step's number in the indices: `h_{2}`. */
export interface StepSymbols {
  /** A quantity of this step. */
  readonly at: (symbol: string) => string;
  /** The same quantity one step before. */
  readonly before: (symbol: string) => string;
  /** What the layer reads: x_t, or h_t of the layer below. */
  readonly input: string;
  /** φ of the vanilla RNN. */
  readonly activation: ActivationName;
}

/** The symbols of one backward step. */
export interface DeltaSymbols extends StepSymbols {
  /** The same quantity one step later; undefined at the last step. */
  readonly after: ((symbol: string) => string) | undefined;
  /** Whether δ is that of W_hh and b_hh, which differs from that of W_xh where a gate acts on W_hh h_{t−1} alone. */
  readonly isRecurrent: boolean;
}

/** What one unit of a layer is computed from at one step. */
export interface UnitNumbers {
  /** The unit's row in the block-th block of rows of the layer's weights: W_x x_t, W_h h_{t−1} and the two biases. */
  readonly row: (block: number) => {
    readonly x: RowSum;
    readonly h: RowSum;
    readonly biasIh: number;
    readonly biasHh: number;
  };
  /** What the engine computed for another node of the same unit and step. */
  readonly value: (node: string) => number;
  /** The unit of a state one step before. */
  readonly previous: (state: 'h' | 'c') => number;
  /** φ of the vanilla RNN. */
  readonly activation: ActivationName;
}

/** What the gradients of one unit of a layer at one step are computed from. */
export interface UnitGradients {
  /** ∂L/∂h_t, after hidden clipping. */
  readonly dh: number;
  /** ∂L/∂c_t */
  readonly dc: number;
  /** What the engine computed for a node of the same unit and step. */
  readonly value: (node: string) => number;
  /** The unit of a state one step before. */
  readonly previous: (state: 'h' | 'c') => number;
  /** (W_h h_{t−1} + b_h) of the block-th block of rows. */
  readonly recurrentSum: (block: number) => number;
  /** φ of the vanilla RNN. */
  readonly activation: ActivationName;
}

/** ∂L/∂c_t with the numbers of one unit. */
export interface CellStateGradients extends UnitGradients {
  /** ∂L/∂c and the forget gate one step later; both 0 at the last step. */
  readonly later: { readonly dc: number; readonly f: number };
}

/** A node of a recurrent layer: a state, a gate or a candidate. */
export interface NodeNotation {
  /** `h`, `c`, or the letter of the gate. */
  readonly name: string;
  /** What it stands for, in one sentence. */
  readonly meaning: string;
  /** Its formula in symbols, right of the equals sign. */
  readonly symbols: (step: StepSymbols) => readonly Piece[];
  /** Its formula with the numbers of one unit. */
  readonly evaluate: (unit: UnitNumbers) => Evaluated;
}

/** A block of rows of W_xh, W_hh and the biases. */
export interface RowNotation extends NodeNotation {
  /** The gate that multiplies W_h h_{t−1} + b_h inside the nonlinearity; undefined where none does. */
  readonly recurrentGate: string | undefined;
}

/** A state of a recurrent layer. */
export interface StateNotation extends NodeNotation {
  readonly name: 'h' | 'c';
  /** What the state is multiplied by on its way to the next step without any weights, as the arrow is labelled. */
  readonly direct: string | undefined;
}

/** How a recurrent cell is written on screen: everything that the page knows of the cell's equations. */
export interface CellNotation {
  /** In the order of drawing, h first. */
  readonly states: readonly [StateNotation, ...StateNotation[]];
  /** The blocks of rows of W_xh, W_hh and the biases, in the engine's order, which is that of drawing. */
  readonly rows: readonly RowNotation[];
  /** What δ_t is, row block by row block: ∂L/∂ of what the nonlinearities are applied to, as products with ∂L/∂h_t. */
  readonly delta: (step: DeltaSymbols) => readonly string[];
  /** δ_t of one unit with its numbers, in the order of `rows`; see `DeltaSymbols.isRecurrent`. */
  readonly evaluateDelta: (unit: UnitGradients, isRecurrent: boolean) => readonly Evaluated[];
  /** ∂L/∂c_t of one unit with its numbers; undefined for a cell without a cell state. */
  readonly evaluateCellState: ((unit: CellStateGradients) => Evaluated) | undefined;
  /** What ∂L/∂h_t is multiplied by on the way to h_{t−1} without any weights; undefined where there is no such way. */
  readonly directGradient:
    | {
        readonly symbol: (step: StepSymbols) => string;
        readonly factor: (value: (node: string) => number) => number;
      }
    | undefined;
}
