import { DisplaySeries } from '../../src/run/series/displaySeries';
import type { PanelEntry, PanelState } from '../../src/protocol/panel';
import type { RunStatus } from '../../src/protocol/run';
import type { InspectionState, Model, Point, ShownZoomedSeries, ShownRun, View } from './model';

/** Everything that can happen to the model. */
export type Action =
  | { readonly kind: 'shown'; readonly state: PanelState }
  | { readonly kind: 'status'; readonly status: RunStatus; readonly entries: readonly PanelEntry[] }
  /** The series has taken in new columns. */
  | { readonly kind: 'grown' }
  | { readonly kind: 'detailed'; readonly detail: ShownZoomedSeries | undefined }
  | { readonly kind: 'viewed'; readonly view: Partial<View> }
  | { readonly kind: 'hovered'; readonly point: Point | undefined }
  | { readonly kind: 'looked'; readonly look: InspectionState };

/** The model after an action. */
export function reduce(model: Model, action: Action): Model {
  switch (action.kind) {
    case 'shown':
      return shown(model, action.state);
    case 'status': {
      const run = model.run === undefined ? undefined : { ...model.run, status: action.status };
      return { ...model, run, entries: action.entries, message: action.status.message };
    }
    case 'grown':
      return model.run === undefined ? model : { ...model, run: { ...model.run, version: model.run.version + 1 } };
    case 'detailed':
      return model.run === undefined ? model : { ...model, run: { ...model.run, zoomed: action.detail } };
    case 'viewed':
      return { ...model, view: { ...model.view, ...action.view } };
    case 'hovered':
      return { ...model, hover: action.point };
    case 'looked':
      return { ...model, inspection: action.look };
    default:
      return action satisfies never;
  }
}

function shown(model: Model, state: PanelState): Model {
  const run = state.run === undefined ? undefined : runOf(state.run, model.run);
  const changed = model.isReady && model.variant !== state.selected;
  return {
    isReady: true,
    uri: state.uri,
    folder: state.folder,
    title: state.title,
    began: state.began,
    fileName: state.fileName,
    entries: state.entries,
    variant: state.selected,
    run,
    message: state.message,
    inspection: changed || run?.facts.folder !== model.run?.facts.folder ? { kind: 'none', why: '' } : model.inspection,
    view: fitted(
      changed
        ? { ...model.view, range: undefined, stepRange: undefined, prompt: undefined, selection: undefined }
        : model.view,
      run,
    ),
    hover: undefined,
  };
}

function runOf(view: NonNullable<PanelState['run']>, before: ShownRun | undefined): ShownRun {
  const series = new DisplaySeries(view.facts.layout, view.facts.recordEvery);
  series.write(view.series);
  // The same run shown again has the same records, unless it was gone on with from an earlier checkpoint.
  const isSame = before !== undefined && before.facts.folder !== null && before.facts.folder === view.facts.folder;
  const isThere = (before?.zoomed?.end ?? Infinity) <= view.status.updates;
  const detail = isSame && isThere ? before.zoomed : undefined;
  return { facts: view.facts, status: view.status, series, version: 1, zoomed: detail };
}

/** A view kept from another run may name a layer or a quantity that this one has not. */
function fitted(view: View, run: ShownRun | undefined): View {
  if (run === undefined) return view;
  const { layers, hasCellState } = run.facts.layout;
  return {
    ...view,
    layer: Math.min(view.layer, layers - 1),
    quantity: view.quantity === 'dc' && !hasCellState ? 'dh' : view.quantity,
  };
}
