import { html, render } from 'lit-html';
import { formatCount, formatExact, formatShortPercentage } from '../../../src/text/numbers';
import type { Inspection } from '../../../src/protocol/inspection';
import type { Projection } from '../../../src/protocol/output';
import { startDrawing } from '../../plot/canvas';
import { colourEntry } from '../../plot/legend';
import type { SharedZoom } from '../../plot/zoom';
import { SignedScale } from '../../plot/heatmap/signedScale';
import { Strip } from '../../plot/heatmap/strip';
import { colour, colourings, type Names } from '../../plot/scatter/colouring';
import { nearestPoint, pixelOf, planeOf, type Plane } from '../../plot/scatter/plane';
import { latestValue } from '../../store/latestRequest';
import type { StateColour } from '../../store/model';
import type { Store } from '../../store/store';
import type { Theme } from '../../theme/theme';
import { choice } from '../../ui/controls';
import { element, setText } from '../../ui/element';
import { notation } from '../../ui/notation';
import { rowsInDataUnit } from '../dataUnit';
import { memoKey } from '../memo';
import { SequenceSurface, stepLabels } from '../../plot/sequenceSurface';
import { stepInFocus, type SequenceDrawing } from '../sequenceCell';
import { visibleSymbol } from '../formatStep';
import type { Output } from './output';
import { translate } from '../../../src/text/translate';

const pictureHeight = 280;
const stripHeight = { least: 40, most: 160, perUnit: 6 } as const;
const radius = { other: 2, own: 3.5 } as const;

const captions: Readonly<Record<StateColour, string>> = {
  both: translate`input and top prediction`,
  topPrediction: translate`top prediction`,
  input: translate`input x_t`,
  target: translate`target`,
  value: 'predicted value',
  step: translate`step t`,
};

/** The states h_t of a layer: as colours over the steps, and as points along their two principal components. */
export class StatesView {
  readonly element = element('div', { class: 'output-part' });
  readonly #strip = new Strip();
  readonly #stripSurface: SequenceSurface;
  readonly #steps = element('div');
  readonly #title = element('h3', {}, translate`States`);
  readonly #status = element('p', { class: 'output-status' });
  readonly #legend = element('div', { class: 'curve-legend' });
  readonly #canvas = element('canvas', { class: 'strip', 'aria-hidden': 'true' });
  readonly #ring = element('div', { class: 'scatter-ring' });
  readonly #surface: HTMLElement;
  readonly #choice;
  #plane: Plane | undefined;
  #projection: Projection | undefined;
  #drawn = '';
  #drawnStrip = '';

