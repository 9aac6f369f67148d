import { rowOf, type MathNode } from './mathTree';

/** How fractions of derivatives are written: ∂L over ∂h_t, or ∂L/∂h_t on one line. */
type FractionStyle = 'stacked' | 'inline';

const letters = /^[\p{Ll}\p{Lu}\p{Lo}][\p{Ll}\p{Lu}\p{Lo}\p{M}]*/u;
const digits = /^\p{Nd}+(?:[.,]\p{Nd}+)*(?:e[+−-]?\p{Nd}+)?/u;
/** Operators that are letters to Unicode. */
const signs = new Set(['Σ', 'Π']);

/**
 * Parses a formula, or a part of one without spaces, in the project's plain notation: `W_{hh}ᵀ`, `h_{t-1}`, `∂L/∂h_t`,
 * `10^{-3}`, `(1 − f_t)²`. Whatever is not known is an operator, so that no character is lost; brackets need not match.
 */
export function parseMath(text: string, fractions: FractionStyle = 'inline'): MathNode {
  const parser = new Parser(text, fractions);
  return rowOf(parser.sequence());
}

class Parser {
  #at = 0;

  constructor(
    readonly text: string,
    readonly fractions: FractionStyle,
  ) {}

  sequence(): readonly MathNode[] {
    const nodes: MathNode[] = [];
    while (this.#at < this.text.length) nodes.push(this.#item());
    return nodes;
  }

  get #rest(): string {
    return this.text.slice(this.#at);
  }

  #take(length: number): string {
    const taken = this.text.slice(this.#at, this.#at + length);
    this.#at += length;
    return taken;
  }

  #item(): MathNode {
    const numerator = this.#differential();
    if (numerator === undefined) return this.#scripted(this.#atom());
    if (this.fractions === 'inline' || !/^\/∂\p{L}/u.test(this.#rest)) return numerator;
    const before = this.#at;
    this.#take(1);
    const denominator = this.#differential();
    if (denominator !== undefined) return { kind: 'fraction', numerator, denominator };
    this.#at = before;
    return numerator;
  }

  /** ∂ and what it is of. */
  #differential(): MathNode | undefined {
    if (!/^∂\p{L}/u.test(this.#rest)) return undefined;
    const sign: MathNode = { kind: 'operator', text: this.#take(1) };
    return { kind: 'row', children: [sign, this.#scripted(this.#atom())] };
  }

  #atom(): MathNode {
    const rest = this.#rest;
    const [number] = digits.exec(rest) ?? [];
    if (number !== undefined) return { kind: 'number', text: this.#take(number.length) };
    const [first = ''] = Array.from(rest);
    if (signs.has(first)) return { kind: 'operator', text: this.#take(first.length) };
    const [word] = letters.exec(rest) ?? [];
    if (word !== undefined) return { kind: 'identifier', text: this.#take(word.length) };
    return { kind: 'operator', text: this.#take(first.length) };
  }

  /** An atom with the index and the exponent that follow it, in either order. */
  #scripted(base: MathNode): MathNode {
    let [sub, sup]: [MathNode | undefined, MathNode | undefined] = [undefined, undefined];
    for (;;) {
      const rest = this.#rest;
      const [raised] = /^[ᵀ²]/u.exec(rest) ?? [];
      const [marked, mark, braced, plain] = /^([_^])(?:\{([^{}]*)\}|([\p{Ll}\p{Lu}\p{Lo}\p{Nd}]+))/u.exec(rest) ?? [];
      if (raised !== undefined && sup === undefined) {
        this.#take(raised.length);
        sup = raised === 'ᵀ' ? { kind: 'identifier', text: 'T' } : { kind: 'number', text: '2' };
      } else if (marked !== undefined && (mark === '_' ? sub : sup) === undefined) {
        this.#take(marked.length);
        const script = parseMath((braced ?? plain ?? '').replaceAll('-', '−'));
        if (mark === '_') sub = script;
        else sup = script;
      } else {
        return sub === undefined && sup === undefined ? base : { kind: 'scripts', base, sub, sup };
      }
    }
  }
}
