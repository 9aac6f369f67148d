import { color } from 'd3-color';
import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import { largestMagnitude } from '../../plot/heatmap/signedScale';
import type { Table } from '../../plot/table';
import type { View } from '../../store/model';
import { inputGradientNorms } from '../backward/inputGradient';
import { symbolAt } from '../../../src/text/symbols';
import { visibleSymbol } from '../formatStep';
import { candidates } from '../gates/gateShares';
import { sequenceName } from '../probe/probeName';
import { translate } from '../../../src/text/translate';

/** The numbers that colour a text: one for each of its symbols. */
export interface TextColour {
  /** `h`, `c`, a gate's letter, or `dx`. */
  readonly of: string;
  /** In the course's notation, such as h_t[3]. */
  readonly symbol: string;
  /** (T) */
  readonly values: Float64Array;
  /** The number with the colour of the background: 0, or 0.5 for a gate, between closed and open. */
  readonly middle: number;
  /** How far from there the strongest colours are, on both sides. */
  readonly limit: number;
  /** Units to choose from; 0 where there is one number a step. */
  readonly units: number;
  readonly unit: number;
}

/** What a text can be coloured by. */
export function textColours(inspection: Inspection, layer: number): readonly { value: string; label: string }[] {
  const shown = inspection.layers[layer];
  return [
    { value: 'h', label: 'h_t' },
    ...(shown !== undefined && shown.c.length > 0 ? [{ value: 'c', label: 'c_t' }] : []),
    ...(shown?.gates ?? []).map(({ name }) => ({ value: name, label: `${name}_t` })),
    ...(inspection.dInputs.length > 0 ? [{ value: 'dx', label: '‖∂L/∂x_t‖' }] : []),
  ];
}

/** The numbers of the chosen unit; those of h_t where the net has no such state or gate. */
export function textColour(
  inspection: Inspection,
  layer: number,
  { textColour: chosen, textUnit }: Pick<View, 'textColour' | 'textUnit'>,
): TextColour {
  const shown = inspection.layers[layer];
  const of = textColours(inspection, layer).some(({ value }) => value === chosen) ? chosen : 'h';
  if (of === 'dx') {
    const values = inputGradientNorms(inspection);
    return { of, symbol: '‖∂L/∂x_t‖', values, middle: 0, limit: largestMagnitude(values), units: 0, unit: 0 };
  }
  const { hidden = 0, h, c, gates = [] } = shown ?? {};
  const all = (of === 'h' ? h : of === 'c' ? c : gates.find(({ name }) => name === of)?.values) ?? new Float64Array(0);
  const unit = Math.max(0, Math.min(textUnit, hidden - 1));
  // What a σ or tanh has bounded has the same scale everywhere; c_t and an unbounded φ have that of the layer.
  const isBounded = of !== 'c' && !(of === 'h' && inspection.cell === 'rnn' && isUnbounded(inspection.activation));
  const isGate = of !== 'h' && of !== 'c' && of !== candidates[inspection.cell];
  return {
    of,
    symbol: `${of}_t[${unit}]`,
    values: Float64Array.from({ length: inspection.steps }, (_, t) => all[t * hidden + unit] ?? NaN),
    middle: isGate ? 0.5 : 0,
    limit: isGate ? 0.5 : isBounded ? 1 : largestMagnitude(all),
    units: hidden,
    unit,
  };
}

function isUnbounded(activation: Inspection['activation']): boolean {
  return activation === 'relu' || activation === 'identity';
}

/** Black or white, whichever is easier to read on a colour: their contrast with it is at least 4.5 to 1 (WCAG 2.2). */
export function readableOn(css: string): string {
  const { r, g, b } = color(css)?.rgb() ?? { r: 0, g: 0, b: 0 };
  const linear = (channel: number): number => {
    const share = channel / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  };
  const luminance = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
  return 1.05 / (luminance + 0.05) >= (luminance + 0.05) / 0.05 ? '#ffffff' : '#000000';
}

/** The number at a step; without one where the largest and the smallest are. */
export function formatTextColour(inspection: Inspection, shown: TextColour, t: number | undefined): string {
  const { values, symbol } = shown;
  const at = (step: number): string =>
    translate`“${visibleSymbol(symbolAt(inspection, step))}” at t = ${step} (${formatNumber(values[step] ?? NaN)})`;
  if (t !== undefined) {
    if (t >= inspection.end) return `t = ${t} · padding`;
    return `t = ${t} · “${visibleSymbol(symbolAt(inspection, t))}” · ${symbol.replace('_t', `_${t}`)} = ${formatNumber(values[t] ?? NaN)}`;
  }
  const steps = Array.from({ length: inspection.end }, (_, step) => step);
  const best = (isBetter: (one: number, other: number) => boolean): number =>
    steps.reduce((found, step) => (isBetter(values[step] ?? NaN, values[found] ?? NaN) ? step : found), 0);
  return translate`${symbol} is largest at ${at(best((one, other) => one > other))} and smallest at ${at(best((one, other) => one < other))}.`;
}

/** The table behind the coloured text. */
export function textColourTable(inspection: Inspection, { symbol, values }: TextColour): Table {
  return {
    caption: translate`${symbol} of ${sequenceName(inspection)} at update ${inspection.update}`,
    columns: ['t', translate`symbol`, symbol],
    rows: Array.from({ length: inspection.end }, (_, t) => [
      t,
      visibleSymbol(symbolAt(inspection, t)),
      values[t] ?? NaN,
    ]),
  };
}
