import type { DisplaySeries } from '../../src/run/series/displaySeries';
import type { Inspection } from '../../src/protocol/inspection';
import type { PanelEntry } from '../../src/protocol/panel';
import type { RunInfo, RunStatus } from '../../src/protocol/run';

/** What the heatmap shows. */
export type Quantity = 'dh' | 'dhLocal' | 'dc' | 'lossPerStep';

/** A place in both times: an update and a step. */
export interface Point {
  readonly update: number;
  /** undefined where only the update is meant. */
  readonly t: number | undefined;
}

/** How loss curves are drawn. */
export interface CurveView {
  /** `auto` is linear until the loss has grown far beyond where it began. */
  readonly lossAxis: 'auto' | 'linear' | 'log';
  /** Updates that the smoothed curve averages over; 0 is off. */
  readonly smoothing: number;
}

/** How the person has set the pictures; kept over tab switches and window reloads. */
export interface View extends CurveView {
  readonly quantity: Quantity;
  readonly layer: number;
  /** Visible updates; undefined is all of them. */
  readonly range: readonly [number, number] | undefined;
  /** Visible steps of a sequence; undefined is all of them. */
  readonly stepRange: readonly [number, number] | undefined;
  /** Whether the net is drawn as the line of its steps or as the loop that it is. */
  readonly net: 'line' | 'loop';
  /** Node of the net whose formula is shown: `x`, `h`, `c`, a gate's letter, `y` or `L`. */
  readonly node: string;
  /** Unit of that node. */
  readonly unit: number;
  /** Parameter whose gradient and step are looked at, by PyTorch's name; '' is W_hh of the layer. */
  readonly parameter: string;
  /** What the net reads before it goes on by itself; undefined until somebody has said. */
  readonly prompt: string | undefined;
  /** Divides the outputs before a symbol is drawn. */
  readonly temperature: number;
  /** Seed of the drawn text. */
  readonly sampleSeed: number;
  /** Sequence of the batch that the cells of sequence time show. */
  readonly sequence: number;
  /** undefined follows the latest update. */
  readonly selection: Point | undefined;
  /** Titles of folded cells. */
  readonly folded: readonly string[];
}

/** The run that is shown. */
export interface ShownRun {
  readonly info: RunInfo;
  readonly status: RunStatus;
  readonly series: DisplaySeries;
  /** Grows whenever the series does. */
  readonly version: number;
  /** A stretch of the run in more columns than the series has for it. */
  readonly zoomed?: ShownZoomedSeries | undefined;
}

/** Updates `series.origin … end` (exclusive) of a run. */
export interface ShownZoomedSeries {
  readonly series: DisplaySeries;
  readonly end: number;
}

/** What is known of the update that is looked at. */
export type InspectionState =
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'loading'; readonly update: number }
  | { readonly kind: 'ready'; readonly inspection: Inspection }
  | { readonly kind: 'failed'; readonly update: number; readonly message: string };

/** Everything the notebook draws from. */
export interface Model {
  /** false until the host's first answer. */
  readonly isReady: boolean;
  readonly uri: string;
  /** Of the one run that is shown, where it is not an experiment with its variants. */
  readonly folder: string | undefined;
  /** When that run began, in words. */
  readonly began: string;
  readonly title: string;
  readonly fileName: string;
  readonly entries: readonly PanelEntry[];
  readonly variant: string | undefined;
  readonly run: ShownRun | undefined;
  readonly message: string | undefined;
  readonly view: View;
  readonly inspection: InspectionState;
  /** Under the pointer. */
  readonly hover: Point | undefined;
}

/** The view before anybody has set anything. */
export const standardView: View = {
  lossAxis: 'auto',
  smoothing: 0,
  quantity: 'dh',
  layer: 0,
  range: undefined,
  stepRange: undefined,
  net: 'line',
  node: 'h',
  unit: 0,
  parameter: '',
  prompt: undefined,
  temperature: 0.8,
  sampleSeed: 1,
  sequence: 0,
  selection: undefined,
  folded: [],
};

/** The model before the host's first answer. */
export const emptyModel: Model = {
  isReady: false,
  uri: '',
  folder: undefined,
  began: '',
  title: '',
  fileName: '',
  entries: [],
  variant: undefined,
  run: undefined,
  message: undefined,
  inspection: { kind: 'none', reason: '' },
  view: standardView,
  hover: undefined,
};
