import type { Inspection } from '../../src/protocol/inspection';
import { briefNumber } from '../../src/protocol/numbers';
import { middleOfStep, stepsInSight, widthOfStep } from '../axis/sequenceAxis';
import { gutters } from '../axis/trainingAxis';
import { largestMagnitude, SignedScale } from '../heatmap/signedScale';
import { Strip } from '../heatmap/strip';
import type { SharedZoom } from '../axis/zoom';
import type { Store } from '../store/store';
import { element, setText } from '../ui/element';
import { CellFrame, isFolded } from './cell';
import { dependencyKey } from './identity';
import { SequenceSurface, stepInFocus, stepLabels, type SequenceCell, type SequenceDrawing } from './sequenceCell';
import { inputInWords, outputInWords, targetInWords } from './stepInWords';

interface Row {
  /** As the course writes it. */
  readonly symbol: string;
  readonly values: Float64Array;
  readonly rows: number;
  /** The magnitude of the strongest colour. */
  readonly limit: number;
}

const rowHeight = { least: 14, most: 96, perUnit: 5 } as const;
const widestToken = 9;

/** [5] The forward pass of one sequence: x_t, the states, ŷ_t and what was asked, step by step. */
export class ForwardCell implements SequenceCell {
  readonly element: HTMLElement;
  readonly #frame: CellFrame;
  readonly #surface: SequenceSurface;
  readonly #picture = element('div', { class: 'strips' });
  #limits = new Map<string, number>();
  #limitsOf = '';
  #drawn = '';

  constructor(store: Store, zoom: SharedZoom, onFold: (title: string) => void) {
    this.#frame = new CellFrame(5, 'Forward', onFold);
    this.element = this.#frame.element;
    this.#surface = new SequenceSurface(store, zoom, 'Inputs, states and outputs over time steps');
    this.#frame.body.append(
      this.#frame.readout,
      element('div', { class: 'plot' }, this.#picture, this.#surface.element),
    );
  }

  update(drawing: SequenceDrawing): void {
    const { model, inspection, axis, theme } = drawing;
    this.#frame.fold(isFolded(model, this.#frame.title));
    this.#frame.say(sentence(inspection, model.run?.facts.cell ?? ''));
    setText(this.#frame.readout, readout(inspection, stepInFocus(model, inspection.steps), model.view.layer));
    this.#surface.update(drawing);
    if (this.#frame.body.hidden) return;
    const key = dependencyKey(inspection, axis.width, axis.domain, theme);
    if (key === this.#drawn) return;
    this.#drawn = key;
    // A scale is fixed while updates are leafed through: it only grows, and starts anew with another run.
    const run = dependencyKey(model.run?.facts);
    if (run !== this.#limitsOf) this.#limits = new Map();
    this.#limitsOf = run;
    const strips = rowsOf(inspection).map((row) => {
      const limit = Math.max(row.limit, this.#limits.get(row.symbol) ?? 0);
      this.#limits.set(row.symbol, limit);
      const strip = new Strip();
      const height = Math.max(rowHeight.least, Math.min(rowHeight.most, row.rows * rowHeight.perUnit));
      const scale = new SignedScale(limit, theme);
      strip.draw({ ...row, steps: inspection.steps, domain: axis.domain }, axis.width, height, scale, theme.clip);
      return element(
        'div',
        { class: 'strip-row' },
        element(
          'span',
          { class: 'strip-name', title: `colours from −${briefNumber(limit)} to ${briefNumber(limit)}` },
          row.symbol,
        ),
        strip.element,
      );
    });
    this.#picture.replaceChildren(
      ...tokens(inspection, axis),
      ...strips,
      stepLabels(axis),
      legend(this.#limits, theme),
    );
  }
}

function rowsOf(inspection: Inspection): readonly Row[] {
  const { inputs, inputNames, outputs, targets, outputNames, layers, steps, lossKind } = inspection;
  const several = layers.length > 1;
  const isClasses = lossKind === 'crossEntropy';
  const outputLimit = isClasses ? 1 : largestMagnitude(outputs, targets);
  return [
    { symbol: 'x_t', values: inputs, rows: inputNames.length, limit: largestMagnitude(inputs) },
    ...layers.flatMap(({ h, c }, l): Row[] => {
      const layer = several ? `, layer ${l}` : '';
      const rows = h.length / steps;
      return [
        ...(c.length > 0 ? [{ symbol: `c_t${layer}`, values: c, rows, limit: largestMagnitude(c) }] : []),
        { symbol: `h_t${layer}`, values: h, rows, limit: Math.max(1, largestMagnitude(h)) },
      ];
    }),
    { symbol: isClasses ? 'p(ŷ_t)' : 'ŷ_t', values: outputs, rows: outputNames.length, limit: outputLimit },
    { symbol: 'asked', values: masked(inspection), rows: outputNames.length, limit: outputLimit },
  ];
}

/** Targets with nothing where nothing is asked: 0 is shown as the background there. */
function masked({ targets, mask, outputNames }: Inspection): Float64Array {
  return targets.map((value, i) => (mask[Math.floor(i / outputNames.length)] === 1 ? value : 0));
}

/** The symbols of one-hot inputs above their columns, where they have room. */
function tokens(inspection: Inspection, axis: SequenceDrawing['axis']): readonly HTMLElement[] {
  const isSymbols = inspection.lossKind === 'crossEntropy' && inspection.inputNames.length > 2;
  if (!isSymbols || widthOfStep(axis) < widestToken) return [];
  const row = element('div', { class: 'tokens', 'aria-hidden': 'true' });
  for (const t of stepsInSight(axis)) {
    const token = element('span', {}, inputInWords(inspection, t));
    token.style.left = `${gutters.left + middleOfStep(axis, t)}px`;
    row.append(token);
  }
  return [row];
}

function legend(limits: ReadonlyMap<string, number>, theme: SequenceDrawing['theme']): HTMLElement {
  const scale = new SignedScale(1, theme);
  const bar = element('i', { class: 'signed-bar' });
  bar.style.background = `linear-gradient(to right, ${[-1, -0.5, 0, 0.5, 1].map((value) => scale.css(value)).join(', ')})`;
  const ends = [...limits].map(([symbol, limit]) => `${symbol}: ±${briefNumber(limit)}`).join(' · ');
  return element(
    'div',
    { class: 'legend' },
    element('span', {}, 'negative ', bar, ' positive'),
    element('span', {}, ends),
  );
}

function sentence({ sequence, batch, steps, update }: Inspection, cell: string): string {
  return `Sequence ${sequence} of ${batch} at update ${update.toLocaleString('en-US')}: ${steps} steps of the ${cell}, from x_t through the state to ŷ_t; a row per unit.`;
}

function readout(inspection: Inspection, t: number | undefined, layer: number): string {
  if (t === undefined) return 'Point at a step to read it.';
  const shown = inspection.layers[Math.min(layer, inspection.layers.length - 1)];
  const state = shown?.h.subarray(t * shown.hidden, (t + 1) * shown.hidden) ?? new Float64Array(0);
  const norm = Math.hypot(...state);
  return [
    `t = ${t}`,
    `x_${t} = ${inputInWords(inspection, t)}`,
    `‖h_${t}‖ = ${briefNumber(norm)}`,
    outputInWords(inspection, t),
    targetInWords(inspection, t),
  ].join(' · ');
}
