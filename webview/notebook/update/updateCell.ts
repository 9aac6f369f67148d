import { html, render, type TemplateResult } from 'lit-html';
import type {
  InspectedParameter,
  Inspection,
  ParameterRequest,
  ParameterUpdate,
} from '../../../src/protocol/inspection';
import { formatNumber, formatFixed } from '../../../src/text/numbers';
import { updateTable } from './updateTable';
import { matrixFigure } from '../../plot/heatmap/matrixFigure';
import { largestMagnitude } from '../../plot/heatmap/signedScale';
import type { RequestReplay } from '../../../src/protocol/replayRequests';
import { formatParameterName } from '../../../src/text/tensorNames';
import { latestValue, LatestRequest } from '../../store/latestRequest';
import type { Store } from '../../store/store';
import type { Theme } from '../../theme/theme';
import { choice } from '../../ui/controls';
import { element } from '../../ui/element';
import { RequestStatus } from '../requestStatus';
import { CellFrame, type ToggleCell } from '../cellFrame';
import { histogramFigure } from '../../plot/histogramView';
import { memoKey } from '../memo';
import { gateBlocks, selectedParameter } from '../parameterNames';
import type { SequenceCell, SequenceDrawing } from '../sequenceCell';
import './update.css';

/** [12] The effect of the update on each parameter: norm, gradient before and after clipping, update. */
export class UpdateCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #table = element('table', { class: 'parameters' });
  readonly #pictures = element('div', { class: 'parameter-pictures' });
  readonly #choice;
  readonly #request: LatestRequest<ParameterRequest, ParameterUpdate>;
  readonly #status = new RequestStatus('Loading the parameter…', 'Can’t show the parameter');
  #drawnTable = '';
  #drawnPictures = '';

  constructor(store: Store, request: RequestReplay, toggle: ToggleCell) {
    this.#frame = new CellFrame(12, 'Update', toggle);
    this.element = this.#frame.element;
    this.#choice = choice<string>('Parameter', (parameter) => {
      store.dispatch({ kind: 'viewChanged', view: { parameter } });
    });
    this.#frame.tools.append(this.#choice.element);
    this.#request = new LatestRequest(
      (params) => request('parameter', params),
      () => {
        store.redraw();
      },
    );
    // A narrow panel scrolls the table, which needs the focus to scroll by keys.
    const scrolled = {
      class: 'parameter-table',
      tabindex: '0',
      role: 'region',
      'aria-label': 'Parameters of this update',
    };
    this.#frame.body.append(element('div', scrolled, this.#table), this.#status.element, this.#pictures);
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, theme } = drawing;
    this.#frame.follow(model.view);
    const names = inspection.parameters.map(({ name }) => name);
    const name = selectedParameter(names, model.view);
    this.#choice.setOptions(
      names.map((value) => ({ value, label: formatParameterName(value) })),
      name,
    );
    const chosen = inspection.parameters.find((parameter) => parameter.name === name);
    this.#frame.setSummary(summary(inspection) + (chosen === undefined ? '' : formatDirection(chosen)));
    const isHidden = this.#frame.body.hidden;
    const answer = this.#request.request(
      isHidden ? undefined : { update: inspection.update, parameter: name },
      model.run?.info.folder ?? '',
    );
    this.#status.update(answer);
    const elements = latestValue(answer);
    this.#frame.setTable(memoKey(inspection, elements), () => updateTable(inspection, elements));
    if (isHidden) return;
    const table = memoKey(inspection);
    if (table !== this.#drawnTable) render(tableOf(inspection), this.#table);
    this.#drawnTable = table;
    const pictures = memoKey(elements, theme);
    if (pictures === this.#drawnPictures) return;
    this.#drawnPictures = pictures;
    this.#pictures.replaceChildren(
      ...(elements === undefined ? [] : picturesOf(elements, gateBlocks(inspection, elements.parameter), theme)),
    );
  }
}

function summary({ gradNorm, clipCoefficient, learningRate, parameters }: Inspection): string {
  const step = Math.hypot(...parameters.map(({ updateNorm }) => updateNorm));
  const weights = Math.hypot(...parameters.map(({ weightNorm }) => weightNorm));
  const clipped = clipCoefficient < 1 ? `, scaled by ${formatNumber(clipCoefficient)} to the threshold` : '';
  return `‖g‖ = ${formatNumber(gradNorm)}${clipped}; the update at learning rate ${formatNumber(learningRate)} changes the weights by ${formatNumber(step)}, ${formatNumber(step / weights)} of their norm.`;
}

function tableOf({ parameters }: Inspection): TemplateResult {
  const head = ['parameter', 'shape', '‖w‖', '‖g‖', '‖g‖ clipped', '‖Δw‖', '‖Δw‖ / ‖w‖'];
  const rows = parameters.map(({ name, rows: height, columns, weightNorm, gradNorm, clippedNorm, updateNorm }) => {
    const ratio = weightNorm === 0 ? '–' : formatNumber(updateNorm / weightNorm);
    const numbers = [weightNorm, gradNorm, clippedNorm, updateNorm].map(formatNumber);
    const shape = height === 1 ? String(columns) : `${height} × ${columns}`;
    return html`<tr>
      <th scope="row">${formatParameterName(name)}</th>
      ${[shape, ...numbers, ratio].map((text) => html`<td>${text}</td>`)}
    </tr>`;
  });
  return html`<thead>
      <tr>
        ${head.map((text) => html`<th scope="col">${text}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows}
    </tbody>`;
}

function picturesOf(
  { before, clipped, after, slots, rows, columns }: ParameterUpdate,
  blocks: readonly string[],
  theme: Theme,
): readonly HTMLElement[] {
  if (before.length === 0)
    return [element('p', {}, 'This parameter has too many elements to draw; its norms are in the table.')];
  const step = after.map((value, i) => value - (before[i] ?? 0));
  const weights = Math.max(largestMagnitude(before), largestMagnitude(after));
  const figure = (title: string, values: Float64Array, limit: number): HTMLElement =>
    matrixFigure({ title, values, rows, columns, limit, blocks: rows === 1 ? [] : blocks }, theme);
  const outlines = (parts: readonly (readonly [string, Float64Array, string, string?])[], title: string): HTMLElement =>
    histogramFigure(
      title,
      parts.map(([name, values, color, dash = '']) => ({ name, values, color, dash })),
      theme,
    );
  return [
    figure('before', before, weights),
    figure('gradient, clipped', clipped, largestMagnitude(clipped)),
    ...slots.map(({ name, values }) => figure(slotNames[name] ?? name, values, largestMagnitude(values))),
    figure('update ΔW', step, largestMagnitude(step)),
    figure('after', after, weights),
    outlines(
      [
        ['before', before, theme.train],
        ['after', after, theme.validation, '4 2'],
      ],
      'weights',
    ),
    outlines([['update', step, theme.clipped]], 'update ΔW'),
  ];
}

const slotNames: Readonly<Record<string, string>> = {
  momentum: 'momentum, sum of earlier g',
  mean: 'first moment m, mean of g',
  squares: 'second moment v, mean of g²',
};

/** The angle between the update and the negative gradient. */
function formatDirection({ descent, name }: InspectedParameter): string {
  if (!Number.isFinite(descent)) return '';
  const angle = (Math.acos(Math.max(-1, Math.min(1, descent))) * 180) / Math.PI;
  const words = angle < 5 ? 'along the negative gradient' : `${formatFixed(angle, 0)}° away from the negative gradient`;
  return ` The update of ${formatParameterName(name)} points ${words}.`;
}
