import { html, render, type TemplateResult } from 'lit-html';
import { repeat } from 'lit-html/directives/repeat.js';
import { formatMetric, metricLabel } from '../../src/run/series/formatMetric';
import { formatDuration, formatNumber, formatExact, formatPercentage } from '../../src/text/numbers';
import { stateLabels } from '../../src/protocol/run';
import { CellFrame, type ToggleCell } from '../notebook/cell/cellFrame';
import { lineSample } from '../plot/legend';
import type { Table } from '../plot/table';
import { buttonTemplate } from '../ui/controls';
import { element } from '../ui/element';
import type { Theme } from '../theme/theme';
import { isUnrecorded, lastMetric, maxShownMetrics, metricsOf, type SharedMetric } from './lastMetrics';
import { isLit } from './lines';
import { lineStyle } from './lineStyle';
import type { Comparison, Member } from './model';
import { highlight, type ComparisonCell, type ComparisonDrawing, type ComparisonStore } from './comparisonCell';
import { translate } from '../../src/text/translate';

/** The commands of the table's rows. */
export interface MemberCommands {
  readonly open: (id: number) => void;
  readonly remove: (id: number) => void;
}

/** The outcomes come first: the keys may be many. */
const losses = [translate`loss`, translate`validation`] as const;
const outcomes = [
  translate`lowest loss`,
  translate`clipped`,
  translate`time`,
  translate`updates`,
  translate`state`,
] as const;

/** [3] The keys in which the runs differ, and the outcomes. */
export class DifferencesCell implements ComparisonCell {
  readonly title = 'Differences';
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #place = element('div', {
    class: 'parameter-table',
    role: 'region',
    'aria-label': translate`Differences between the runs`,
    tabindex: '0',
  });
  #drawn = '';

  /** @param requests undefined where no host opens or removes runs */
  constructor(
    readonly store: ComparisonStore,
    toggle: ToggleCell,
    readonly requests: MemberCommands | undefined,
  ) {
    this.#frame = new CellFrame(3, this.title, toggle);
    this.element = this.#frame.element;
    this.#frame.body.append(this.#place);
  }

  update({ model, theme }: ComparisonDrawing): void {
    this.#frame.follow(model.view);
    this.#frame.setSummary(summary(model));
    const cells = model.members.map((member) => cellsOf(member, model));
    const key = JSON.stringify([model.keys, model.members.map(({ id, name }) => [id, name]), cells, theme.kind]);
    const drawn = JSON.stringify([key, model.members.map(({ id }) => isLit(model, id))]);
    this.#frame.setTable(key, () => tableOf(model));
    if (drawn === this.#drawn) return;
    this.#drawn = drawn;
    render(this.#template(model, cells, theme), this.#place);
  }

  #template(model: Comparison, cells: readonly (readonly string[])[], theme: Theme): TemplateResult {
    const { members } = model;
    // A run keeps its row, and with it the focus.
    const rows = repeat(
      members,
      ({ id }) => id,
      (member, i) => this.#row(member, cells[i] ?? [], theme, isLit(model, member.id)),
    );
    return html`<table class="parameters comparison-table">
      <thead>
        <tr>
          ${columnsOf(model).map((name) => html`<th scope="col">${breakable(name)}</th>`)}
          <td></td>
        </tr>
      </thead>
      <tbody>
        ${rows}
      </tbody>
    </table>`;
  }

  #row({ id, name }: Member, cells: readonly string[], theme: Theme, isHighlighted: boolean): TemplateResult {
    const enter = (): void => {
      highlight(this.store, id);
    };
    const leave = (): void => {
      highlight(this.store);
    };
    return html`<tr
      class=${isHighlighted ? 'highlighted' : ''}
      tabindex="0"
      @pointerenter=${enter}
      @focus=${enter}
      @pointerleave=${leave}
      @blur=${leave}
      @keydown=${(event: KeyboardEvent) => {
        this.#handleKey(event, id);
      }}
    >
      <th scope="row">${lineSample(lineStyle(id, theme))} ${name}</th>
      ${cells.map((text) => html`<td>${text}</td>`)}
      <td>${this.#buttons(id, name)}</td>
    </tr>`;
  }

  #buttons(id: number, name: string): readonly TemplateResult[] {
    const { requests } = this;
    if (requests === undefined) return [];
    return [
      buttonTemplate({
        label: translate`Open ${name}`,
        icon: 'play',
        appearance: 'icon',
        onPress: () => {
          requests.open(id);
        },
      }),
      buttonTemplate({
        label: translate`Remove ${name} from the comparison`,
        icon: 'close',
        appearance: 'icon',
        onPress: () => {
          requests.remove(id);
        },
      }),
    ];
  }

  /** Enter opens the run of the focused row; the arrow keys move to the next row. */
  #handleKey(event: KeyboardEvent, id: number): void {
    const { target: row, currentTarget, key } = event;
    if (!(row instanceof HTMLTableRowElement) || row !== currentTarget) return;
    if (key === 'Enter') this.requests?.open(id);
    if (key !== 'ArrowDown' && key !== 'ArrowUp') return;
    const next = key === 'ArrowDown' ? row.nextElementSibling : row.previousElementSibling;
    if (next instanceof HTMLElement) next.focus();
    event.preventDefault();
  }
}

