import type { Inspection } from '../../src/protocol/inspection';
import { evaluate, unevaluable } from './formula';
import type { NodeFormula } from './nodeFormula';
import { engineValue, unitsOf, type NodeAt } from './nodeValues';
import { nodeMeaning, symbolicFormula } from './symbols';

// Single precision keeps 24 bits, and the fast kernels' tanh and exp are within 2.4e-7 (measured in their tests).
const rounding = { perTerm: 2 ** -22, perFunction: 2e-6 } as const;

/**
 * The formula of a node of the forward pass.
 *
 * @param unitName the name of a unit of the node, such as the column of an input
 */
export function forwardFormula(
  inspection: Inspection,
  at: NodeAt,
  unitName: (unit: number) => string = String,
): NodeFormula {
  const units = unitsOf(inspection, at);
  const isProbability = at.node === 'y' && inspection.lossKind === 'crossEntropy';
  const symbol = isProbability ? `p(ŷ_{${at.t}})` : `${at.node === 'y' ? 'ŷ' : at.node}_{${at.t}}`;
  return {
    symbols: symbolicFormula(inspection, at),
    meaning: nodeMeaning(inspection, at),
    units,
    nameOf: (unit) => `${symbol}${units === 1 ? '' : `[${unitName(unit)}]`}`,
    engineValue: (unit) => engineValue(inspection, at, unit),
    evaluate: (unit) => evaluate(inspection, at, unit),
    problem: unevaluable(inspection, at),
    isAbsent: at.t >= inspection.end,
    rounding: (_, { size }) => rounding.perFunction + rounding.perTerm * size,
  };
}
