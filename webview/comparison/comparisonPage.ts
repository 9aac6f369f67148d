import { html, render } from 'lit-html';
import type { ComparisonHostContract } from '../../src/protocol/comparison';
import { axisTo, lastUpdateOf, fewestUpdates } from '../plot/trainingAxis';
import { SharedZoom } from '../plot/zoom';
import { renderLoop } from '../page/renderLoop';
import { setSaver } from '../page/saveFile';
import { connectHost, hasCommands, reportFaults } from '../page/host';
import { Store } from '../store/store';
import { buttonTemplate } from '../ui/controls';
import { element } from '../ui/element';
import { Presenting } from '../notebook/presenting';
import { toggled, type ToggleCell } from '../notebook/cell/cellFrame';
import { CurvesCell } from './curvesCell';
import { DifferencesCell } from './differencesCell';
import { FindingsCell } from './findingsCell';
import { HeatmapsCell } from './heatmapsCell';
import { emptyComparison, reduceComparison, type Comparison } from './model';
import { SeedsCell } from './seedsCell';
import { translate } from '../../src/text/translate';
import './comparison.css';

/** The page of a comparison: connects to the host, requests the state and then follows events. */
export function showComparison(root: HTMLElement): void {
  const host = connectHost<ComparisonHostContract>();
  const { channel } = host;
  const report = reportFaults(channel);
  setSaver((file) => {
    channel.emit('save', file);
  });
  const store = new Store(emptyComparison(host.savedState()), reduceComparison);
  const zoom = new SharedZoom(fewestUpdates, (range) => {
    store.dispatch({ kind: 'viewChanged', view: { range } });
  });
  const toggle: ToggleCell = (part, title) => {
    store.dispatch({ kind: 'viewChanged', view: toggled(store.model.view, part, title) });
  };
  const commands = {
    open: (id: number) => void channel.request('open', id).catch(report),
    remove: (id: number) => void channel.request('remove', id).catch(report),
  };
  const cells = [
    new CurvesCell(store, zoom, toggle),
    new HeatmapsCell(store, toggle),
    new DifferencesCell(store, toggle, hasCommands(root) ? commands : undefined),
    new SeedsCell(toggle),
    new FindingsCell(toggle),
  ];
  const presenting = new Presenting(
    cells,
    () => store.model.view,
    (presented) => {
      store.dispatch({ kind: 'viewChanged', view: { presented } });
    },
  );
  presenting.listenForKeys(document.body);
  const head = element('header', { class: 'notebook-head comparison-head' });
  const choose = (): void => void channel.request('choose', undefined).catch(report);
  const share = (): void => void channel.request('share', undefined).catch(report);
  const group = element('div', { class: 'group' }, ...cells.map((cell) => cell.element));
  const empty = element('div', { class: 'empty' });
  root.append(element('div', { class: 'sticky' }, head), empty, group);

  channel.on('show', (state) => {
    store.dispatch({ kind: 'comparisonLoaded', state });
  });
  channel.on('waiting', ({ id, status }) => {
    store.dispatch({ kind: 'statusChanged', id, status });
  });
  channel.on('appended', ({ id, status, series }) => {
    store.model.members.find((member) => member.id === id)?.run?.series.write(series);
    store.dispatch({ kind: 'statusChanged', id, status });
  });
  let saved: Comparison | undefined;
  const saveWhenChanged = (model: Comparison): void => {
    if (!model.isReady || (model.subjects === saved?.subjects && model.view === saved.view)) return;
    if (saved?.view !== model.view) channel.emit('view', { ...model.view });
    saved = model;
    host.saveState({ subjects: model.subjects, view: model.view });
  };
  renderLoop(root, store, (model, theme) => {
    presenting.update(model.view);
    const end = Math.max(1, ...model.members.map(({ run }) => (run === undefined ? 1 : lastUpdateOf(run))));
    const axis = axisTo(end, model.view.range, root.clientWidth);
    const isEmpty = model.members.length === 0;
    const title = model.members.length === 1 ? translate`1 run` : translate`${model.members.length} runs compared`;
    const isHidden = !model.isReady || !hasCommands(root);
    render(
      html`<h1>${title}</h1>
        <div class="comparison-buttons">
          ${buttonTemplate({ label: translate`Compare other runs…`, isHidden, onPress: choose })}
          ${buttonTemplate({
            label: translate`Share as HTML file…`,
            hint: translate`Writes this comparison as one file that any browser opens, also offline`,
            appearance: 'secondary',
            isHidden: isHidden || isEmpty,
            onPress: share,
          })}
        </div>
        <p class="comparison-note" ?hidden=${model.note === undefined}>${model.note}</p>`,
      head,
    );
    render(
      html`<p>${model.isReady ? translate`No runs to compare. Choose two or more.` : translate`Loading runs…`}</p>`,
      empty,
    );
    empty.hidden = !isEmpty;
    group.hidden = isEmpty;
    if (!isEmpty) for (const cell of cells) cell.update({ model, axis, theme });
    zoom.follow(axis);
    saveWhenChanged(model);
  });
  channel.request('ready', undefined).then((state) => {
    store.dispatch({ kind: 'comparisonLoaded', state });
  }, report);
}
