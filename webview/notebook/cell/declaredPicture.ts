import { html, nothing, render, type TemplateResult } from 'lit-html';
import { CurveChart } from '../../plot/charts/curves';
import { lineLegend } from '../../plot/legend';
import { element } from '../../ui/element';
import { MeasuredHeight } from '../../ui/measuredHeight';
import type { CellContext, CurvesPicture, CanvasPicture, DeclaredPicture } from './cellDeclaration';
import type { Drawing } from './cellFrame';
import { memoKey } from '../memo';
import type { SequenceDrawing } from '../sequenceCell';
import { sequenceTime, type TimeAxis, type PictureSurface } from '../timeAxis';

/** The elements of a declared picture; drawn again when something that it depends on has changed. */
export class Picture<D extends Drawing | SequenceDrawing, Data> {
  readonly element = element('div');
  readonly legend = element('div');
  readonly plot: HTMLElement;
  readonly labels = element('div');
  readonly #surface: PictureSurface<D>;
  readonly #plot: Plot<D, Data>;
  #drawn = '';

  constructor(
    readonly declared: DeclaredPicture<D, Data>,
    readonly time: TimeAxis<D>,
    context: CellContext,
    shown: () => Data | undefined,
  ) {
    const handlers = declared.kind === 'canvas' ? declared.handlers?.(context, shown) : undefined;
    this.#surface = time.surface(context, declared.label, handlers);
    this.#plot = plotOf(declared, this.#surface.element, context);
    this.plot = this.#plot.element;
  }

  /** Moves the lines that mark the pointer and the selection. */
  follow(data: Data | undefined, drawing: D): void {
    const { declared } = this;
    const hasRows = data !== undefined && declared.kind === 'canvas';
    this.#surface.update(drawing, hasRows ? declared.rows?.(data) : undefined);
  }

  draw(data: Data, drawing: D): void {
    const { axis, theme } = drawing;
    const { declared, time } = this;
    const size = [axis.width, this.#plot.height(data), devicePixelRatio];
    const key = memoKey(...declared.dependencies(data, drawing), axis.domain, size, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.element.hidden = declared.isShown?.(data) === false;
    if (time.labels !== undefined) this.labels.replaceChildren(time.labels(drawing));
    render(this.#plot.draw(data, drawing), this.legend);
  }
}

/** What a part of a cell draws as curves over the time steps of the inspected update. */
export type StepCurves<Data> = Omit<CurvesPicture<SequenceDrawing, Data>, 'kind' | 'height'> &
  Pick<DeclaredPicture<SequenceDrawing, Data>, 'label' | 'dependencies'>;

/** The picture of a part of a cell: curves over the time steps of the inspected update. */
export function stepCurves<Data>(context: CellContext, curves: StepCurves<Data>): Picture<SequenceDrawing, Data> {
  return new Picture({ ...curves, kind: 'curves', height: 'step' }, sequenceTime, context, () => undefined);
}

interface Plot<D, Data> {
  readonly element: HTMLElement;
  /** CSS pixels; 0 where nothing depends on it. */
  height(data: Data): number;
  /** @returns the legend */
  draw(data: Data, drawing: D): TemplateResult;
}

function plotOf<D extends Drawing | SequenceDrawing, Data>(
  picture: CurvesPicture<D, Data> | CanvasPicture<D, Data>,
  surface: HTMLElement,
  { store }: CellContext,
): Plot<D, Data> {
  switch (picture.kind) {
    case 'curves': {
      const chart = new CurveChart();
      return {
        element: element('div', { class: `plot plot-${picture.height}` }, chart.canvas, surface),
        height: () => 0,
        draw: (data, drawing) => {
          const content = picture.content(data, drawing);
          chart.update(content, drawing.axis.domain, drawing.theme);
          return lineLegend(content.curves);
        },
      };
    }
    case 'canvas': {
      const canvas = element('canvas', { class: picture.canvasClass, 'aria-hidden': 'true' });
      const place = element('div', { class: `plot ${picture.class}` });
      const measured = new MeasuredHeight(place, () => {
        store.redraw();
      });
      const heightOf = (data: Data): number => picture.height?.(data) ?? measured.value;
      render(plotTemplate(nothing, canvas, nothing, surface), place);
      return {
        element: place,
        height: heightOf,
        draw: (data, drawing) => {
          if (picture.height !== undefined) place.style.height = `${picture.height(data)}px`;
          render(plotTemplate(picture.yAxis(data), canvas, picture.marks?.(data, drawing) ?? nothing, surface), place);
          picture.draw(canvas, data, drawing, heightOf(data));
          return picture.legend(data, drawing);
        },
      };
    }
    default:
      return picture satisfies never;
  }
}

function plotTemplate(
  yAxis: TemplateResult | typeof nothing,
  canvas: HTMLCanvasElement,
  marks: TemplateResult | typeof nothing,
  surface: HTMLElement,
): TemplateResult {
  return html`${yAxis}${canvas}${marks}${surface}`;
}
