import { quote } from './quoting';
import { formatExact } from './numbers';
import { translate } from './translate';

/** Characters of the list of known symbols in a message. */
const maxListedCharacters = 120;

/** What separates the symbols of a text: nothing between characters, a blank where a symbol has several of them. */
export function symbolSeparator(names: readonly string[]): '' | ' ' {
  return names.every((name) => Array.from(name).length === 1) ? '' : ' ';
}

/** Inputs of a sequence in which every step reads one symbol. */
interface SymbolSequence {
  /** (T,I) one-hot rows. */
  readonly inputs: Float64Array;
  readonly inputNames: readonly string[];
  /** The step after the last one of the sequence. */
  readonly end: number;
}

/** The symbol that the sequence reads at a step; '' where it reads none. */
export function symbolAt({ inputs, inputNames }: Omit<SymbolSequence, 'end'>, t: number): string {
  const width = inputNames.length;
  return inputNames[inputs.subarray(t * width, (t + 1) * width).indexOf(1)] ?? '';
}

/** The beginning of the sequence as a text that can be typed: at most so many symbols. */
export function textOf(sequence: SymbolSequence, most: number): string {
  const symbols = Array.from({ length: Math.min(sequence.end, most) }, (_, t) => symbolAt(sequence, t));
  return symbols.join(symbolSeparator(sequence.inputNames));
}

/**
 * A text as indices of symbols: characters, or words between blanks if a symbol has more than one character.
 *
 * @param what the text is called in the message, such as “prompt”
 * @throws RangeError with a message for people, for an empty text and for the first symbol that is not among the names
 */
export function indicesOfSymbols(text: string, names: readonly string[], what: string): readonly number[] {
  const isWords = symbolSeparator(names) !== '';
  const parts = isWords ? text.split(/\s+/).filter((part) => part !== '') : Array.from(text);
  if (parts.length === 0) throw new RangeError(translate`The ${what} is empty; enter at least one symbol.`);
  const indexOf = new Map(names.map((name, index) => [name, index]));
  return parts.map((part, place) => {
    const index = indexOf.get(part);
    if (index !== undefined) return index;
    const all = names.map((name) => (name.trim() === '' ? JSON.stringify(name) : name)).join(isWords ? ', ' : ' ');
    const known = all.length > maxListedCharacters ? `${all.slice(0, maxListedCharacters)}…` : all;
    throw new RangeError(
      translate`${quote(part)}, symbol ${formatExact(place + 1)} of the ${what}, is not among the ${formatExact(names.length)} that this network knows: ${known}`,
    );
  });
}
