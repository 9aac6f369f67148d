import { html, render, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';
import type {
  RunProgress,
  RunsTableAction,
  RunsTableHostContract,
  RunsTableRow,
  RunsTableState,
} from '../../src/protocol/runsTable';
import { formatCount, formatExact } from '../../src/text/numbers';
import { connectHost, reportFaults } from '../page/host';
import { buttonTemplate, fieldTemplate, type ButtonSpec } from '../ui/controls';
import { element } from '../ui/element';
import { columnsOf, sortedRows, standardColumns, type Column } from './columns';
import { readFilter } from './filter';
import { restoreTableView, type TableView } from './tableView';
import { RowsView } from './rowsView';
import { translate } from '../../src/text/translate';
import './runsTable.css';

/** The page with all runs in a table: sorted, filtered, and acted on. */
export function showRunsTable(root: HTMLElement): void {
  const host = connectHost<RunsTableHostContract>();
  const { channel } = host;
  const report = reportFaults(channel);
  let state: RunsTableState | undefined;
  let view = restoreTableView(host.savedState());
  let selected: ReadonlySet<string> = new Set();

  const head = element('header', { class: 'runs-head' });
  const rowsView = new RowsView({
    open: (folder) => {
      act('open', [folder]);
    },
    select: (folders, isSelected) => {
      const changed = new Set(selected);
      for (const folder of folders)
        if (isSelected) changed.add(folder);
        else changed.delete(folder);
      selected = changed;
      draw();
    },
    sort: (column) => {
      const isSame = view.sortBy === column.id;
      change({ sortBy: column.id, isDescending: isSame ? !view.isDescending : column.isNumeric });
    },
  });
  root.classList.add('runs-table');
  root.append(head, rowsView.element);

  const act = (action: RunsTableAction, folders: readonly string[]): void => {
    channel.request('act', { action, folders: [...folders] }).catch(report);
  };

  const change = (changed: Partial<TableView>): void => {
    view = { ...view, ...changed };
    host.saveState({ runs: 'all', view });
    channel.emit('view', { ...view });
    draw();
  };

  const headTemplate = (
    all: readonly RunsTableRow[],
    shown: readonly RunsTableRow[],
    columns: readonly Column[],
    shownColumns: readonly Column[],
  ): TemplateResult => {
    const hidden = all.filter(({ isHidden }) => isHidden).length;
    const counts = [
      shown.length === all.length
        ? formatCount(all.length, 'run')
        : translate`${formatExact(shown.length)} of ${formatCount(all.length, 'run')}`,
      ...(hidden > 0 && !view.showsHidden ? [translate`${formatExact(hidden)} hidden`] : []),
    ];
    return html`<div class="runs-row">
        <h1>${translate`All runs`}</h1>
        <span role="status">${counts.join(' · ')}</span>
      </div>
      <div class="runs-row">
        <label class="runs-filter"
          ><span>${translate`Filter`}</span>${fieldTemplate({
            label: translate`Filter`,
            hint: translate`Words that a run has anywhere; column:word for one column, column<number to compare: cell:lstm validationloss<0.1`,
            value: view.filter,
            size: 34,
            onInput: onFilter,
            onEnter: (filter) => {
              if (filter !== view.filter) change({ filter });
            },
          })}</label
        >
        ${columnChoice(columns, shownColumns)}
        <label class="runs-check" ?hidden=${hidden === 0}
          ><input
            type="checkbox"
            .checked=${live(view.showsHidden)}
            @change=${() => {
              change({ showsHidden: !view.showsHidden });
            }}
          />${translate`List hidden runs`}</label
        >
      </div>
      ${actionsTemplate(shown)}`;
  };

  const onFilter = (): void => {
    const field = head.querySelector<HTMLElementTagNameMap['vscode-text-field']>('vscode-text-field');
    if (field !== null && field.value !== view.filter) change({ filter: field.value });
  };

  const columnChoice = (columns: readonly Column[], shown: readonly Column[]): TemplateResult => {
    const ids = shown.map(({ id }) => id);
    const toggle = (id: string) => () => {
      const wanted = ids.includes(id) ? ids.filter((one) => one !== id) : [...ids, id];
      change({ columns: columns.map((column) => column.id).filter((one) => wanted.includes(one)) });
    };
    return html`<details class="runs-columns">
      <summary>${translate`Columns`}</summary>
      <div class="runs-column-list">
        ${columns.map(
          ({ id, label }) =>
            html`<label class="runs-check"
              ><input
                type="checkbox"
                ?disabled=${id === 'name'}
                .checked=${live(ids.includes(id))}
                @change=${toggle(id)}
              />${label}</label
            >`,
        )}
        ${buttonTemplate({
          label: translate`Standard columns`,
          isEnabled: view.columns !== undefined,
          onPress: () => {
            change({ columns: undefined });
          },
        })}
      </div>
    </details>`;
  };

  // A run that a filter leaves out stays selected, so that runs of several filters can be compared; but nobody deletes what
  // they don't see.
  const actionsTemplate = (shown: readonly RunsTableRow[]): TemplateResult => {
    const chosen = shown.filter(({ folder }) => selected.has(folder));
    const folders = chosen.map(({ folder }) => folder);
    const isHidden = chosen.length > 0 && chosen.every((row) => row.isHidden);
    const button = (action: RunsTableAction, label: string, fewest: number, most = Infinity): TemplateResult =>
      buttonTemplate({
        label,
        isEnabled: chosen.length >= fewest && chosen.length <= most,
        onPress: () => {
          act(action, folders);
        },
      } satisfies ButtonSpec);
    return html`<div class="runs-row runs-actions" role="toolbar" aria-label=${translate`Selected runs`}>
      <span class="runs-selected">${formatSelected(chosen.length, selected.size - chosen.length)}</span>
      ${button('compare', translate`Compare`, 2)}${button('compareExperiments', translate`Compare experiments`, 2, 2)}${button('rename', translate`Rename…`, 1, 1)}${button('editTags', translate`Tags…`, 1)}${button('editNote', translate`Note…`, 1, 1)}${button(isHidden ? 'unhide' : 'hide', isHidden ? translate`Unhide` : translate`Hide`, 1)}${button('delete', translate`Delete…`, 1)}
    </div>`;
  };

  const draw = (): void => {
    if (state === undefined) {
      render(html`<p>${translate`Loading runs…`}</p>`, head);
      return;
    }
    const { rows, keys } = state;
    const known = new Set(rows.map(({ folder }) => folder));
    selected = new Set([...selected].filter((folder) => known.has(folder)));
    const columns = columnsOf(keys);
    const wanted = view.columns ?? standardColumns(columns);
    const shownColumns = columns.filter(({ id }) => id === 'name' || wanted.includes(id));
    const sortBy = columns.find(({ id }) => id === view.sortBy);
    const listed = rows
      .filter(({ isHidden }) => view.showsHidden || !isHidden)
      .filter(readFilter(view.filter, columns));
    const shown = sortBy === undefined ? listed : sortedRows(listed, sortBy, view.isDescending);
    render(headTemplate(rows, shown, columns, shownColumns), head);
    rowsView.update({
      rows: shown,
      columns: shownColumns,
      sortBy: view.sortBy,
      isDescending: view.isDescending,
      selected,
    });
  };

  const receive = (next: RunsTableState): void => {
    state = next;
    if (next.saved !== undefined) view = restoreTableView(next.saved);
    draw();
  };

  channel.on('show', receive);
  channel.on('progress', (progress) => {
    if (state === undefined) return;
    state = { ...state, rows: withProgress(state.rows, progress) };
    draw();
  });
  draw();
  channel.request('ready', undefined).then(receive, report);
}

/** How many selected runs are shown, which actions act on, and how many are not. */
function formatSelected(shown: number, others: number): string {
  if (shown > 0)
    return translate`${formatExact(shown)} selected${others > 0 ? translate`, ${formatExact(others)} more not shown` : ''}`;
  if (others === 0) return translate`Select runs to act on them`;
  return others === 1
    ? translate`1 selected run is not shown`
    : translate`${formatExact(others)} selected runs are not shown`;
}

function withProgress(rows: readonly RunsTableRow[], progress: readonly RunProgress[]): readonly RunsTableRow[] {
  const byFolder = new Map(progress.map((one) => [one.folder, one]));
  return rows.map((row) => ({ ...row, ...byFolder.get(row.folder) }));
}
