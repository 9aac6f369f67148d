import { formatExact } from '../../src/text/numbers';
import type { InspectedParameter, Inspection } from '../../src/protocol/inspection';
import type { UnitNumbers } from './cells/notation';
import { nodeNotation } from './cells/registry';
import type { Evaluated } from './evaluated';
import { evaluateLoss, evaluateOutput } from './headFormula';
import { engineValue, layerAt, layerInput, parameterNamed, previousState, rowSum, type NodeAt } from './nodeValues';
import { translate } from '../../src/text/translate';

/** Why the formula cannot be evaluated from what is here, if it cannot. */
export function unevaluable(inspection: Inspection, { node, layer, t }: NodeAt): string | undefined {
  if (t >= inspection.end) return translate`The sequence has ended before step ${t}: this step is padding.`;
  if (node === 'x') return translate`x_t is given by the data.`;
  if (node === 'L' && inspection.mask[t] !== 1)
    return translate`Nothing is asked of this sequence at step ${t}: no loss here.`;
  if (t < inspection.windowStart && node !== 'L') {
    return translate`Step ${t} was computed in an earlier window, with the weights of an earlier update: with the present ones the formula gives another value.`;
  }
  const missing = weightsOf(inspection, node, layer).find(
    ({ rows, columns, before }) => before.length < rows * columns,
  );
  return missing === undefined
    ? undefined
    : translate`${missing.name} has ${formatExact(missing.rows * missing.columns)} elements, too many to be put into a formula here.`;
}

/** A unit of the node recomputed from the captured weights, inputs and states, by the definition of the cell; throws Error where the net has no such node. */
export function evaluate(inspection: Inspection, at: NodeAt, unit: number): Evaluated {
  switch (at.node) {
    case 'y':
      return evaluateOutput(inspection, at.t, unit);
    case 'L':
      return evaluateLoss(inspection, at.t);
    default:
      return nodeNotation(inspection.cell, at.node).evaluate(unitNumbers(inspection, at, unit));
  }
}

function weightsOf({ parameters }: Inspection, node: string, layer: number): readonly InspectedParameter[] {
  if (node === 'L' || node === 'c') return [];
  const names = node === 'y' ? ['head.weight', 'head.bias'] : [`rnn.weight_ih_l${layer}`, `rnn.weight_hh_l${layer}`];
  return parameters.filter(({ name }) => names.includes(name));
}

/** The rows, values and earlier states that a unit of a recurrent layer is computed from. */
function unitNumbers(inspection: Inspection, { layer, t }: NodeAt, unit: number): UnitNumbers {
  const inspected = layerAt(inspection, layer);
  const weights = (kind: string): InspectedParameter => parameterNamed(inspection, `rnn.${kind}_l${layer}`);
  return {
    activation: inspection.activation,
    value: (node) => engineValue(inspection, { node, layer, t }, unit),
    previous: (state) => previousState(inspected, t, state)[unit] ?? NaN,
    row: (block) => {
      const row = block * inspected.hidden + unit;
      return {
        x: rowSum(weights('weight_ih'), row, layerInput(inspection, layer, t)),
        h: rowSum(weights('weight_hh'), row, previousState(inspected, t, 'h')),
        biasIh: weights('bias_ih').before[row] ?? NaN,
        biasHh: weights('bias_hh').before[row] ?? NaN,
      };
    },
  };
}
