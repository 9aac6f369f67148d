import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import { forwardFormula } from '../../net/forwardFormula';
import type { NodeAt } from '../../net/nodeValues';
import { inDataUnit, isScaled } from '../dataUnit';
import { visibleSymbol } from '../formatStep';
import { lossWeightNote, type ShownFormula } from '../formula/formulaView';
import { translate } from '../../../src/text/translate';

/** The formula of a node of the net as the notebook shows it. */
export function shownFormula(inspection: Inspection, at: NodeAt): ShownFormula {
  const formula = forwardFormula(inspection, at, (unit) => unitName(inspection, at, unit));
  return {
    formula,
    note: at.node === 'L' && formula.problem === undefined ? lossWeightNote(inspection.lossWeight) : '',
    afterValue: (unit, value) => formatOwnUnit(inspection, at, unit, value),
  };
}

/** The number in the unit of its column, where the net has a scaled one. */
function formatOwnUnit(inspection: Inspection, { node }: NodeAt, unit: number, number: number): string {
  const { scaling } = inspection;
  const rescaling = node === 'x' ? scaling?.inputs[unit] : node === 'y' ? scaling?.targets[unit] : undefined;
  if (rescaling === undefined || !isScaled(inspection)) return '';
  return translate`, in the unit of the data ${formatNumber(inDataUnit(number, rescaling)).replace(/^-/, '−')}`;
}

function unitName({ outputNames, inputNames }: Inspection, { node }: NodeAt, unit: number): string {
  if (node === 'y') return visibleSymbol(outputNames[unit] ?? '');
  return node === 'x' ? visibleSymbol(inputNames[unit] ?? '') : String(unit);
}
