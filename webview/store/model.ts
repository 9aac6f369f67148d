import { cellParts, partKey } from './cellParts';
import type { DisplaySeries } from '../../src/run/series/displaySeries';
import type { Horizon } from '../../src/protocol/gradientFlow';
import type { Inspection } from '../../src/protocol/inspection';
import type { OpenPlace, PanelEntry } from '../../src/protocol/panel';
import type { SharedUpdates } from '../../src/protocol/sharedUpdates';
import { firstSample } from '../../src/protocol/sampling';
import type { Probe } from '../../src/protocol/probe';
import type { PendingCommand, RunInfo, RunStatus } from '../../src/protocol/run';

/** What the heatmap shows. */
export type Quantity = 'dh' | 'dhLocal' | 'dc' | 'lossPerStep';

/** A point in training time and in sequence time: an update and a step. */
export interface Point {
  readonly update: number;
  /** undefined where only the update is meant. */
  readonly t: number | undefined;
}

/** How loss curves are drawn. */
export interface CurveView {
  /** `auto` is linear unless the loss grows far beyond its first value or falls far below it. */
  readonly lossAxis: 'auto' | 'linear' | 'log';
  /** Updates in the window of the smoothed curve; 0 turns smoothing off. */
  readonly smoothing: number;
}

/** The parts of cells that are folded or open, by the titles of the cells. */
export interface CellStates {
  readonly folded: readonly string[];
  readonly helpOpen: readonly string[];
  readonly tablesOpen: readonly string[];
  /** The cell that is shown alone, over the whole panel, by its title. */
  readonly presented: string | undefined;
}

/** The parts of a cell that are folded or opened. */
export type CellPartName = 'folded' | 'helpOpen' | 'tablesOpen';

/** The user's settings of the pictures; restored after tab switches and window reloads. */
export interface View extends CurveView, CellStates {
  readonly quantity: Quantity;
  readonly layer: number;
  /** Visible updates; undefined is all of them. */
  readonly range: readonly [number, number] | undefined;
  /** Visible steps of a sequence; undefined is all of them. */
  readonly stepRange: readonly [number, number] | undefined;
  /** Whether the network is drawn unrolled, as a line of steps, or as a loop. */
  readonly net: 'line' | 'loop';
  /** Node of the network whose formula is shown: `x`, `h`, `c`, a gate's letter, `y` or `L`. */
  readonly node: string;
  /** Unit of that node, and of the gradient. */
  readonly unit: number;
  /** Gradient of the backward pass whose formula is shown, as `gradientNodes` names it. */
  readonly gradientNode: string;
  /** Selected parameter, by PyTorch's name; '' is W_hh of the layer. */
  readonly parameter: string;
  /** Text that the network reads before it generates; undefined until one is entered. */
  readonly prompt: string | undefined;
  /** Divides the logits before a symbol is sampled. */
  readonly temperature: number;
  /** Seed of the sampled text. */
  readonly sampleSeed: number;
  /** Sequence of the batch that the sequence-time cells show. */
  readonly sequence: number;
  /** The sequence that they show instead of one of the batch; undefined for none. */
  readonly probe: Probe | undefined;
  /** What colours the text of the sequence: `h`, `c`, a gate's letter, or `dx`, the norm of ∂L/∂x_t. */
  readonly textColour: string;
  /** The unit of that state or gate. */
  readonly textUnit: number;
  /** undefined follows the latest update. */
  readonly selection: Point | undefined;
  /** The colour scale of the heatmap after it was fitted; undefined is that of the whole run. */
  readonly fittedColours: FittedColours | undefined;
  /** The memory horizons that were measured over the run. */
  readonly horizons: MeasuredHorizons | undefined;
  /** Threshold of the norm whose share of clipped updates is shown; undefined is that of the run. */
  readonly clipThreshold: number | undefined;
  /** Output whose predicted and target values are shown. */
  readonly output: number;
  /** What the cell "Validation" shows, as `measuresOf` names it; where the run doesn't have it, its first measure. */
  readonly validationMeasure: string;
  /** Whether the gradient flow is that of the sequence or the median over sequences. */
  readonly gradientFlowOf: 'sequence' | 'median';
  /** The state to which the gradient flow is shown; h_t for a cell without a cell state. */
  readonly gradientFlowState: 'h' | 'c';
  /** Step of the loss whose row of the gradient flow is read; undefined is the last loss. */
  readonly gradientFlowLoss: number | undefined;
  /** The colour scale of the gradient flow, which only grows; undefined before the first matrix. */
  readonly gradientFlowColours: LayerColours | undefined;
  /** The largest magnitude of each node of the unrolled net so far, by its symbol: the limits of its colours. */
  readonly netLimits: Readonly<Record<string, number>>;
  /** Whether the unrolled net shows the gradient of its states as arrows back through time. */
  readonly netGradient: boolean;
  /** The largest norm of these gradients so far: the end of their colours. */
  readonly netGradientLimit: number;
  /** Held-out sequence whose predictions are shown. */
  readonly heldOutSequence: number;
  /** Visible held-out rows of a table; undefined is all of them. */
  readonly heldOutRange: readonly [number, number] | undefined;
  /** What colours the projected states; undefined is the most informative property. */
  readonly stateColour: StateColour | undefined;
  /** Changes to the update that is recomputed. */
  readonly whatIf: WhatIfSettings;
  /** Folder of the run whose place to open has been shown: it is shown once. */
  readonly openedRun: string | undefined;
}

