import { quote } from '../text/quoting';

/** The operators of two operands, by how tightly they bind. */
const levels = [['and'], ['<', '<=', '>', '>='], ['+', '-'], ['*', '/']] as const;

/** An operator of two operands. */
export type Operator = (typeof levels)[number][number] | '^';

/** An arithmetic expression over quantities of a run. It can name them and calculate, and nothing else. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'quantity'; readonly name: string }
  | { readonly kind: 'element'; readonly of: Expression; readonly index: Expression }
  | { readonly kind: 'call'; readonly name: string; readonly operands: readonly Expression[] }
  | { readonly kind: 'negative'; readonly of: Expression }
  | { readonly kind: 'operation'; readonly operator: Operator; readonly operands: readonly [Expression, Expression] };

/** Most characters of an expression. */
export const maxExpressionLength = 300;
const maxDepth = 40;

const tokenPattern = /\s*(?:(\d+\.?\d*(?:e[+-]?\d+)?|\.\d+(?:e[+-]?\d+)?)|([A-Za-z]\w*)|(<=|>=|[-+*/^()[\],<>]))/y;

interface Token {
  readonly text: string;
  readonly kind: 'number' | 'name' | 'sign';
}

/**
 * Reads an expression, such as `norm(dh[0]) / norm(dh[29])`.
 *
 * @throws Error with a message for people
 */
export function parseExpression(text: string): Expression {
  if (text.length > maxExpressionLength) {
    throw new Error(`An expression has at most ${maxExpressionLength} characters; this one has ${text.length}.`);
  }
  const reader = new ExpressionReader(tokensOf(text), text);
  return reader.whole();
}

function tokensOf(text: string): readonly Token[] {
  const tokens: Token[] = [];
  const end = text.trimEnd().length;
  tokenPattern.lastIndex = 0;
  while (tokenPattern.lastIndex < end) {
    const at = tokenPattern.lastIndex;
    const found = tokenPattern.exec(text);
    if (found === null) {
      const rest = text.slice(at).trimStart();
      throw new Error(
        `The expression ${quote(text)} can't be read at ${quote(rest)}. Use numbers, names of quantities, + - * / ^, < <= > >=, and, ( ) and [ ].`,
      );
    }
    const [, number, name, sign = ''] = found;
    if (number !== undefined) tokens.push({ kind: 'number', text: number });
    else if (name !== undefined) tokens.push({ kind: name === 'and' ? 'sign' : 'name', text: name });
    else tokens.push({ kind: 'sign', text: sign });
  }
  return tokens;
}

/** Reads tokens from left to right. */
class ExpressionReader {
  #at = 0;
  #depth = 0;

  constructor(
    readonly tokens: readonly Token[],
    readonly text: string,
  ) {}

  whole(): Expression {
    const expression = this.#operation(0);
    const next = this.tokens[this.#at];
    if (next !== undefined) throw this.#unexpected(next);
    return expression;
  }

  #operation(level: number): Expression {
    const operators: readonly Operator[] | undefined = levels[level];
    if (operators === undefined) return this.#power();
    let left = this.#operation(level + 1);
    for (;;) {
      const operator = operators.find((sign) => this.#isNext(sign));
      if (operator === undefined) return left;
      this.#at++;
      left = this.#nested(() => ({
        kind: 'operation',
        operator,
        operands: [left, this.#operation(level + 1)],
      }));
    }
  }

  #power(): Expression {
    if (this.#isNext('-')) {
      this.#at++;
      return this.#nested(() => ({ kind: 'negative', of: this.#power() }));
    }
    const base = this.#elements();
    if (!this.#isNext('^')) return base;
    this.#at++;
    return this.#nested(() => ({ kind: 'operation', operator: '^', operands: [base, this.#power()] }));
  }

  #elements(): Expression {
    let of = this.#atom();
    while (this.#isNext('[')) {
      this.#at++;
      const index = this.#nested(() => this.#operation(0));
      this.#expect(']');
      of = { kind: 'element', of, index };
    }
    return of;
  }

  #atom(): Expression {
    const token = this.tokens[this.#at];
    if (token === undefined) throw new Error(`The expression ${quote(this.text)} ends too early.`);
    this.#at++;
    if (token.kind === 'number') return { kind: 'number', value: Number(token.text) };
    if (token.kind === 'sign') {
      if (token.text !== '(') throw this.#unexpected(token);
      const inner = this.#nested(() => this.#operation(0));
      this.#expect(')');
      return inner;
    }
    if (!this.#isNext('(')) return { kind: 'quantity', name: token.text };
    this.#at++;
    const operands = [this.#nested(() => this.#operation(0))];
    while (this.#isNext(',')) {
      this.#at++;
      operands.push(this.#nested(() => this.#operation(0)));
    }
    this.#expect(')');
    return { kind: 'call', name: token.text, operands };
  }

  #nested<T>(read: () => T): T {
    // Nesting is what costs stack, and a file can have as much of it as characters.
    if (++this.#depth > maxDepth) throw new Error(`The expression ${quote(this.text)} is nested too deep.`);
    const found = read();
    this.#depth--;
    return found;
  }

  #isNext(sign: string): boolean {
    const token = this.tokens[this.#at];
    return token?.kind === 'sign' && token.text === sign;
  }

  #expect(sign: string): void {
    if (!this.#isNext(sign)) {
      const token = this.tokens[this.#at];
      throw token === undefined
        ? new Error(`The expression ${quote(this.text)} ends where ${quote(sign)} is needed.`)
        : this.#unexpected(token);
    }
    this.#at++;
  }

  #unexpected({ text }: Token): Error {
    return new Error(`The expression ${quote(this.text)} has ${quote(text)} where it can't be.`);
  }
}
