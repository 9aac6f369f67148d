const subscripts: Readonly<Record<string, string>> = {
  t: 'ₜ',
  k: 'ₖ',
  h: 'ₕ',
  x: 'ₓ',
  i: 'ᵢ',
  j: 'ⱼ',
  n: 'ₙ',
  '+': '₊',
  '−': '₋',
  '-': '₋',
  ...Object.fromEntries(Array.from('₀₁₂₃₄₅₆₇₈₉', (sign, digit) => [String(digit), sign])),
};

/** A letter and its index; words with underscores are names. */
const indexed = /(?<![\p{L}\p{N}_])(\p{L})_(?:\{([^{}]*)\}|(\p{L}+))(?![\p{L}\p{N}_])/gu;

/** The notation in signs, for places that take no elements: axes on a canvas, lists, tooltips. */
export function lineNotation(text: string): string {
  return text.replaceAll(indexed, (whole, symbol: string, braced?: string, plain?: string) => {
    // There are no signs for all indices of parameters, such as W_hy and b_y: in one list they have one notation.
    if (symbol === 'W' || symbol === 'b') return `${symbol}_${braced ?? plain ?? ''}`;
    const signs = Array.from(braced ?? plain ?? '', (sign) => subscripts[sign]);
    return signs.every((sign) => sign !== undefined) ? `${symbol}${signs.join('')}` : whole;
  });
}
