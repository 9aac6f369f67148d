import type { InspectedParameter, Inspection } from '../../src/protocol/inspection';
import { briefNumber } from '../../src/protocol/numbers';
import { largestMagnitude, SignedScale } from '../heatmap/signedScale';
import { Strip } from '../heatmap/strip';
import type { Theme } from '../theme/theme';
import { choice } from '../ui/controls';
import { element } from '../ui/element';
import { CellFrame, isFolded } from './cell';
import { dependencyKey } from './identity';
import type { SequenceCell, SequenceDrawing } from './sequenceCell';

const pictureWidth = 150;
const pictureHeight = 110;

/** [8] What the update did to each parameter: its norm, its gradient before and after clipping, its step. */
export class UpdateCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #table = element('table', { class: 'parameters' });
  readonly #pictures = element('div', { class: 'parameter-pictures' });
  readonly #choice;
  #name = '';
  #drawn = '';
  #redraw: () => void = () => undefined;

  constructor(onFold: (title: string) => void) {
    this.#frame = new CellFrame(8, 'Update', onFold);
    this.element = this.#frame.element;
    this.#choice = choice<string>('Parameter', (name) => {
      this.#name = name;
      this.#redraw();
    });
    this.#frame.tools.append(this.#choice.element);
    // A narrow panel scrolls the table by itself, which keys can do only where the focus can go.
    const scrolled = {
      class: 'parameter-table',
      tabindex: '0',
      role: 'region',
      'aria-label': 'Parameters of this update',
    };
    this.#frame.body.append(element('div', scrolled, this.#table), this.#pictures);
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, theme } = drawing;
    this.#frame.fold(isFolded(model, this.#frame.title));
    this.#frame.say(sentence(inspection));
    const names = inspection.parameters.map(({ name }) => name);
    if (!names.includes(this.#name)) this.#name = names.find((name) => name.includes('weight_hh')) ?? names[0] ?? '';
    this.#choice.update(
      names.map((value) => ({ value, label: courseName(value) })),
      this.#name,
    );
    this.#redraw = () => {
      this.update(drawing);
    };
    const key = dependencyKey(inspection, theme, this.#name, this.#frame.body.hidden);
    if (key === this.#drawn || this.#frame.body.hidden) return;
    this.#drawn = key;
    this.#table.replaceChildren(...tableOf(inspection));
    const chosen = inspection.parameters.find(({ name }) => name === this.#name);
    this.#pictures.replaceChildren(...(chosen === undefined ? [] : picturesOf(chosen, theme)));
  }
}

/** The course's name of a parameter beside PyTorch's. */
export function courseName(name: string): string {
  const [, kind = '', layer = ''] = /^(?:rnn\.)?(weight_ih|weight_hh|bias_ih|bias_hh)_l(\d+)$/.exec(name) ?? [];
  const course = { weight_ih: 'W_xh', weight_hh: 'W_hh', bias_ih: 'b_h (input)', bias_hh: 'b_h (recurrent)' }[kind];
  if (course !== undefined) return `${course}, layer ${layer} — ${name}`;
  return { 'head.weight': `W_hy — ${name}`, 'head.bias': `b_y — ${name}` }[name] ?? name;
}

function sentence({ gradNorm, clipCoefficient, learningRate, parameters }: Inspection): string {
  const step = Math.hypot(...parameters.map(({ updateNorm }) => updateNorm));
  const weights = Math.hypot(...parameters.map(({ weightNorm }) => weightNorm));
  const clipped = clipCoefficient < 1 ? `, scaled by ${briefNumber(clipCoefficient)} to fit the threshold` : '';
  return `‖g‖ = ${briefNumber(gradNorm)}${clipped}; the step at rate ${briefNumber(learningRate)} moves the weights by ${briefNumber(step)}, ${briefNumber(step / weights)} of their norm.`;
}

function tableOf({ parameters }: Inspection): readonly HTMLElement[] {
  const head = ['parameter', 'shape', '‖w‖', '‖g‖', '‖g‖ clipped', '‖Δw‖', '‖Δw‖ / ‖w‖'];
  const rows = parameters.map(({ name, rows: height, columns, weightNorm, gradNorm, clippedNorm, updateNorm }) => {
    const ratio = weightNorm === 0 ? '–' : briefNumber(updateNorm / weightNorm);
    const numbers = [weightNorm, gradNorm, clippedNorm, updateNorm].map(briefNumber);
    const shape = height === 1 ? String(columns) : `${height} × ${columns}`;
    return element(
      'tr',
      {},
      element('th', { scope: 'row' }, courseName(name)),
      ...[shape, ...numbers, ratio].map((text) => element('td', {}, text)),
    );
  });
  return [
    element('thead', {}, element('tr', {}, ...head.map((text) => element('th', { scope: 'col' }, text)))),
    element('tbody', {}, ...rows),
  ];
}

function picturesOf(
  { before, clipped, after, rows, columns }: InspectedParameter,
  theme: Theme,
): readonly HTMLElement[] {
  if (before.length === 0)
    return [
      element('p', {}, 'This parameter has too many elements to be drawn one by one; its norms are in the table.'),
    ];
  const step = after.map((value, i) => value - (before[i] ?? 0));
  const weights = Math.max(largestMagnitude(before), largestMagnitude(after));
  const parts: readonly (readonly [string, Float64Array, number])[] = [
    ['before', before, weights],
    ['gradient, clipped', clipped, largestMagnitude(clipped)],
    ['step', step, largestMagnitude(step)],
    ['after', after, weights],
  ];
  return parts.map(([title, values, limit]) => {
    const strip = new Strip();
    // A strip lays columns of `rows` numbers side by side; a matrix is stored row by row.
    strip.draw(
      { values: transposed(values, rows, columns), steps: columns, rows },
      pictureWidth,
      pictureHeight,
      new SignedScale(limit, theme),
      theme.clip,
    );
    return element('figure', {}, strip.element, element('figcaption', {}, `${title}, ±${briefNumber(limit)}`));
  });
}

function transposed(values: Float64Array, rows: number, columns: number): Float64Array {
  return Float64Array.from(
    { length: rows * columns },
    (_, i) => values[(i % rows) * columns + Math.floor(i / rows)] ?? NaN,
  );
}
