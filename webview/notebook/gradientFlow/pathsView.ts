import type { StateGradientFlow } from '../../../src/protocol/gradientFlow';
import { formatNumber } from '../../../src/text/numbers';
import type { Curve } from '../../plot/charts/datasets';
import type { View } from '../../store/model';
import type { Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import { setNotation } from '../../ui/notation';
import type { CellContext } from '../cell/cellDeclaration';
import { stepCurves, type Picture } from '../cell/declaredPicture';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { selectedRow } from './flowControls';
import type { FlowPicture } from './flowPicture';
import { translate } from '../../../src/text/translate';

/** One row of both matrices of an LSTM. */
export interface Paths {
  /** The step of the loss. */
  readonly t: number;
  /** (T) ‖∂L_t/∂h_k‖, NaN after t. */
  readonly h: Float64Array;
  /** (T) ‖∂L_t/∂c_k‖, NaN after t. */
  readonly c: Float64Array;
}

/** The rows of one loss; undefined for a cell without a cell state, and where no step has a loss. */
export function pathsOf(
  { flow: { h, c, steps }, losses }: Pick<FlowPicture, 'flow' | 'losses'>,
  row: number,
  of: View['gradientFlowOf'],
): Paths | undefined {
  const t = losses[row];
  if (c === null || t === undefined) return undefined;
  const rowOf = ({ matrix, median }: StateGradientFlow): Float64Array =>
    (of === 'median' ? median : matrix).slice(t * steps, (t + 1) * steps);
  return { t, h: rowOf(h), c: rowOf(c) };
}

/** What the two paths of a loss keep on their way back to a step. */
export function formatPaths({ t, h, c }: Paths, k: number): string {
  if (k > t) return translate`L_${t} does not reach step ${k}, which is later.`;
  const ratio = (path: Float64Array): string => formatNumber((path[k] ?? NaN) / (path[t] ?? NaN));
  return translate`loss at t = ${t}, step k = ${k} · ‖∂L_${t}/∂h_${k}‖ = ${formatNumber(h[k] ?? NaN)}, ${ratio(h)} of its value at the loss · ‖∂L_${t}/∂c_${k}‖ = ${formatNumber(c[k] ?? NaN)}, ${ratio(c)} of its value at the loss`;
}

/** The gradient of the selected loss at h_k and at c_k, one beside the other; hidden for a cell without a cell state. */
export class PathsView {
  readonly element: HTMLElement;
  readonly #picture: Picture<SequenceDrawing, Paths>;
  readonly #readout = element('div', { class: 'readout' });
  #known:
    | { readonly flow: unknown; readonly row: number; readonly of: string; readonly paths: Paths | undefined }
    | undefined;

  constructor(context: CellContext) {
    this.#picture = stepCurves(context, {
      label: translate`Gradient of one loss at the hidden state and at the cell state`,
      dependencies: ({ t, h, c }) => [t, h, c],
      content: (paths, { theme }) => ({
        curves: curvesOf(paths, theme),
        yAxis: 'log',
        yTitle: translate`norm`,
        xTicks: false,
      }),
    });
    const { legend, plot, labels } = this.#picture;
    this.element = element('div', { class: 'gradient-paths' }, legend, this.#readout, plot, labels);
  }

  update(shown: FlowPicture, drawing: SequenceDrawing): void {
    const { model } = drawing;
    const paths = this.#paths(shown, selectedRow(shown.losses, model), model.view.gradientFlowOf);
    this.element.hidden = paths === undefined;
    if (paths === undefined) return;
    this.#picture.follow(paths, drawing);
    const k = stepInFocus(model, shown.flow.steps);
    setNotation(
      this.#readout,
      k === undefined
        ? translate`Both paths back from L_${paths.t}: select a row above for another loss, point at a step for its numbers.`
        : formatPaths(paths, k),
    );
    this.#picture.draw(paths, drawing);
  }

  /** The same arrays as before for the same row, so that the picture is drawn once. */
  #paths(shown: FlowPicture, row: number, of: View['gradientFlowOf']): Paths | undefined {
    const known = this.#known;
    if (known?.flow === shown.flow && known.row === row && known.of === of) return known.paths;
    const paths = pathsOf(shown, row, of);
    this.#known = { flow: shown.flow, row, of, paths };
    return paths;
  }
}

function curvesOf({ t, h, c }: Paths, theme: Theme): readonly Curve[] {
  // A logarithmic axis can't show 0: the line breaks there.
  const points = (values: Float64Array): Curve['points'] =>
    Array.from(values, (y, k) => ({ x: k + 0.5, y: y > 0 && y < Infinity ? y : NaN }));
  return [
    { label: `‖∂L_{${t}}/∂h_k‖`, points: points(h), color: theme.train, width: 2, dots: h.length <= 60 },
    {
      label: translate`‖∂L_{${t}}/∂c_k‖, along the cell state`,
      points: points(c),
      color: theme.validation,
      width: 2,
      dash: [5, 3],
      dots: c.length <= 60,
    },
  ];
}
