import { maxTypedLength } from '../../../src/protocol/probe';
import { formatExact } from '../../../src/text/numbers';
import { indicesOfSymbols } from '../../../src/text/symbols';
import { visibleSymbol } from '../formatStep';
import { translate } from '../../../src/text/translate';

/** Why a text can't be walked through; empty where it can. */
export function typedProblem(text: string, symbolNames: readonly string[]): string {
  if (text.length > maxTypedLength) {
    return translate`The text has ${formatExact(text.length)} characters; at most ${formatExact(maxTypedLength)} can be entered.`;
  }
  try {
    indicesOfSymbols(text, symbolNames, 'text');
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** A text in a field of one line: line breaks and tabulators have a sign. */
export function inField(text: string): string {
  return Array.from(text, (symbol) => (symbol === ' ' ? ' ' : visibleSymbol(symbol))).join('');
}

/** The text that was entered in such a field. */
export function fromField(entered: string): string {
  return entered.replaceAll('↵', '\n').replaceAll('⇥', '\t').replaceAll('␍', '\r');
}
