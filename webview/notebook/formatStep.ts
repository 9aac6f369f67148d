import type { Inspection } from '../../src/protocol/inspection';
import { formatNumber } from '../../src/text/numbers';
import { symbolAt } from '../../src/text/symbols';
import { isScaled, rowsInDataUnit, type Rescaling } from './dataUnit';
import { translate } from '../../src/text/translate';

const mostNumbers = 4;

/** x_t as text: the symbol, or the numbers in the unit of the data and as the net gets them. */
export function formatInput(inspection: Inspection, t: number): string {
  const { inputs, inputNames, inputKind } = inspection;
  const row = rowAt(inputs, inputNames.length, t);
  if (t >= inspection.end) return translate`padding`;
  return inputKind === 'oneHot'
    ? visibleSymbol(symbolAt(inspection, t))
    : inBothUnits(inspection, row, inspection.scaling?.inputs);
}

/** x_t as the net gets it: the symbol, or the numbers. */
export function formatNetInput({ inputs, inputNames, inputKind, end }: Inspection, t: number): string {
  const row = rowAt(inputs, inputNames.length, t);
  if (t >= end) return '';
  return inputKind === 'oneHot' ? visibleSymbol(inputNames[row.indexOf(1)] ?? '') : numbers(row);
}

/** ŷ_t as text: the top prediction and its probability, or the numbers. */
export function formatOutput(inspection: Inspection, t: number): string {
  const { outputs, outputNames, lossKind, end } = inspection;
  const row = rowAt(outputs, outputNames.length, t);
  if (t >= end) return translate`padding: the sequence has ended`;
  if (lossKind === 'mse') return `ŷ_${t} = ${inBothUnits(inspection, row, inspection.scaling?.targets)}`;
  const best = row.indexOf(Math.max(...row));
  return translate`ŷ_${t}: ${visibleSymbol(outputNames[best] ?? '')} with p = ${formatNumber(row[best] ?? NaN)}`;
}

/** The target at t. */
export function formatTarget(inspection: Inspection, t: number): string {
  const { targets, outputNames, mask, lossKind } = inspection;
  if (mask[t] !== 1) return translate`no target`;
  const row = rowAt(targets, outputNames.length, t);
  return lossKind === 'mse'
    ? translate`target ${inBothUnits(inspection, row, inspection.scaling?.targets)}`
    : translate`target ${visibleSymbol(outputNames[row.indexOf(1)] ?? '')}`;
}

function rowAt(values: Float64Array, width: number, t: number): Float64Array {
  return values.subarray(t * width, (t + 1) * width);
}

/** Numbers in the unit of the data and, where the net has others, those. */
function inBothUnits(inspection: Inspection, row: Float64Array, rescalings: readonly Rescaling[] | undefined): string {
  const own = numbers(rowsInDataUnit(row, rescalings));
  return isScaled(inspection) ? translate`${own} (scaled ${numbers(row)})` : own;
}

function numbers(row: Float64Array): string {
  const shown = Array.from(row.subarray(0, mostNumbers), formatNumber).join(', ');
  const all = row.length > mostNumbers ? `${shown}, …` : shown;
  return row.length === 1 ? all : `(${all})`;
}

/** A symbol with a visible shape: white space gets a stand-in. */
export function visibleSymbol(symbol: string): string {
  const sign = { ' ': '␣', '\n': '↵', '\t': '⇥', '\r': '␍' }[symbol];
  // Control and format characters, which turn or hide the text around them, are shown as code points.
  return (
    sign ??
    symbol.replace(/\p{C}/gu, (one) => `U+${(one.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`)
  );
}
