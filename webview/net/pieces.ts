import { formatShortNumber } from '../../src/text/numbers';
import { translate } from '../../src/text/translate';

/** Which term of a formula a piece belongs to: what comes in, what comes from before, the bias, a gate. */
export type Part = 'x' | 'h' | 'b' | 'gate';

/** A piece of a formula as it is printed; parts have the same mark in the symbols and in the numbers. */
export interface Piece {
  readonly text: string;
  readonly part: Part | undefined;
}

/** A piece of a formula. */
export function piece(text: string, part?: Part): Piece {
  return { text, part };
}

/** A product w·v of a sum. */
export interface Product {
  readonly weight: number;
  readonly value: number;
}

/** Terms of a sum that are written out; the rest is one number. */
const mostTerms = 4;

/** Collects the pieces of a formula with its numbers in place. */
export interface NumberPieces {
  readonly pieces: readonly Piece[];
  text(text: string): NumberPieces;
  /** A factor or term: a negative number in brackets. */
  number(part: Part, value: number): NumberPieces;
  /** The argument of a function, which has brackets of its own. */
  argument(part: Part, value: number): NumberPieces;
  /** + value, with its sign as the operator. */
  plus(part: Part, value: number): NumberPieces;
  /** The largest products w·v, and what the others come to; products that are exactly 0 are left out. */
  products(part: Part, products: readonly Product[]): NumberPieces;
  /** (a − b)² + … */
  squares(a: Float64Array, b: Float64Array): NumberPieces;
  call(name: string, value: number): string;
  sum(a: number, b: number): string;
  product(a: number, b: number): string;
}

/** Begins a formula. */
export function numberPieces(): NumberPieces {
  const pieces: Piece[] = [];
  const push = (text: string, part?: Part): NumberPieces => {
    pieces.push({ text, part });
    return self;
  };
  const self: NumberPieces = {
    pieces,
    text: (text) => push(text),
    number: (part, value) => push(bracketed(value), part),
    argument: (part, value) => push(signed(value), part),
    plus: (part, value) => push(value < 0 ? ' − ' : ' + ').number(part, Math.abs(value)),
    products(part, products) {
      const there = products.filter(({ weight, value }) => weight * value !== 0);
      const isLong = there.length > mostTerms;
      const ordered = isLong ? [...there].sort(bySize) : there;
      const shown = isLong ? ordered.slice(0, mostTerms - 1) : ordered;
      const rest = ordered.slice(shown.length);
      const written = shown.map(({ weight, value }, k) => {
        const sign = weight < 0 ? (k === 0 ? '−' : ' − ') : k === 0 ? '' : ' + ';
        return `${sign}${formatShortNumber(Math.abs(weight))}·${bracketed(value)}`;
      });
      if (rest.length > 0) {
        const sum = rest.reduce((total, { weight, value }) => total + weight * value, 0);
        written.push(translate` ${sum < 0 ? '−' : '+'} ${formatShortNumber(Math.abs(sum))} (${rest.length} more)`);
      }
      return push(written.length === 0 ? '0' : written.join(''), part);
    },
    squares(a, b) {
      const shown = Math.min(a.length, mostTerms);
      for (let k = 0; k < shown; k++) {
        if (k > 0) push(' + ');
        push('(').number('h', a[k] ?? NaN);
        push(' − ')
          .number('x', b[k] ?? NaN)
          .text(')²');
      }
      return a.length > shown ? push(translate` + ${a.length - shown} more`) : self;
    },
    call: (name, value) => `${name}(${signed(value)})`,
    sum: (a, b) => `${signed(a)} ${b < 0 ? '−' : '+'} ${formatShortNumber(Math.abs(b))}`,
    product: (a, b) => `${signed(a)}·${bracketed(b)}`,
  };
  return self;
}

function bySize(a: Product, b: Product): number {
  return Math.abs(b.weight * b.value) - Math.abs(a.weight * a.value);
}

/** A number with a real minus sign. */
export function signed(value: number): string {
  return formatShortNumber(value).replace(/^-/, '−');
}

function bracketed(value: number): string {
  return value < 0 ? `(${signed(value)})` : signed(value);
}
