import { mathElement } from './math/mathElement';
import { formulaPieces, sentencePieces, type MathPiece } from './math/mathText';

/** A sentence whose symbols are typeset as MathML: `h_t` and `h_{t-1}` with an index, `x^2` with an exponent. */
export function notation(text: string): readonly (Node | string)[] {
  return nodesOf(sentencePieces(text));
}

/** A formula typeset as MathML: ∂L/∂h_t is a fraction. */
export function displayFormula(text: string): readonly (Node | string)[] {
  return nodesOf(formulaPieces(text));
}

function nodesOf(pieces: readonly MathPiece[]): readonly (Node | string)[] {
  return pieces.map((piece) => (piece.kind === 'math' ? mathElement(piece.tree) : piece.text));
}

const shown = new WeakMap<Element, string>();

/** Sets a sentence only if it changes: no layout, no lost selection, no second announcement. */
export function setNotation(target: Element, text: string): void {
  if (shown.get(target) === text) return;
  shown.set(target, text);
  target.replaceChildren(...notation(text));
}
