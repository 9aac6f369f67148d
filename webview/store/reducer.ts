import { DisplaySeries } from '../../src/run/series/displaySeries';
import type { PanelCommand, PanelEntry, PanelState } from '../../src/protocol/panel';
import type { RunStatus } from '../../src/protocol/run';
import {
  standardFolded,
  type InspectionState,
  type Model,
  type Point,
  type ShownZoomedSeries,
  type ShownRun,
  type View,
} from './model';
import { atOpenPlace } from './openPlace';
import { sentCommand, stillSent } from './pendingCommand';
import { restoreView, viewToRestore } from './savedView';

/** Everything that can happen to the model. */
export type Action =
  | { readonly kind: 'runLoaded'; readonly state: PanelState }
  | { readonly kind: 'statusChanged'; readonly status: RunStatus; readonly entries: readonly PanelEntry[] }
  /** A button was pressed; its command is on its way to the host. */
  | { readonly kind: 'commandSent'; readonly command: PanelCommand }
  /** The page has scrolled to the cell that the experiment names. */
  | { readonly kind: 'cellOpened' }
  /** The tick of a clipped update was clicked: the view goes to what the norm of its gradient consists of. */
  | { readonly kind: 'clipPicked'; readonly update: number }
  /** The host couldn't run a command. */
  | { readonly kind: 'commandFailed' }
  /** Columns were appended to the series, in place. */
  | { readonly kind: 'seriesAppended' }
  | { readonly kind: 'zoomedSeriesChanged'; readonly zoomed: ShownZoomedSeries | undefined }
  | { readonly kind: 'viewChanged'; readonly view: Partial<View> }
  | { readonly kind: 'hoverChanged'; readonly point: Point | undefined }
  | { readonly kind: 'lossPointed'; readonly loss: number | undefined }
  | { readonly kind: 'unrollingMoved'; readonly step: number | undefined }
  | { readonly kind: 'inspectionChanged'; readonly inspection: InspectionState };

/** The model after an action. */
export function reduce(model: Model, action: Action): Model {
  switch (action.kind) {
    case 'runLoaded':
      return atOpenPlace(runLoaded(model, action.state));
    case 'statusChanged': {
      const run = model.run === undefined ? undefined : { ...model.run, status: action.status };
      const sent = stillSent(model.sent, action.status);
      return atOpenPlace({ ...model, run, entries: action.entries, message: action.status.message, sent });
    }
    case 'cellOpened':
      return { ...model, openCell: undefined };
    case 'clipPicked':
      return {
        ...model,
        view: viewChanged(model.view, { selection: { update: action.update, t: model.view.selection?.t } }),
        openCell: 'gradientNorm',
      };
    case 'commandSent':
      return { ...model, sent: sentCommand(action.command, model.run?.status) };
    case 'commandFailed':
      return { ...model, sent: undefined };
    case 'seriesAppended':
      return model.run === undefined ? model : { ...model, run: { ...model.run, version: model.run.version + 1 } };
    case 'zoomedSeriesChanged':
      return model.run === undefined ? model : { ...model, run: { ...model.run, zoomed: action.zoomed } };
    case 'viewChanged':
      return { ...model, view: viewChanged(model.view, action.view) };
    case 'hoverChanged':
      return { ...model, hover: action.point };
    case 'lossPointed':
      return { ...model, pointedLoss: action.loss };
    case 'unrollingMoved':
      return { ...model, unrollingStep: action.step };
    case 'inspectionChanged':
      return { ...model, inspection: action.inspection };
    default:
      return action satisfies never;
  }
}

function viewChanged(view: View, changed: Partial<View>): View {
  const next = { ...view, ...changed, ...rangesShowing(view, changed) };
  // A colour scale is fitted to one picture.
  const isSamePicture = next.quantity === view.quantity && next.layer === view.layer;
  return isSamePicture ? next : { ...next, fittedColours: undefined };
}

