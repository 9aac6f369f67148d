import type { Evaluated } from './evaluated';
import type { Piece } from './pieces';

/** The formula of a node of the net, or of a gradient: in symbols, with numbers, and the engine's value beside it. */
export interface NodeFormula {
  /** The node, the equals sign and its formula, with the step's numbers in the indices. */
  readonly symbols: readonly Piece[];
  /** What it stands for, in one sentence; undefined for what every net has. */
  readonly meaning: string | undefined;
  readonly units: number;
  /** The symbol of one unit, in the notation of `notation`. */
  readonly nameOf: (unit: number) => string;
  /** What the engine computed; NaN where there is no such unit. */
  readonly engineValue: (unit: number) => number;
  /** The formula with the numbers of one unit. */
  readonly evaluate: (unit: number) => Evaluated;
  /** Why the formula can't be evaluated from what is here; undefined where it can. */
  readonly problem: string | undefined;
  /** Whether there is no such node: the sequence has ended. */
  readonly isAbsent: boolean;
  /** The largest difference from the engine's value that rounding explains. */
  readonly rounding: (unit: number, evaluated: Evaluated) => number;
}

/** How well all units of a node are reproduced. */
export interface Reproduction {
  readonly units: number;
  /** The largest |formula − engine|. */
  readonly largest: number;
  /** Whether rounding in the engine's precision explains every difference. */
  readonly agrees: boolean;
}

/** Evaluates every unit of the node and compares with what the engine computed. */
export function reproduce({ units, evaluate, engineValue, rounding }: NodeFormula): Reproduction {
  let largest = 0;
  let agrees = true;
  for (let unit = 0; unit < units; unit++) {
    const evaluated = evaluate(unit);
    const difference = Math.abs(evaluated.value - engineValue(unit));
    // NaN agrees with nothing.
    if (!(difference <= rounding(unit, evaluated))) agrees = false;
    largest = Math.max(largest, difference);
  }
  return { units, largest, agrees };
}
