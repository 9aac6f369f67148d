import type { TemplateResult } from 'lit-html';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import type { CurvesContent } from '../../plot/charts/curves';
import type { PictureHandlers } from '../../plot/sequenceSurface';
import type { Table } from '../../plot/table';
import type { SharedZoom } from '../../plot/zoom';
import type { Store } from '../../store/store';
import type { Drawing, ToggleCell } from './cellFrame';
import type { CellTitle } from './cellHelp';
import type { SequenceDrawing } from '../sequenceCell';

/** What a cell is connected to. */
export interface CellContext {
  readonly store: Store;
  /** The zoom of the cell's time axis. */
  readonly zoom: SharedZoom;
  readonly request: RequestReplay;
  readonly toggle: ToggleCell;
  /** Saves the predictions at an update in a file; undefined where no host can. */
  readonly savePredictions: ((update: number) => Promise<void>) | undefined;
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
export interface CellTools<D, Data = unknown> {
  readonly elements: readonly HTMLElement[];
  /** @param data undefined where there is nothing to show */
  update(drawing: D, data: Data | undefined): void;
}

/** A part of a cell besides its picture: a table, another view of the data. */
export interface CellPart<D, Data> {
  readonly element: HTMLElement;
  update(data: Data, drawing: D): void;
}

/** Curves, with a legend of their labels. */
export interface CurvesPicture<D, Data> {
  readonly kind: 'curves';
  /** CSS class of the plot: its height. */
  readonly height: 'loss' | 'clipping' | 'short' | 'step';
  content(data: Data, drawing: D): CurvesContent;
}

/** Anything else over the axis, drawn on a canvas. */
export interface CanvasPicture<D, Data> {
  readonly kind: 'canvas';
  /** CSS class of the plot. */
  readonly class: string;
  /** CSS class of the canvas. */
  readonly canvasClass: 'strip' | 'heatmap';
  /** CSS pixels; that of the plot's class by default. */
  height?(data: Data): number;
  legend(data: Data, drawing: D): TemplateResult;
  /** The numbers of the y axis, left of the canvas. */
  yAxis(data: Data): TemplateResult;
  /** The time steps on the y axis of a picture of training time. */
  rows?(data: Data): number;
  /** Marks over the canvas. */
  marks?(data: Data, drawing: D): TemplateResult;
  /** What the pointer and the keys do besides moving along the axis. */
  handlers?(context: CellContext, shown: () => Data | undefined): PictureHandlers;
  /** @param height CSS pixels; the width is that of the axis */
  draw(canvas: HTMLCanvasElement, data: Data, drawing: D, height: number): void;
}

/**
 * A cell declared as data: what it shows, what its texts say, what they depend on.
 *
 * D is what its cells draw from, of training time or of sequence time; Data is what the cell shows.
 */
export interface CellDeclaration<D extends Drawing | SequenceDrawing, Data> {
  /** The number in front of the title. */
  readonly number: number;
  readonly title: CellTitle;
  source(context: CellContext): DataSource<D, Data>;
  /** Whether its data is needed only while the cell is in the window, as it takes long to compute. */
  readonly onlyInWindow?: boolean;
  /** Said instead of everything where the cell's sequence does not train; undefined where the cell shows it as any other. */
  readonly withoutTraining?: string;
  /** Said instead of everything where the run has nothing that the cell shows; undefined where it has. */
  absence?(drawing: D): string | undefined;
  /** One line on what the cell shows now. */
  summary(data: Data, drawing: D): string;
  /** The summary where there is no data. */
  emptySummary?(drawing: D): string;
  /** The numbers at the pointer, or at the selection. */
  readout?(data: Data, drawing: D): string;
  /** The numbers of the picture, and the values that they depend on; undefined where there are none yet. */
  table(data: Data, drawing: D): DeclaredTable | undefined;
  /** The picture; a cell that is no plain picture has parts only. */
  readonly picture?: DeclaredPicture<D, Data>;
  /** Parts around the picture. */
  parts?(context: CellContext): CellParts<D, Data>;
}

/** The picture of a cell. */
export type DeclaredPicture<D, Data> = (CurvesPicture<D, Data> | CanvasPicture<D, Data>) & {
  /** What the picture shows, for screen readers. */
  readonly label: string;
  /** The values that the picture depends on, besides the axis and the theme. */
  dependencies(data: Data, drawing: D): readonly unknown[];
  /** Whether this data has a picture; by default it has. */
  isShown?(data: Data): boolean;
};

/** A table, made when it is shown. */
export interface DeclaredTable {
  readonly dependsOn: readonly unknown[];
  readonly make: () => Table;
}

/** The parts around a picture. */
export interface CellParts<D, Data> {
  /** Controls beside the title. */
  readonly tools?: CellTools<D, Data>;
  /** Controls above all, which also show where there is no data. */
  readonly controls?: CellControl<D>;
  /** Above the legend. */
  readonly above?: CellPart<D, Data>;
  /** Between the readout and the plot. */
  readonly between?: CellPart<D, Data>;
  /** Below the plot. */
  readonly below?: CellPart<D, Data>;
}