/** A dotted key that may wrap after a dot. */
function breakable(key: string): readonly (string | TemplateResult)[] {
  return key.split('.').map((part, i) => (i === 0 ? part : html`.<wbr />${part}`));
}

/** The last value of each metric of a validation; the first metrics where there are very many. */
function shownMetrics({ members }: Pick<Comparison, 'members'>): readonly SharedMetric[] {
  return metricsOf(members).slice(0, maxShownMetrics);
}

function columnsOf(model: Comparison): readonly string[] {
  const metrics = shownMetrics(model).map(({ metric }) => metricLabel(metric));
  return [translate`run`, ...losses, ...metrics, ...outcomes, ...model.keys];
}

function metricCell(member: Member, { name, metric }: SharedMetric): string {
  const value = lastMetric(member, name);
  if (!Number.isNaN(value)) return formatMetric(metric, value);
  return isUnrecorded(member) ? translate`not recorded` : '–';
}

function cellsOf(member: Member, model: Comparison): readonly string[] {
  const { values, status, run, problem } = member;
  const { lossMin = NaN, share = NaN } = run === undefined ? {} : extremesOf(run);
  const number = (value: number | undefined): string =>
    value === undefined || Number.isNaN(value) ? '–' : formatNumber(value);
  return [
    number(status?.loss),
    number(status?.validationLoss),
    ...shownMetrics(model).map((metric) => metricCell(member, metric)),
    number(lossMin),
    Number.isNaN(share) ? '–' : formatPercentage(share),
    status === undefined || status.seconds === 0 ? '–' : formatDuration(status.seconds),
    status === undefined ? '–' : formatExact(status.updates),
    problem ?? (status === undefined ? '–' : stateLabels[status.state]),
    ...model.keys.map((key) => values[key] ?? '–'),
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

function tableOf(model: Comparison): Table {
  return {
    caption: translate`Differences between the runs`,
    columns: columnsOf(model),
    rows: model.members.map((member) => [member.name, ...cellsOf(member, model)]),
  };
}

function summary(model: Comparison): string {
  const left = metricsOf(model.members).length - maxShownMetrics;
  const leftOut =
    left > 0
      ? left === 1
        ? translate` ${left} more error of the validation is in each run’s own panel.`
        : translate` ${left} more errors of the validation are in each run’s own panel.`
      : '';
  return `${differences(model)}${leftOut}`;
}

function differences({ keys, members }: Comparison): string {
  if (members.length < 2) return translate`Add a second run to see the keys in which they differ.`;
  if (keys.length === 0) return translate`The experiments of these runs have the same value for every key.`;
  const named =
    keys.length <= 4 ? keys.join(', ') : translate`${keys.slice(0, 4).join(', ')} and ${keys.length - 4} more`;
  return translate`The runs differ in ${named}.`;
}