  constructor(
    readonly store: Store,
    zoom: SharedZoom,
  ) {
    this.#stripSurface = new SequenceSurface(store, zoom, translate`Hidden states over time steps`);
    this.#choice = choice<StateColour>(translate`Colour`, (stateColour) => {
      store.dispatch({ kind: 'viewChanged', view: { stateColour } });
    });
    this.#surface = element(
      'div',
      {
        class: 'scatter',
        tabindex: '0',
        role: 'application',
        'aria-label': translate`Hidden states along their two principal components. Left and right arrow keys move along the selected sequence.`,
      },
      this.#canvas,
      this.#ring,
    );
    this.#surface.style.marginLeft = 'var(--gutter-left)';
    this.#surface.style.marginRight = 'var(--gutter-right)';
    this.#listen();
    this.element.append(
      this.#title,
      element('div', { class: 'plot states-plot' }, this.#strip.element, this.#stripSurface.element),
      this.#steps,
      element('div', { class: 'plot-head' }, this.#status, this.#choice.element),
      this.#legend,
      this.#surface,
    );
  }

  update({ projection: state }: Output, drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    this.#drawStrip(drawing, Math.min(model.view.layer, inspection.layers.length - 1));
    const projection = latestValue(state);
    this.#projection = projection;
    setText(
      this.#status,
      state.kind === 'failed'
        ? state.message
        : projection === undefined
          ? translate`Loading…`
          : formatProjection(projection),
    );
    this.#surface.hidden = projection === undefined;
    if (projection === undefined) return;
    const names = { inputs: inspection.inputNames, outputs: inspection.outputNames };
    const offered = colourings(projection, names);
    const by = offered.find((property) => property === model.view.stateColour) ?? offered[0] ?? 'step';
    this.#choice.setOptions(
      offered.map((value) => ({ value, label: captions[value] })),
      by,
    );
    const key = memoKey(projection, by, axis.width, theme);
    if (key !== this.#drawn) {
      this.#drawn = key;
      this.#paint(inValuesOfData(projection, inspection), by, names, axis.width, theme);
    }
    this.#mark(stepInFocus(model, inspection.steps));
  }

  #drawStrip(drawing: SequenceDrawing, index: number): void {
    const { inspection, axis, theme } = drawing;
    this.#stripSurface.update(drawing);
    const layer = inspection.layers[index];
    const key = memoKey(inspection, index, axis.width, axis.domain, theme);
    if (layer === undefined || key === this.#drawnStrip) return;
    this.#drawnStrip = key;
    const of = inspection.layers.length > 1 ? translate` of layer ${index}` : '';
    const { end, steps } = inspection;
    const ending =
      end < steps ? translate`; the sequence ends after ${formatCount(end, 'step')}, dotted: no state` : '';
    this.#title.replaceChildren(...notation(translate`States h_t${of}, a row per unit${ending}`));
    const height = Math.max(stripHeight.least, Math.min(stripHeight.most, layer.hidden * stripHeight.perUnit));
    const shown = layer.h.subarray(0, end * layer.hidden);
    const limit = shown.reduce((most, value) => Math.max(most, Math.abs(value)), 1);
    this.#strip.element.style.marginLeft = 'var(--gutter-left)';
    this.#strip.draw(
      {
        values: layer.h,
        steps,
        rows: layer.hidden,
        domain: axis.domain,
        absent: { from: end, color: theme.faint },
      },
      axis.width,
      height,
      new SignedScale(limit, theme),
      theme.clip,
    );
    this.#steps.replaceChildren(stepLabels(axis));
  }

  #paint(projection: Projection, by: StateColour, names: Names, width: number, theme: Theme): void {
    const { points, sequences, sequence } = projection;
    const { colours, legend } = colour(projection, by, names, theme);
    render(
      [
        ...legend.map(({ color, words }) => colourEntry(color, visibleSymbol(words))),
        html`<span>${translate`line: the selected sequence`}</span>`,
      ],
      this.#legend,
    );
    const plane = planeOf(points, width, pictureHeight);
    this.#plane = plane;
    this.#surface.style.width = `${width}px`;
    this.#surface.style.height = `${pictureHeight}px`;
    const context = startDrawing(this.#canvas, width, pictureHeight);
    if (context === undefined) return;
    const dot = (n: number, size: number): void => {
      const [x, y] = pixelOf(plane, points, n);
      context.beginPath();
      context.arc(x, y, size, 0, 2 * Math.PI);
      const color = colours[n];
      if (color === undefined) {
        context.strokeStyle = theme.grid;
        context.stroke();
      } else {
        context.fillStyle = color;
        context.fill();
      }
    };
    sequences.forEach((row, n) => {
      if (row !== sequence) dot(n, radius.other);
    });
    context.strokeStyle = theme.faint;
    context.lineWidth = 0.75;
    context.beginPath();
    sequences.forEach((row, n) => {
      if (row === sequence) context.lineTo(...pixelOf(plane, points, n));
    });
    context.stroke();
    sequences.forEach((row, n) => {
      if (row === sequence) dot(n, radius.own);
    });
  }

  /** The state of the step in focus. */
  #mark(t: number | undefined): void {
    const [projection, plane] = [this.#projection, this.#plane];
    const n =
      projection?.sequences.findIndex((row, i) => row === projection.sequence && projection.steps[i] === t) ?? -1;
    this.#ring.hidden = n < 0;
    if (projection === undefined || plane === undefined || n < 0) return;
    const [x, y] = pixelOf(plane, projection.points, n);
    this.#ring.style.transform = `translate(${x}px, ${y}px)`;
    this.#ring.title = `t = ${t}`;
  }

  #listen(): void {
    const { store } = this;
    const surface = this.#surface;
    surface.addEventListener('pointermove', (event) => {
      const [projection, n] = [this.#projection, this.#pointAt(event, true)];
      if (projection === undefined || n === undefined) return;
      store.dispatch({ kind: 'hoverChanged', point: { update: projection.update, t: projection.steps[n] } });
    });
    surface.addEventListener('pointerleave', () => {
      store.dispatch({ kind: 'hoverChanged', point: undefined });
    });
    surface.addEventListener('click', (event) => {
      const [projection, n] = [this.#projection, this.#pointAt(event, false)];
      if (projection === undefined || n === undefined) return;
      const selection = { update: projection.update, t: projection.steps[n] };
      // All states of a probed sequence are its own.
      const sequence = store.model.view.probe === undefined ? { sequence: projection.sequences[n] ?? 0 } : {};
      store.dispatch({ kind: 'viewChanged', view: { selection, ...sequence } });
    });
    surface.addEventListener('keydown', (event) => {
      const by = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
      const projection = this.#projection;
      if (by === undefined || projection === undefined) return;
      event.preventDefault();
      const last = projection.steps.reduce((most, t) => Math.max(most, t), 0);
      const t = Math.max(0, Math.min(last, (store.model.view.selection?.t ?? last) + by));
      store.dispatch({ kind: 'hoverChanged', point: undefined });
      store.dispatch({ kind: 'viewChanged', view: { selection: { update: projection.update, t } } });
    });
  }

  #pointAt(event: MouseEvent, isOwnOnly: boolean): number | undefined {
    const [projection, plane] = [this.#projection, this.#plane];
    if (projection === undefined || plane === undefined) return undefined;
    const box = this.#surface.getBoundingClientRect();
    const at = [event.clientX - box.left, event.clientY - box.top] as const;
    const { sequences, sequence, points } = projection;
    return nearestPoint(plane, points, at, (n) => !isOwnOnly || sequences[n] === sequence);
  }
}

/** The projection with predicted values in the unit of the data. */
function inValuesOfData(projection: Projection, { scaling }: Inspection): Projection {
  const [first] = scaling?.targets ?? [];
  return first === undefined ? projection : { ...projection, values: rowsInDataUnit(projection.values, [first]) };
}

function formatProjection({ explained, sequences, sequenceCount }: Projection): string {
  const [first, second] = explained;
  const states = formatExact(sequences.length);
  if (Number.isNaN(first)) return translate`All ${states} states are equal.`;
  const of = formatCount(sequenceCount, 'sequence');
  return translate`PCA of ${states} states of ${of}: x is PC 1 with ${formatShortPercentage(first)} of the variance, y is PC 2 with ${formatShortPercentage(second)}.`;
}
