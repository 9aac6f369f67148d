import type { GradientFlow, StateGradientFlow } from '../../../src/protocol/gradientFlow';
import { decadesOf, lowestDecade, unionOf, type Decades } from '../../plot/heatmap/magnitudeScale';
import type { View } from '../../store/model';
import { replayed } from '../dataSources';
import { Memo, memoKey } from '../memo';
import type { CellContext, DataSource } from '../cell/cellDeclaration';
import { sequenceParams, type SequenceDrawing } from '../sequenceCell';
import { translate } from '../../../src/text/translate';

/** Pixels: the most for the picture, and the height of a row where few steps have a loss. */
const height = { most: 220, perLoss: 24 } as const;

/** What the picture of the gradient flow shows. */
export interface FlowPicture {
  readonly flow: GradientFlow;
  /** The state to which the gradient is shown: h_t, or c_t of an LSTM. */
  readonly state: 'h' | 'c';
  readonly ofState: StateGradientFlow;
  /** (T,T) of the selected sequence, or the median over sequences. */
  readonly matrix: Float64Array;
  /** Steps that have a loss: the rows of the picture, from the bottom. */
  readonly losses: readonly number[];
  /** CSS pixels. */
  readonly height: number;
  /** The decades of the colour scale. */
  readonly decades: Decades;
}

/**
 * The gradient flow of the inspected sequence. Its colour scale only grows while other updates are selected, so that they
 * can be compared; another layer or run has a scale of its own.
 */
export function gradientFlow(context: CellContext): DataSource<SequenceDrawing, FlowPicture> {
  const reply = replayed(
    context,
    'gradientFlow',
    ({ model, inspection }) => ({
      ...sequenceParams(inspection),
      layer: layerOf(model.view, inspection.layers.length),
    }),
    { waiting: translate`Backpropagating each loss separately…`, failure: translate`Can’t show the matrix` },
  );
  const pictures = new Memo<Omit<FlowPicture, 'decades'> & { readonly own: Decades | undefined }>();
  return {
    ...reply,
    dataFor: (drawing, isVisible) => {
      const flow = reply.dataFor(drawing, isVisible);
      if (flow === undefined) return undefined;
      const { view } = drawing.model;
      const { own, ...picture } = pictures.of(memoKey(flow, view.gradientFlowOf, view.gradientFlowState), () =>
        pictureOf(flow, view),
      );
      const layer = layerOf(view, drawing.inspection.layers.length);
      const { state } = picture;
      const colours = view.gradientFlowColours;
      const before = colours?.layer === layer && (colours.state ?? 'h') === state ? colours : undefined;
      const decades = unionOf(before, own);
      const isGrown = decades !== undefined && (decades.from !== before?.from || decades.to !== before.to);
      // A matrix of another layer may still be shown while the next one is computed.
      if (isGrown && reply.isCurrent()) {
        context.store.dispatch({ kind: 'viewChanged', view: { gradientFlowColours: { layer, state, ...decades } } });
      }
      return { ...picture, decades: decades ?? { from: -1, to: 0 } };
    },
  };
}

function layerOf({ layer }: View, layers: number): number {
  return Math.min(layer, layers - 1);
}

function pictureOf(flow: GradientFlow, { gradientFlowOf, gradientFlowState }: View) {
  const { steps } = flow;
  const state: FlowPicture['state'] = gradientFlowState === 'c' && flow.c !== null ? 'c' : 'h';
  const ofState = flow[state] ?? flow.h;
  const matrix = gradientFlowOf === 'median' ? ofState.median : ofState.matrix;
  const losses = Array.from({ length: steps }, (_, t) => t).filter((t) => !Number.isNaN(matrix[t * steps + t]));
  return {
    flow,
    state,
    ofState,
    matrix,
    losses,
    height: Math.max(height.perLoss, Math.min(height.most, losses.length * height.perLoss)),
    own: decadesOf(matrix, lowestDecade(matrix.toReversed(), steps)),
  };
}