/** The visible ranges panned to a newly selected point: what is selected is never outside of the zoomed pictures. */
function rangesShowing({ range, stepRange }: View, { selection, ...changed }: Partial<View>): Partial<View> {
  if (selection === undefined) return {};
  const ranges: Partial<View> = {
    range: changed.range ?? rangeIncluding(range, selection.update),
    stepRange: changed.stepRange ?? (selection.t === undefined ? stepRange : rangeIncluding(stepRange, selection.t)),
  };
  return ranges;
}

/** The range [from, to) moved by the least amount that makes a whole update or step visible; undefined shows all. */
function rangeIncluding(range: View['range'], at: number): View['range'] {
  if (range === undefined) return undefined;
  const [from, to] = range;
  const by = at < from ? at - from : at + 1 > to ? at + 1 - to : 0;
  return by === 0 ? range : [from + by, to + by];
}

function runLoaded(before: Model, state: PanelState): Model {
  const model = { ...before, view: viewToRestore(before.view, state.saved, restoreView, standardFolded) };
  const run = state.run === undefined ? undefined : shownRunOf(state.run, model.run);
  const changed = model.isReady && (model.variant !== state.selected || model.seed !== state.selectedSeed);
  const isOtherRun = model.run !== undefined && run?.info.folder !== model.run.info.folder;
  return {
    isReady: true,
    uri: state.uri,
    folder: state.folder,
    title: state.title,
    began: state.startTime,
    fileName: state.fileName,
    entries: state.entries,
    variant: state.selected,
    seed: state.selectedSeed,
    run,
    message: state.message,
    sent: changed || isOtherRun || run === undefined ? undefined : stillSent(model.sent, run.status),
    inspection:
      changed || run?.info.folder !== model.run?.info.folder ? { kind: 'none', reason: '' } : model.inspection,
    view: fitToRun(
      {
        ...(state.update === undefined ? model.view : showing(model.view, state.update)),
        ...(changed ? { range: undefined, stepRange: undefined, prompt: undefined, selection: undefined } : {}),
        ...(changed || isOtherRun ? standardScales : {}),
        ...(state.shared === undefined ? {} : { prompt: state.shared.prompt }),
        ...(state.update === undefined ? {} : { selection: { update: state.update, t: undefined } }),
      },
      run,
    ),
    openCell: model.openCell,
    requestedPlace: state.place ?? (changed ? undefined : model.requestedPlace),
    markedCell: changed || isOtherRun ? undefined : model.markedCell,
    shared: state.shared,
    hover: undefined,
    pointedLoss: undefined,
    unrollingStep: model.unrollingStep,
  };
}

/** The view with an update in its range. */
function showing(view: View, update: number): View {
  return { ...view, range: rangeIncluding(view.range, update) };
}

/** What belongs to the numbers and the data of one run. */
const standardScales = {
  probe: undefined,
  clipThreshold: undefined,
  fittedColours: undefined,
  gradientFlowColours: undefined,
  netLimits: {},
  netGradientLimit: 0,
} as const satisfies Partial<View>;

function shownRunOf(view: NonNullable<PanelState['run']>, before: ShownRun | undefined): ShownRun {
  const series = new DisplaySeries(view.info.layout, view.info.recordEvery);
  series.write(view.series);
  // The same run has the same records, unless it was resumed from an earlier checkpoint in between.
  const isSame = before !== undefined && before.info.folder !== null && before.info.folder === view.info.folder;
  const stillExists = (before?.zoomed?.end ?? Infinity) <= view.status.updates;
  const zoomed = isSame && stillExists ? before.zoomed : undefined;
  return { info: view.info, status: view.status, series, version: 1, zoomed, open: view.open };
}

/** A view of another run may name a layer or a quantity that this run does not have. */
function fitToRun(view: View, run: ShownRun | undefined): View {
  if (run === undefined) return view;
  const { layers, hasCellState } = run.info.layout;
  return {
    ...view,
    layer: Math.min(view.layer, layers - 1),
    quantity: view.quantity === 'dc' && !hasCellState ? 'dh' : view.quantity,
  };
}
