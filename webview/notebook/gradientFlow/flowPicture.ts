import type { GradientFlow } from '../../../src/protocol/gradientFlow';
import { decadesOf, lowestDecade, unionOf, type Decades } from '../../plot/heatmap/magnitudeScale';
import type { View } from '../../store/model';
import { replayed } from '../dataSources';
import { Memo, memoKey } from '../memo';
import type { CellContext, DataSource } from '../cellDeclaration';
import type { SequenceDrawing } from '../sequenceCell';

/** Pixels: the most for the picture, and the height of a row where few steps have a loss. */
const height = { most: 220, perLoss: 24 } as const;

/** What the picture of the gradient flow shows. */
export interface FlowPicture {
  readonly flow: GradientFlow;
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
      update: inspection.update,
      sequence: inspection.sequence,
      layer: layerOf(model.view, inspection.layers.length),
    }),
    { waiting: 'Backpropagating each loss separately…', failure: 'Can’t show the matrix' },
  );
  const pictures = new Memo<Omit<FlowPicture, 'decades'> & { readonly own: Decades | undefined }>();
  return {
    ...reply,
    dataFor: (drawing, isVisible) => {
      const flow = reply.dataFor(drawing, isVisible);
      if (flow === undefined) return undefined;
      const { view } = drawing.model;
      const { own, ...picture } = pictures.of(memoKey(flow, view.gradientFlowOf), () => pictureOf(flow, view));
      const layer = layerOf(view, drawing.inspection.layers.length);
      const before = view.gradientFlowColours?.layer === layer ? view.gradientFlowColours : undefined;
      const decades = unionOf(before, own);
      const isGrown = decades !== undefined && (decades.from !== before?.from || decades.to !== before.to);
      // A matrix of another layer may still be shown while the next one is computed.
      if (isGrown && reply.isCurrent()) {
        context.store.dispatch({ kind: 'viewChanged', view: { gradientFlowColours: { layer, ...decades } } });
      }
      return { ...picture, decades: decades ?? { from: -1, to: 0 } };
    },
  };
}

function layerOf({ layer }: View, layers: number): number {
  return Math.min(layer, layers - 1);
}

function pictureOf(flow: GradientFlow, { gradientFlowOf }: View) {
  const { steps } = flow;
  const matrix = gradientFlowOf === 'median' ? flow.median : flow.matrix;
  const losses = Array.from({ length: steps }, (_, t) => t).filter((t) => !Number.isNaN(matrix[t * steps + t]));
  return {
    flow,
    matrix,
    losses,
    height: Math.max(height.perLoss, Math.min(height.most, losses.length * height.perLoss)),
    own: decadesOf(matrix, lowestDecade(matrix.toReversed(), steps)),
  };
}