/** A colour scale from 10^from to 10^to, fitted when the run had this many updates; later ones may extend it. */
export interface FittedColours {
  readonly from: number;
  readonly to: number;
  readonly updates: number;
}

/** A colour scale from 10^from to 10^to of one layer. */
export interface LayerColours {
  readonly layer: number;
  /** Absent in views that earlier versions saved: h. */
  readonly state?: 'h' | 'c';
  readonly from: number;
  readonly to: number;
}

/** Memory horizons of one run and layer, in the order of the updates. */
export interface MeasuredHorizons {
  readonly folder: string;
  readonly layer: number;
  readonly measured: readonly Horizon[];
}

/** The property that determines the colour of a projected state. */
export type StateColour = 'step' | 'both' | 'input' | 'topPrediction' | 'target' | 'value';

/** What is changed about an update when it is recomputed; undefined numbers have a default that depends on the update. */
export interface WhatIfSettings {
  readonly clipping: 'trained' | 'none' | 'norm' | 'value' | 'hidden';
  readonly threshold: number | undefined;
  readonly covered: 'trained' | 'full' | 'last';
  /** Steps that the gradient covers where `covered` is `last`. */
  readonly backward: number | undefined;
  /** undefined is the trained one. */
  readonly learningRate: number | undefined;
}

/** The run that is shown. */
export interface ShownRun {
  readonly info: RunInfo;
  readonly status: RunStatus;
  readonly series: DisplaySeries;
  /** Incremented when columns are appended to the series. */
  readonly version: number;
  /** Where the experiment says that its panel opens. */
  readonly open?: OpenPlace | undefined;
  /** A range of the run in more columns than the series has for it. */
  readonly zoomed?: ShownZoomedSeries | undefined;
}

/** Updates `series.origin … end` (exclusive) of a run. */
export interface ShownZoomedSeries {
  readonly series: DisplaySeries;
  readonly end: number;
}

/** The state of the inspection of the selected update. */
export type InspectionState =
  | { readonly kind: 'none'; readonly reason: string }
  | { readonly kind: 'loading'; readonly update: number }
  | { readonly kind: 'ready'; readonly inspection: Inspection }
  | { readonly kind: 'failed'; readonly update: number; readonly message: string };

/** A command that was pressed on this page, before the host has answered. */
export interface SentCommand {
  readonly command: PendingCommand;
  /** Updates of the run when it was pressed. */
  readonly updates: number;
}

