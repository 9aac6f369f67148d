import type { Inspection } from '../../src/protocol/inspection';
import { formatNumber } from '../../src/text/numbers';

const mostNumbers = 4;

/** x_t as text: the symbol, or the numbers. */
export function formatInput({ inputs, inputNames, inputKind }: Inspection, t: number): string {
  const width = inputNames.length;
  const row = inputs.subarray(t * width, (t + 1) * width);
  return inputKind === 'oneHot' ? visibleSymbol(inputNames[row.indexOf(1)] ?? '') : numbers(row);
}

/** ŷ_t as text: the top prediction and its probability, or the numbers. */
export function formatOutput({ outputs, outputNames, lossKind }: Inspection, t: number): string {
  const width = outputNames.length;
  const row = outputs.subarray(t * width, (t + 1) * width);
  if (lossKind === 'mse') return `ŷ_${t} = ${numbers(row)}`;
  const best = row.indexOf(Math.max(...row));
  return `ŷ_${t}: ${visibleSymbol(outputNames[best] ?? '')} with p = ${formatNumber(row[best] ?? NaN)}`;
}

/** The target at t. */
export function formatTarget({ targets, outputNames, mask, lossKind }: Inspection, t: number): string {
  if (mask[t] !== 1) return 'no target';
  const width = outputNames.length;
  const row = targets.subarray(t * width, (t + 1) * width);
  return lossKind === 'mse' ? `target ${numbers(row)}` : `target ${visibleSymbol(outputNames[row.indexOf(1)] ?? '')}`;
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
