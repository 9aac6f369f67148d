import type { Inspection } from '../../../src/protocol/inspection';
import { formatNumber } from '../../../src/text/numbers';
import { formatInput, visibleSymbol } from '../formatStep';
import { translate } from '../../../src/text/translate';

/** Rows of the picture. */
const mostRows = 40;

type InputGradient = Pick<Inspection, 'dInputs' | 'inputNames' | 'steps' | 'gradientFrom' | 'end'>;

/** (T) ‖∂L/∂x_t‖; empty where ∂L/∂x_t was not computed. */
export function inputGradientNorms({ dInputs, inputNames, steps }: InputGradient): Float64Array {
  if (dInputs.length === 0) return new Float64Array(0);
  const width = inputNames.length;
  return Float64Array.from({ length: steps }, (_, t) => Math.hypot(...dInputs.subarray(t * width, (t + 1) * width)));
}

/** The inputs that have a row of their own, in their order: of many those with the largest gradient over the steps. */
export function shownInputs({ dInputs, inputNames, steps }: InputGradient): readonly number[] {
  const width = inputNames.length;
  const all = Array.from({ length: width }, (_, i) => i);
  if (width <= mostRows) return all;
  const squares = all.map((i) => {
    let sum = 0;
    for (let t = 0; t < steps; t++) sum += (dInputs[t * width + i] ?? 0) ** 2;
    return sum;
  });
  return [...all]
    .sort((a, b) => (squares[b] ?? 0) - (squares[a] ?? 0))
    .slice(0, mostRows)
    .sort((a, b) => a - b);
}

/** What ∂L/∂x_t says over the whole sequence. */
export function formatInputGradient(inspection: Inspection): string {
  const norms = inputGradientNorms(inspection);
  if (norms.length === 0) return translate`The net is too large to compute ∂L/∂x_t for every update.`;
  const most = norms.reduce((best, norm, t) => (norm > (norms[best] ?? 0) ? t : best), 0);
  const largest = norms[most] ?? 0;
  if (largest === 0) return translate`The gradient of every input is exactly 0.`;
  const rows = shownInputs(inspection).length;
  const left = inspection.inputNames.length - rows;
  const shown =
    left > 0 ? translate` A row for each of the ${rows} inputs with the largest gradient, of ${rows + left}.` : '';
  return translate`The loss depends most on the input at t = ${most}, ${formatInput(inspection, most)}: ‖∂L/∂x_${most}‖ = ${formatNumber(largest)}.${shown}`;
}

/** ∂L/∂x_t at one step. */
export function formatInputGradientAt(inspection: Inspection, t: number): string {
  const { dInputs, inputNames, inputKind, inputs, gradientFrom, end } = inspection;
  if (t >= end) return `t = ${t} · padding`;
  if (t < gradientFrom) return translate`t = ${t} · outside the gradient’s window`;
  const width = inputNames.length;
  const row = dInputs.subarray(t * width, (t + 1) * width);
  const largest = row.reduce((best, value, i) => (Math.abs(value) > Math.abs(row[best] ?? 0) ? i : best), 0);
  const named = (i: number): string => `${visibleSymbol(inputNames[i] ?? '')}: ${formatNumber(row[i] ?? NaN)}`;
  const read = inputs.subarray(t * width, (t + 1) * width).indexOf(1);
  return [
    `t = ${t}`,
    `x_${t} = ${formatInput(inspection, t)}`,
    `‖∂L/∂x_${t}‖ = ${formatNumber(Math.hypot(...row))}`,
    ...(inputKind === 'oneHot' && read >= 0 ? [translate`at the symbol read, ${named(read)}`] : []),
    translate`largest at ${named(largest)}`,
  ].join(' · ');
}

/** The least height of a name beside a row, in pixels. */
const nameHeight = 13;

/**
 * The rows that are named beside a picture: all where their names have room, else every second, third and so on.
 *
 * @param height of the picture, in pixels
 */
export function namedRows(rows: number, height: number): readonly number[] {
  const stride = Math.max(1, Math.ceil((nameHeight * rows) / height));
  return Array.from({ length: Math.ceil(rows / stride) }, (_, i) => i * stride);
}
