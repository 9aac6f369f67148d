import type { PanelHostContract } from '../../src/protocol/panel';
import type { RequestReplay } from '../../src/protocol/replayRequests';
import { renderLoop } from '../page/renderLoop';
import { setSaver } from '../page/saveFile';
import { connectHost, hasCommands, reportFaults } from '../page/host';
import { emptyModel, type Model } from '../store/model';
import { reduce } from '../store/reducer';
import { isSameState, restoreView, savedStateOf, type SavedState } from '../store/savedView';
import { ZoomedSeriesLoader } from '../store/zoomedSeries';
import { FirstPicture } from '../store/firstPicture';
import { InspectionLoader } from '../store/inspectionLoader';
import { Store } from '../store/store';
import { Notebook } from './notebook';

/** The page of a run: connects to the host, requests the state and then follows events. */
export function showNotebook(root: HTMLElement): void {
  const host = connectHost<PanelHostContract>();
  const { channel } = host;
  const report = reportFaults(channel);
  setSaver((file) => {
    channel.emit('save', file);
  });
  const store = new Store({ ...emptyModel, view: restoreView(host.savedState()) }, reduce);
  const request: RequestReplay = (name, params) => channel.request(name, params);
  const notebook = new Notebook(
    root,
    store,
    {
      hasCommands: hasCommands(root),
      command: (command) => {
        // The button answers at once, whatever the host is busy with.
        store.dispatch({ kind: 'commandSent', command });
        channel.request('command', command).catch((error: unknown) => {
          store.dispatch({ kind: 'commandFailed' });
          report(error);
        });
      },
      select: ({ variant, seed }) => void channel.request('select', { variant, seed }).catch(report),
      setPace: (pace) => void channel.request('setPace', pace).catch(report),
      setLearningRate: (rate) => void channel.request('setLearningRate', rate).catch(report),
      savePredictions: (update) => channel.request('savePredictions', { update }).then(() => undefined, report),
      applyRemedy: (finding) => void channel.request('applyRemedy', finding).catch(report),
      selectBest: () => {
        inspectBest(store);
        scrollToSequenceTime(root);
      },
      selectLastFinite: () => {
        inspectLastFinite(store);
        scrollToSequenceTime(root);
      },
    },
    request,
  );

  new InspectionLoader(store, request);
  new FirstPicture(store, () => void channel.request('drawn', undefined).catch(report));
  const zoomedSeries = new ZoomedSeriesLoader(store, (params) => channel.request('zoomedSeries', params), report);

  channel.on('show', (state) => {
    store.dispatch({ kind: 'runLoaded', state });
  });
  channel.on('status', ({ status, entries }) => {
    store.dispatch({ kind: 'statusChanged', status, entries });
  });
  channel.on('series', (slice) => {
    store.model.run?.series.write(slice);
    store.dispatch({ kind: 'seriesAppended' });
  });
  channel.on('zoomedSeries', (gained) => {
    zoomedSeries.append(gained);
  });
  let saved: SavedState | undefined;
  const saveWhenChanged = (model: Model): void => {
    const state = savedStateOf(model);
    if (!model.isReady || (saved !== undefined && isSameState(state, saved))) return;
    if (saved?.view !== state.view) channel.emit('view', { ...state.view });
    saved = state;
    host.saveState(state);
  };
  renderLoop(root, store, (model, theme) => {
    notebook.update(model, theme);
    saveWhenChanged(model);
  });
  channel.request('ready', undefined).then((state) => {
    store.dispatch({ kind: 'runLoaded', state });
  }, report);
}

/** Selects the last update with finite numbers, and the step and sequence in which the next one turned non-finite. */
function inspectLastFinite(store: Store): void {
  const { run } = store.model;
  if (run === undefined) return;
  const { nonFinite: broke, updates } = run.status;
  const { steps } = run.info.layout;
  const t = broke?.t === undefined ? undefined : Math.max(0, Math.min(steps - 1, broke.t));
  const selection = { update: Math.max(0, updates - 1), t };
  store.dispatch({
    kind: 'viewChanged',
    view: {
      selection,
      sequence: broke?.row ?? store.model.view.sequence,
      ...(broke === undefined ? {} : { probe: undefined }),
    },
  });
}

/** Selects the update that begins with the state of the lowest validation loss. */
function inspectBest(store: Store): void {
  const best = store.model.run?.status.best;
  if (best === undefined) return;
  store.dispatch({ kind: 'viewChanged', view: { selection: { update: best.updates, t: undefined } } });
}

/** Scrolls to the sequence-time cells, below the sticky header. */
function scrollToSequenceTime(root: HTMLElement): void {
  const group = root.querySelector('[aria-label="Sequence time"]');
  if (group === null) return;
  const covered = root.querySelector<HTMLElement>('.sticky')?.offsetHeight ?? 0;
  scrollTo(0, group.getBoundingClientRect().top + scrollY - covered);
}
