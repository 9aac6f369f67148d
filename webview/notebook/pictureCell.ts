import type { RequestReplay } from '../../src/protocol/replayRequests';
import { CurveChart, type CurvesContent } from '../plot/charts/curves';
import { drawLegend } from '../plot/legend';
import { SequenceSurface, stepLabels } from '../plot/sequenceSurface';
import { StepCanvas } from '../plot/stepCanvas';
import { drawTable, type Table } from '../plot/table';
import { TrainingSurface } from '../plot/trainingSurface';
import type { SharedZoom } from '../plot/zoom';
import type { Store } from '../store/store';
import { element, setText } from '../ui/element';
import { CellFrame, type Drawing, type ToggleCell } from './cellFrame';
import type { CellTitle } from './cellHelp';
import { memoKey } from './memo';
import type { SequenceDrawing } from './sequenceCell';

/** What a cell is connected to. */
export interface CellContext {
  readonly store: Store;
  /** The zoom of the cell's time axis. */
  readonly zoom: SharedZoom;
  readonly request: RequestReplay;
  readonly toggle: ToggleCell;
}

/** Where the data of a cell comes from. */
export interface DataSource<D, Data> {
  /** Says that the data is loading, or why it can't be shown. */
  readonly element?: HTMLElement;
  /** @returns undefined where there is nothing to show */
  dataFor(drawing: D, isVisible: boolean): Data | undefined;
}

/** A control of a cell. */
export interface CellControl<D> {
  readonly element: HTMLElement;
  update(drawing: D): void;
}

/** The controls beside the title of a cell. */
export interface CellTools<D> {
  readonly elements: readonly HTMLElement[];
  update(drawing: D): void;
}

/** A part of a cell besides its picture: a table, another view of the data. */
export interface CellPart<D, Data> {
  readonly element: HTMLElement;
  update(data: Data, drawing: D): void;
}

/** Curves, with a legend of their labels. */
export interface CurvesPicture<D, Data> {
  readonly kind: 'curves';
  readonly height: 'tall-plot' | 'short-plot' | 'step-plot';
  content(data: Data, drawing: D): CurvesContent;
}

/** Anything else over time steps, drawn on a canvas. */
export interface CanvasPicture<D, Data> {
  readonly kind: 'canvas';
  /** CSS class of the plot. */
  readonly class: string;
  /** CSS pixels. */
  readonly height: number;
  legend(data: Data, drawing: D): readonly HTMLElement[];
  /** The ends of the y axis, from the top. */
  scale(data: Data): readonly [string, string];
  /** @param context cleared, scaled to CSS pixels */
  draw(context: CanvasRenderingContext2D, data: Data, drawing: D): void;
}

/**
 * A cell that is one picture, declared as data: what it shows, what its texts say, what they depend on.
 *
 * D is what its cells draw from, of training time or of sequence time; Data is what the picture shows.
 */
export interface PictureDeclaration<D extends Drawing | SequenceDrawing, Data> {
  /** The number in front of the title. */
  readonly number: number;
  readonly title: CellTitle;
  /** What the picture shows, for screen readers. */
  readonly label: string;
  source(context: CellContext): DataSource<D, Data>;
  /** One line on what the cell shows now. */
  summary(data: Data, drawing: D): string;
  /** The summary where there is no data. */
  emptySummary?(drawing: D): string;
  /** The numbers at the pointer, or at the selection. */
  readout(data: Data, drawing: D): string;
  /** The numbers of the picture, and the values that they depend on. */
  table(data: Data, drawing: D): { readonly dependsOn: readonly unknown[]; readonly make: () => Table };
  /** The values that the picture depends on, besides the axis and the theme. */
  dependencies(data: Data, drawing: D): readonly unknown[];
  readonly picture: CurvesPicture<D, Data> | CanvasPicture<D, Data>;
  /** Whether this data has a picture; by default it has. */
  hasPicture?(data: Data): boolean;
  /** Controls beside the title. */
  tools?(context: CellContext): CellTools<D>;
  /** Controls above the picture, which also show where there is no data. */
  controls?(context: CellContext): CellControl<D>;
  /** Parts above the legend, between the readout and the plot, and below the plot. */
  parts?(context: CellContext): CellParts<D, Data>;
}

/** The parts around a picture. */
export interface CellParts<D, Data> {
  readonly above?: CellPart<D, Data>;
  readonly between?: CellPart<D, Data>;
  readonly below?: CellPart<D, Data>;
}

/** The time axis of a cell: the surface over its picture, and the labels below it, where the picture draws none. */
export interface TimeAxis<D> {
  surface(context: CellContext, label: string): CellControl<D>;
  labels?(drawing: D): HTMLElement;
}

/** x: updates. */
export const trainingTime: TimeAxis<Drawing> = {
  surface: ({ store, zoom }, label) => {
    const surface = new TrainingSurface(store, zoom, label);
    return {
      element: surface.element,
      update: ({ axis }) => {
        surface.update(axis, undefined);
      },
    };
  },
};

