import { formatDuration, formatNumber, formatExact, formatPercentage } from '../../src/text/numbers';
import { stateLabels } from '../../src/protocol/run';
import { CellFrame, type ToggleCell } from '../notebook/cellFrame';
import type { Table } from '../plot/table';
import { button } from '../ui/controls';
import { element } from '../ui/element';
import type { Theme } from '../theme/theme';
import { lineSample, lineStyle } from './lineStyle';
import type { Comparison, Member } from './model';
import { highlight, type ComparisonCell, type ComparisonDrawing, type ComparisonStore } from './comparisonCell';

/** The commands of the table's rows. */
export interface MemberCommands {
  readonly open: (id: number) => void;
  readonly remove: (id: number) => void;
}

const outcomes = ['state', 'updates', 'loss', 'lowest loss', 'validation', 'clipped', 'time'] as const;

/** [3] The keys in which the runs differ, and the outcomes. */
export class DifferencesCell implements ComparisonCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #place = element('div', {
    class: 'parameter-table',
    role: 'region',
    'aria-label': 'Differences between the runs',
    tabindex: '0',
  });
  readonly #rows = new Map<number, HTMLTableRowElement>();
  #drawn = '';

  constructor(
    readonly store: ComparisonStore,
    toggle: ToggleCell,
    readonly requests: MemberCommands,
  ) {
    this.#frame = new CellFrame(3, 'Differences', toggle);
    this.element = this.#frame.element;
    this.#frame.body.append(this.#place);
  }

  update({ model, theme }: ComparisonDrawing): void {
    this.#frame.follow(model.view);
    this.#frame.setSummary(summary(model));
    const cells = model.members.map((member) => cellsOf(member, model.keys));
    const key = JSON.stringify([model.keys, model.members.map(({ id, name }) => [id, name]), cells, theme.kind]);
    this.#frame.setTable(key, () => tableOf(model));
    if (key !== this.#drawn) {
      this.#drawn = key;
      this.#build(model, cells, theme);
    }
    for (const [id, row] of this.#rows) row.classList.toggle('highlighted', id === model.highlighted);
  }

  #build({ members, keys }: Comparison, cells: readonly (readonly string[])[], theme: Theme): void {
    // Keep the focus on the focused row.
    const focused = [...this.#rows].find(([, row]) => row === document.activeElement)?.[0];
    this.#rows.clear();
    const names = ['run', ...keys, ...outcomes];
    const head = element(
      'tr',
      {},
      ...names.map((name) => element('th', { scope: 'col' }, ...breakable(name))),
      element('td', {}),
    );
    members.forEach((member, i) => this.#rows.set(member.id, this.#row(member, cells[i] ?? [], theme)));
    this.#place.replaceChildren(
      element(
        'table',
        { class: 'parameters comparison-table' },
        element('thead', {}, head),
        element('tbody', {}, ...this.#rows.values()),
      ),
    );
    if (focused !== undefined) this.#rows.get(focused)?.focus();
  }

  #row({ id, name }: Member, cells: readonly string[], theme: Theme): HTMLTableRowElement {
    const open = button({
      label: `Open ${name}`,
      icon: 'play',
      appearance: 'icon',
      onPress: () => {
        this.requests.open(id);
      },
    });
    const remove = button({
      label: `Remove ${name} from the comparison`,
      icon: 'close',
      appearance: 'icon',
      onPress: () => {
        this.requests.remove(id);
      },
    });
    const row = element(
      'tr',
      { tabindex: '0' },
      element('th', { scope: 'row' }, lineSample(lineStyle(id, theme)), ' ', name),
      ...cells.map((text) => element('td', {}, text)),
      element('td', {}, open, remove),
    );
    for (const event of ['pointerenter', 'focus'] as const) {
      row.addEventListener(event, () => {
        highlight(this.store, id);
      });
    }
    for (const event of ['pointerleave', 'blur'] as const) {
      row.addEventListener(event, () => {
        highlight(this.store);
      });
    }
    row.addEventListener('keydown', (event) => {
      if (event.target !== row) return;
      if (event.key === 'Enter') this.requests.open(id);
      const rows = [...this.#rows.values()];
      const to = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (to === undefined) return;
      rows[rows.indexOf(row) + to]?.focus();
      event.preventDefault();
    });
    return row;
  }
}

/** A dotted key that may wrap after a dot. */
function breakable(key: string): readonly (Node | string)[] {
  return key.split('.').flatMap((part, i) => (i === 0 ? [part] : ['.', element('wbr'), part]));
}

function cellsOf({ values, status, run, problem }: Member, keys: readonly string[]): readonly string[] {
  const { lossMin = NaN, share = NaN } = run === undefined ? {} : extremesOf(run);
  const number = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? '–' : formatNumber(value);
  return [
    ...keys.map((key) => values[key] ?? '–'),
    problem ?? (status === undefined ? '–' : stateLabels[status.state]),
    status === undefined ? '–' : formatExact(status.updates),
    number(status?.loss),
    number(lossMin),
    number(status?.validationLoss),
    Number.isNaN(share) ? '–' : formatPercentage(share),
    status === undefined || status.seconds === 0 ? '–' : formatDuration(status.seconds),
  ];
}

function extremesOf({ series, status, info }: NonNullable<Member['run']>) {
  return {
    lossMin: series.scalars
      .values('lossMin')
      .reduce((least, value) => (value < least || Number.isNaN(least) ? value : least), NaN),
    share: info.clip === null || status.updates === 0 ? NaN : status.clipped / status.updates,
  };
}

function tableOf({ members, keys }: Comparison): Table {
  return {
    caption: 'Differences between the runs',
    columns: ['run', ...keys, ...outcomes],
    rows: members.map((member) => [member.name, ...cellsOf(member, keys)]),
  };
}

function summary({ keys, members }: Comparison): string {
  if (members.length < 2) return 'Add a second run to see the keys in which they differ.';
  if (keys.length === 0) return 'The experiments of these runs have the same value for every key.';
  const named = keys.length <= 4 ? keys.join(', ') : `${keys.slice(0, 4).join(', ')} and ${keys.length - 4} more`;
  return `The runs differ in ${named}.`;
}