/** Everything the notebook draws from. */
export interface Model {
  /** false until the host's first answer. */
  readonly isReady: boolean;
  readonly uri: string;
  /** Folder of the run, where the panel shows a single run and not an experiment with its variants. */
  readonly folder: string | undefined;
  /** When that run started, as text. */
  readonly began: string;
  readonly title: string;
  readonly fileName: string;
  readonly entries: readonly PanelEntry[];
  readonly variant: string | undefined;
  readonly seed: number | undefined;
  readonly run: ShownRun | undefined;
  readonly message: string | undefined;
  /** A command that was pressed and that the host has not answered. */
  readonly sent: SentCommand | undefined;
  readonly view: View;
  readonly inspection: InspectionState;
  /** The cell to which the page scrolls next, as the experiment names it; undefined where it need not. */
  readonly openCell: OpenPlace['cell'];
  /** The place that a lesson is about, until the run has got there. */
  readonly requestedPlace: OpenPlace | undefined;
  /** The cell that a lesson is about, as an experiment names it. */
  readonly markedCell: OpenPlace['cell'];
  /** The only updates that can be shown step by step, where no trainer can replay others; undefined where one can. */
  readonly shared: SharedUpdates | undefined;
  /** Under the pointer. */
  readonly hover: Point | undefined;
  /** Step of the loss that was pointed at last in the gradient flow, since one was selected. */
  readonly pointedLoss: number | undefined;
  /** Step that the animation of the unrolled net has reached; undefined while nothing moves. */
  readonly unrollingStep: number | undefined;
}

/** Every cell unfolded, with its help text and its table closed. */
export const standardCellStates: CellStates = { folded: [], helpOpen: [], tablesOpen: [], presented: undefined };

/** The cells, and parts of cells, that start folded, so that the notebook has an overview: their titles are visible. */
export const standardFolded: readonly string[] = [
  'Update ratio',
  'Memory horizon',
  'Gate saturation',
  'Gradient norm per parameter',
  'Validation',
  'Clipping at this update',
  'What if',
  'Run',
  ...Object.values(cellParts).map(partKey),
];

/** No change: the update as it was trained. */
export const asTrained: WhatIfSettings = {
  clipping: 'trained',
  threshold: undefined,
  covered: 'trained',
  backward: undefined,
  learningRate: undefined,
};

/** The default view. */
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
  gradientNode: 'later',
  parameter: '',
  prompt: undefined,
  temperature: firstSample.temperature,
  sampleSeed: firstSample.seed,
  sequence: 0,
  probe: undefined,
  textColour: 'h',
  textUnit: 0,
  selection: undefined,
  fittedColours: undefined,
  horizons: undefined,
  clipThreshold: undefined,
  output: 0,
  validationMeasure: '',
  gradientFlowOf: 'sequence',
  gradientFlowState: 'h',
  gradientFlowLoss: undefined,
  gradientFlowColours: undefined,
  netLimits: {},
  netGradient: false,
  netGradientLimit: 0,
  heldOutSequence: 0,
  heldOutRange: undefined,
  stateColour: undefined,
  whatIf: asTrained,
  openedRun: undefined,
  ...standardCellStates,
  folded: standardFolded,
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
  seed: undefined,
  run: undefined,
  message: undefined,
  sent: undefined,
  inspection: { kind: 'none', reason: '' },
  view: standardView,
  openCell: undefined,
  requestedPlace: undefined,
  markedCell: undefined,
  shared: undefined,
  hover: undefined,
  pointedLoss: undefined,
  unrollingStep: undefined,
};

/** The entry of the shown run; undefined where the list of entries does not have it. */
export function selectedEntry({ entries, variant, seed }: Pick<Model, 'entries' | 'variant' | 'seed'>) {
  return entries.find((entry) => entry.variant === variant && entry.seed === seed);
}
