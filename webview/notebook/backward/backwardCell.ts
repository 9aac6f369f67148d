import { cellParts } from '../../store/cellParts';
import type { InspectedLayer, Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import { stateNorms, type StateNorms } from '../../net/stateNorms';
import type { Curve } from '../../plot/charts/datasets';
import type { Theme } from '../../theme/theme';
import { Memo, memoKey } from '../memo';
import { parameterTools } from '../parameterTools';
import type { CellContext, CellPart, CellDeclaration } from '../cell/cellDeclaration';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { foldablePart } from '../cell/foldablePart';
import { element } from '../../ui/element';
import { backwardSummary } from './backwardSummary';
import { BackwardPlayer, stepSelector } from './backwardPlayer';
import { backwardTable } from './backwardTables';
import { GradientSum } from './gradientSum';
import { InputGradientView } from './inputGradientView';
import { TermsView } from './termsView';
import { translate } from '../../../src/text/translate';
import './backward.css';

/** The gradient of the states of one layer. */
interface Backward {
  readonly layer: InspectedLayer;
  /** Of the layer. */
  readonly index: number;
  readonly norms: StateNorms;
  /** Step whose terms are shown. */
  readonly t: number;
}

/**
 * [12] Backpropagation through one sequence, from the last step to the first: ∂L/∂h_t as the sum of the local part and the
 * part from t+1, and the accumulated terms of ∂L/∂W.
 */
export const backwardCell: CellDeclaration<SequenceDrawing, Backward> = {
  number: 12,
  title: 'Backward through time',
  source: () => ({ dataFor: backwardOf }),
  summary: ({ norms, index }, { inspection }) => backwardSummary(norms, index, inspection),
  readout: ({ norms }, { model, inspection }) => readout(norms, stepInFocus(model, inspection.steps)),
  table: ({ index, norms }, { inspection }) => ({
    dependsOn: [inspection, index],
    make: () => backwardTable(inspection, index, norms),
  }),
  picture: {
    kind: 'curves',
    label: translate`Gradient of each time step`,
    height: 'step',
    dependencies: ({ index }, { inspection }) => [inspection, index],
    content: ({ norms }, { inspection, theme }) => ({
      curves: curvesOf(norms, theme, inspection),
      yAxis: 'log',
      yTitle: '‖∂L/∂h_t‖',
      xTicks: false,
    }),
  },
  parts: (context) => ({
    tools: parameterTools(context.store, ({ inspection }) => inspection.parameters.map(({ name }) => name)),
    below: walkthrough(context),
  }),
};

const norms = new Memo<StateNorms>();

function backwardOf({ model: { view }, inspection }: SequenceDrawing): Backward | undefined {
  const { layers, steps } = inspection;
  const index = Math.min(view.layer, layers.length - 1);
  const layer = layers[index];
  if (layer === undefined) return undefined;
  return {
    layer,
    index,
    norms: norms.of(memoKey(layer), () => stateNorms(layer, inspection)),
    // Backpropagation starts at the last step, so that is the default.
    t: Math.min(view.selection?.t ?? steps - 1, steps - 1),
  };
}

/** The steps one after the other: ∂L/∂h_t as a sum, and the terms of a ∂L/∂W. */
function walkthrough(context: CellContext): CellPart<SequenceDrawing, Backward> {
  const player = new BackwardPlayer(stepSelector(context.store));
  const sum = new GradientSum(context);
  const terms = foldablePart(context, cellParts.terms, new TermsView(context));
  const inputs = foldablePart(context, cellParts.inputs, new InputGradientView(context));
  return {
    element: element('div', {}, player.element, sum.element, terms.element, inputs.element),
    update: ({ index, t }, drawing) => {
      player.update(drawing.axis, t);
      sum.update(drawing, index, t);
      terms.update(t, drawing);
      inputs.update(drawing.inspection, drawing);
    },
  };
}

function curvesOf({ total, local, later }: StateNorms, theme: Theme, { steps }: Inspection): Curve[] {
  // A logarithmic axis can't show 0: the line breaks there.
  const points = (values: Float64Array) =>
    Array.from({ length: steps }, (_, t) => ({ x: t + 0.5, y: (values[t] ?? 0) > 0 ? (values[t] ?? NaN) : NaN }));
  return [
    { label: translate`∂L/∂h_t, total`, points: points(total), color: theme.train, width: 2, dots: steps === 1 },
    {
      label: translate`from this step (its own loss, or the layer above)`,
      points: points(local),
      color: theme.validation,
      dots: true,
    },
    { label: translate`from step t+1`, points: points(later), color: theme.baseline, dash: [5, 3] },
  ];
}

function readout({ total, local, later }: StateNorms, t: number | undefined): string {
  if (t === undefined) return translate`Point at a step to see its values.`;
  const at = (values: Float64Array): string => formatNumber(values[t] ?? NaN);
  return translate`t = ${t} · ‖∂L/∂h_${t}‖ = ${at(total)} · from this step ${at(local)} · from step ${t + 1} ${at(later)}`;
}
