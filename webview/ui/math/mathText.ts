import { plainText, type MathNode } from './mathTree';
import { parseMath } from './parseMath';

/** A piece of a text: math, or text as it stands. */
export type MathPiece =
  { readonly kind: 'math'; readonly tree: MathNode } | { readonly kind: 'text'; readonly text: string };

/**
 * A symbol of the course with an index or an exponent, a derivative, or a transposed matrix. Names from files have
 * underscores too: of a single letter and a plain index only the course's own count.
 */
const indexed =
  /(?<![\p{L}\p{N}_])(?:\p{L}(?:[_^]\{[^{}]*\}|\^\p{Nd})|\p{Nd}+\^|[xhcŷyLδWbgafiorznNΣσ]_(?:[tkjpy]|\p{Nd}+|[xh][a-z]{0,2}|full|max|min)(?![\p{L}\p{Nd}_]))|‖\^|∂\p{L}|\p{L}[ᵀ′]/u;
/** Quotation marks and the like around math in a sentence. */
const surrounding = /^([“‘"'(]*)(.*?)([”’"'.,;:!?]*)$/su;

/**
 * A formula, in pieces that are parted by its spaces: it can wrap there, and is copied as it reads. Every piece between
 * them is math.
 */
export function formulaPieces(text: string): readonly MathPiece[] {
  return parted(text, (part) => [{ kind: 'math', tree: parseMath(part, 'stacked') }]);
}

/** A sentence: only what has an index, an exponent or a derivative in it is math. */
export function sentencePieces(text: string): readonly MathPiece[] {
  return parted(text, (part) => {
    if (!indexed.test(part)) return [{ kind: 'text', text: part }];
    const [, before = '', inside = '', after = ''] = surrounding.exec(part) ?? [];
    // A bracket that the math closes belongs to it.
    const opened = inside.includes(')') && !inside.includes('(') && before.endsWith('(') ? '(' : '';
    const start = before.slice(0, before.length - opened.length);
    return [
      ...(start === '' ? [] : [{ kind: 'text', text: start } as const]),
      { kind: 'math', tree: parseMath(`${opened}${inside}`) },
      ...(after === '' ? [] : [{ kind: 'text', text: after } as const]),
    ];
  });
}

/** The plain notation of pieces. */
export function plainOf(pieces: readonly MathPiece[]): string {
  return pieces.map((piece) => (piece.kind === 'math' ? plainText(piece.tree) : piece.text)).join('');
}

/** What parts the pieces of a text: spaces, and the words and the punctuation of languages that are written without them. */
const separators = /(\s+|[\p{Script=Han}\u3000-\u303f\uff00-\uffef]+)/u;

function parted(text: string, piecesOf: (part: string) => readonly MathPiece[]): readonly MathPiece[] {
  const pieces: MathPiece[] = [];
  for (const [i, part] of text.split(separators).entries()) {
    if (part === '') continue;
    // Every other part is a separator.
    const made: readonly MathPiece[] = i % 2 === 1 ? [{ kind: 'text', text: part }] : piecesOf(part);
    for (const piece of made) {
      const last = pieces.at(-1);
      if (piece.kind === 'text' && last?.kind === 'text')
        pieces[pieces.length - 1] = { kind: 'text', text: last.text + piece.text };
      else pieces.push(piece);
    }
  }
  return pieces;
}
