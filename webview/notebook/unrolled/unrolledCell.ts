import type { Inspection } from '../../../src/protocol/inspection';
import { formatCount, formatNumber, formatExact } from '../../../src/text/numbers';
import type { Model } from '../../store/model';
import { isScaled } from '../dataUnit';
import { inspectedUpdate } from '../dataSources';
import { formatInput, formatOutput, formatTarget } from '../formatStep';
import type { CellDeclaration } from '../cell/cellDeclaration';
import { sequenceTitle } from '../probe/probeName';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { netTable } from '../sequenceTables';
import { NetView } from './netView';
import { shownNode } from './shownNode';
import { translate } from '../../../src/text/translate';
import '../../net/net.css';
import './unrolled.css';

/** [10] The network as a loop, or unrolled into a line of steps; every node with its formula. */
export const unrolledCell: CellDeclaration<SequenceDrawing, Inspection> = {
  number: 10,
  title: 'Unrolled net',
  source: inspectedUpdate,
  summary: (inspection, { model }) => summary(inspection, model.view.net),
  readout: (inspection, { model }) => readout(inspection, model, stepInFocus(model, inspection.steps)),
  table: (inspection, { model }) => {
    const { selected } = shownNode(inspection, model);
    return selected && { dependsOn: [inspection, selected], make: () => netTable(inspection, selected) };
  },
  parts: (context) => {
    const net = new NetView(context);
    return { tools: net.tools, between: net, below: net.formula };
  },
};

function summary(inspection: Inspection, net: Model['view']['net']): string {
  const { end, update, cell } = inspection;
  const { probe } = inspection;
  const where = translate`${probe === null ? translate`${sequenceTitle(inspection)} at` : translate`At`} update ${formatExact(update)}`;
  const unit = isScaled(inspection) ? translate` The numbers of the net are in the scaled unit.` : '';
  return net === 'line'
    ? translate`${where}: ${formatCount(end, 'step')} of the ${cell.toUpperCase()}, time to the right, from x_t at the bottom up to L_t. Select a node for its formula.${unit}`
    : translate`${where}: the ${cell.toUpperCase()} as a loop, ${formatCount(end, 'step')} with the same weights.${unit}`;
}

function readout(inspection: Inspection, { view, unrollingStep }: Model, t: number | undefined): string {
  if (unrollingStep !== undefined)
    return translate`Step ${unrollingStep}: the same W_xh, W_hh and W_hy again. Unrolling the loop gives a line.`;
  if (t === undefined) return translate`Point at a step to see its values.`;
  if (t >= inspection.end)
    return translate`t = ${t} · padding: this sequence has ended after ${formatCount(inspection.end, 'step')}`;
  const shown = inspection.layers[Math.min(view.layer, inspection.layers.length - 1)];
  const norm = (states: Float64Array = new Float64Array(0)): string =>
    formatNumber(Math.hypot(...states.subarray(t * (shown?.hidden ?? 0), (t + 1) * (shown?.hidden ?? 0))));
  return [
    `t = ${t}`,
    `x_${t} = ${formatInput(inspection, t)}`,
    `‖h_${t}‖ = ${norm(shown?.h)}`,
    ...(view.netGradient && view.net === 'line' ? [`‖∂L/∂h_${t}‖ = ${norm(shown?.dh)}`] : []),
    formatOutput(inspection, t),
    formatTarget(inspection, t),
  ].join(' · ');
}