/** x: time steps of the inspected update. */
export const sequenceTime: TimeAxis<SequenceDrawing> = {
  surface: ({ store, zoom }, label) => new SequenceSurface(store, zoom, label),
  labels: ({ axis }) => stepLabels(axis),
};

/** Draws a declared picture in the frame of a cell. */
export class PictureCell<D extends Drawing | SequenceDrawing, Data> {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #source: DataSource<D, Data>;
  readonly #tools: CellTools<D> | undefined;
  readonly #controls: CellControl<D> | undefined;
  readonly #parts: CellParts<D, Data>;
  readonly #surface: CellControl<D>;
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #plot: Plot<D, Data>;
  readonly #labels = element('div');
  readonly #picture: HTMLElement;
  readonly #shown: HTMLElement;
  #drawn = '';

  constructor(
    readonly declared: PictureDeclaration<D, Data>,
    readonly time: TimeAxis<D>,
    context: CellContext,
  ) {
    this.#frame = new CellFrame(declared.number, declared.title, context.toggle);
    this.element = this.#frame.element;
    this.#source = declared.source(context);
    this.#tools = declared.tools?.(context);
    this.#controls = declared.controls?.(context);
    this.#parts = declared.parts?.(context) ?? {};
    this.#surface = time.surface(context, declared.label);
    this.#plot = plotOf(declared.picture, this.#surface.element, this.#legend);
    const { above, between, below } = this.#parts;
    const elements = (...parts: readonly ({ readonly element?: HTMLElement } | undefined)[]): readonly HTMLElement[] =>
      parts.flatMap((part) => part?.element ?? []);
    this.#picture = element(
      'div',
      {},
      this.#legend,
      this.#frame.readout,
      ...elements(between, this.#plot),
      ...(time.labels === undefined ? [] : [this.#labels]),
    );
    this.#shown = element('div', {}, ...elements(above), this.#picture, ...elements(below));
    this.#frame.tools.append(...(this.#tools?.elements ?? []));
    this.#frame.body.append(...elements(this.#controls, this.#source), this.#shown);
  }

  update(drawing: D): void {
    const { declared } = this;
    this.#frame.follow(drawing.model.view);
    this.#tools?.update(drawing);
    this.#controls?.update(drawing);
    const isVisible = !this.#frame.body.hidden;
    const data = this.#source.dataFor(drawing, isVisible);
    this.#shown.hidden = data === undefined;
    this.#surface.update(drawing);
    if (data === undefined) {
      this.#frame.setSummary(declared.emptySummary?.(drawing) ?? '');
      return;
    }
    this.#frame.setSummary(declared.summary(data, drawing));
    setText(this.#frame.readout, declared.readout(data, drawing));
    const { dependsOn, make } = declared.table(data, drawing);
    this.#frame.setTable(memoKey(...dependsOn), make);
    if (isVisible) this.#draw(data, drawing);
  }

  #draw(data: Data, drawing: D): void {
    const { above, between, below } = this.#parts;
    for (const part of [above, between, below]) part?.update(data, drawing);
    const { axis, theme } = drawing;
    const key = memoKey(...this.declared.dependencies(data, drawing), axis.domain, axis.width, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    this.#picture.hidden = this.declared.hasPicture?.(data) === false;
    if (this.time.labels !== undefined) this.#labels.replaceChildren(this.time.labels(drawing));
    this.#plot.draw(data, drawing);
  }
}

interface Plot<D, Data> {
  readonly element: HTMLElement;
  draw(data: Data, drawing: D): void;
}

function plotOf<D extends Drawing | SequenceDrawing, Data>(
  picture: CurvesPicture<D, Data> | CanvasPicture<D, Data>,
  surface: HTMLElement,
  legend: HTMLElement,
): Plot<D, Data> {
  switch (picture.kind) {
    case 'curves': {
      const chart = new CurveChart();
      return {
        element: element('div', { class: `plot ${picture.height}` }, chart.canvas, surface),
        draw: (data, drawing) => {
          const content = picture.content(data, drawing);
          drawLegend(legend, content.curves);
          chart.update(content, drawing.axis.domain, drawing.theme);
        },
      };
    }
    case 'canvas': {
      const canvas = new StepCanvas(picture.height);
      const scale = element('div', { class: 'bar-scale', 'aria-hidden': 'true' });
      return {
        element: element('div', { class: `plot ${picture.class}` }, scale, canvas.element, surface),
        draw: (data, drawing) => {
          legend.replaceChildren(...picture.legend(data, drawing));
          scale.replaceChildren(...picture.scale(data).map((end) => element('span', {}, end)));
          const context = canvas.begin(drawing.axis);
          if (context !== undefined) picture.draw(context, data, drawing);
        },
      };
    }
    default:
      return picture satisfies never;
  }
}

/** A table of the data, built again for other data. */
export function tablePart<D, Data>(tableOf: (data: Data) => Table): CellPart<D, Data> {
  const place = element('div');
  let drawn: Data | undefined;
  return {
    element: place,
    update: (data) => {
      if (data === drawn) return;
      drawn = data;
      drawTable(place, tableOf(data));
    },
  };
}
