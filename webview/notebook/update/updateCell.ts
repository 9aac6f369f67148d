import { cellParts } from '../../store/cellParts';
import { html, render, type TemplateResult } from 'lit-html';
import type { InspectedParameter, Inspection, ParameterUpdate } from '../../../src/protocol/inspection';
import { formatNumber, formatFixed } from '../../../src/text/numbers';
import { formatParameterName } from '../../../src/text/tensorNames';
import { histogramFigure } from '../../plot/histogramView';
import { matrixFigure } from '../../plot/heatmap/matrixFigure';
import { largestMagnitude } from '../../plot/heatmap/signedScale';
import type { View } from '../../store/model';
import type { Theme } from '../../theme/theme';
import { element } from '../../ui/element';
import { notationIn } from '../../ui/notationTemplate';
import { replayed } from '../dataSources';
import { memoKey } from '../memo';
import { gateBlocks, selectedParameter } from '../parameterNames';
import { parameterTools } from '../parameterTools';
import type { CellControl, CellPart, CellDeclaration } from '../cell/cellDeclaration';
import type { SequenceDrawing } from '../sequenceCell';
import { foldablePart } from '../cell/foldablePart';
import { slotName } from './slotNames';
import { updateTable } from './updateTable';
import { translate } from '../../../src/text/translate';
import './update.css';

/** An update of all parameters, and of every element of the selected one. */
interface Update {
  readonly inspection: Inspection;
  readonly selected: InspectedParameter | undefined;
  /** undefined while they are loading. */
  readonly elements: ParameterUpdate | undefined;
}

/** [15] The effect of the update on each parameter: norm, gradient before and after clipping, update. */
export const updateCell: CellDeclaration<SequenceDrawing, Update> = {
  number: 15,
  title: 'Update',
  withoutTraining: translate`No weight is updated for it, so there is no update to show.`,
  source: (context) => {
    const reply = replayed(
      context,
      'parameter',
      ({ model, inspection }) => ({ update: inspection.update, parameter: nameOf(inspection, model.view) }),
      { waiting: translate`Loading the parameter…`, failure: translate`Can’t show the parameter` },
    );
    return {
      ...reply,
      dataFor: (drawing, isVisible) => {
        const { inspection, model } = drawing;
        const selected = inspection.parameters.find(({ name }) => name === nameOf(inspection, model.view));
        return { inspection, selected, elements: reply.dataFor(drawing, isVisible) };
      },
    };
  },
  summary: ({ inspection, selected }) =>
    summary(inspection) + (selected === undefined ? '' : formatDirection(selected)),
  table: ({ inspection, elements }) => ({
    dependsOn: [inspection, elements],
    make: () => updateTable(inspection, elements),
  }),
  parts: (context) => ({
    tools: parameterTools(context.store, ({ inspection }) => inspection.parameters.map(({ name }) => name)),
    controls: normsTable(),
    below: foldablePart(context, cellParts.elements, parameterPictures()),
  }),
};

function nameOf({ parameters }: Inspection, view: View): string {
  return selectedParameter(
    parameters.map(({ name }) => name),
    view,
  );
}

/** The norms of all parameters. */
function normsTable(): CellControl<SequenceDrawing> {
  const table = element('table', { class: 'parameters' });
  // A narrow panel scrolls the table, which needs the focus to scroll by keys.
  const scrolled = {
    class: 'parameter-table',
    tabindex: '0',
    role: 'region',
    'aria-label': translate`Parameters of this update`,
  };
  let drawn: Inspection | undefined;
  return {
    element: element('div', scrolled, table),
    update: ({ inspection }) => {
      if (inspection === drawn) return;
      drawn = inspection;
      render(tableOf(inspection), table);
    },
  };
}

/** The elements of the selected parameter before and after the update. */
function parameterPictures(): CellPart<SequenceDrawing, Update> {
  const pictures = element('div', { class: 'parameter-pictures' });
  let drawn = '';
  return {
    element: pictures,
    update: ({ inspection, elements }, { theme }) => {
      const key = memoKey(elements, theme);
      if (key === drawn) return;
      drawn = key;
      pictures.replaceChildren(
        ...(elements === undefined ? [] : picturesOf(elements, gateBlocks(inspection, elements.parameter), theme)),
      );
    },
  };
}

function summary({ gradNorm, clipCoefficient, learningRate, parameters }: Inspection): string {
  const step = Math.hypot(...parameters.map(({ updateNorm }) => updateNorm));
  const weights = Math.hypot(...parameters.map(({ weightNorm }) => weightNorm));
  const clipped = clipCoefficient < 1 ? translate`, scaled by ${formatNumber(clipCoefficient)} to the threshold` : '';
  return translate`‖g‖ = ${formatNumber(gradNorm)}${clipped}; the update at learning rate ${formatNumber(learningRate)} changes the weights by ${formatNumber(step)}, ${formatNumber(step / weights)} of their norm.`;
}

function tableOf({ parameters }: Inspection): TemplateResult {
  const head = [translate`parameter`, translate`shape`, '‖w‖', '‖g‖', translate`‖g‖ clipped`, '‖Δw‖', '‖Δw‖ / ‖w‖'];
  const rows = parameters.map(({ name, rows: height, columns, weightNorm, gradNorm, clippedNorm, updateNorm }) => {
    const ratio = weightNorm === 0 ? '–' : formatNumber(updateNorm / weightNorm);
    const numbers = [weightNorm, gradNorm, clippedNorm, updateNorm].map(formatNumber);
    const shape = height === 1 ? String(columns) : `${height} × ${columns}`;
    return html`<tr>
      <th scope="row">${notationIn(formatParameterName(name))}</th>
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
  { before, clipped, after, optimizer, slots, rows, columns }: ParameterUpdate,
  blocks: readonly string[],
  theme: Theme,
): readonly HTMLElement[] {
  if (before.length === 0)
    return [element('p', {}, translate`This parameter has too many elements to draw; its norms are in the table.`)];
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
    figure(translate`before`, before, weights),
    figure(translate`gradient, clipped`, clipped, largestMagnitude(clipped)),
    ...slots.map(({ name, values }) => figure(slotName({ optimizer }, name), values, largestMagnitude(values))),
    figure(translate`update ΔW`, step, largestMagnitude(step)),
    figure(translate`after`, after, weights),
    outlines(
      [
        [translate`before`, before, theme.train],
        [translate`after`, after, theme.validation, '4 2'],
      ],
      translate`weights`,
    ),
    outlines([['update', step, theme.clipped]], translate`update ΔW`),
  ];
}

/** The angle between the update and the negative gradient. */
function formatDirection({ descent, name }: InspectedParameter): string {
  if (!Number.isFinite(descent)) return '';
  const angle = (Math.acos(Math.max(-1, Math.min(1, descent))) * 180) / Math.PI;
  const words =
    angle < 5
      ? translate`along the negative gradient`
      : translate`${formatFixed(angle, 0)}° away from the negative gradient`;
  return translate` The update of ${formatParameterName(name)} points ${words}.`;
}
