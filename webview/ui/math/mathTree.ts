/**
 * A formula as a tree, made from the project's plain notation and written out as MathML (MathML Core). `plainText` gives the
 * plain notation back, so that a test can hold every formula against what was written.
 */
export type MathNode =
  | { readonly kind: 'identifier' | 'number' | 'operator'; readonly text: string }
  | { readonly kind: 'row'; readonly children: readonly MathNode[] }
  | {
      readonly kind: 'scripts';
      readonly base: MathNode;
      /** At least one of the two. */
      readonly sub: MathNode | undefined;
      readonly sup: MathNode | undefined;
    }
  | { readonly kind: 'fraction'; readonly numerator: MathNode; readonly denominator: MathNode };

/** The plain notation of a tree: indices and exponents in braces, `a/b` for a fraction. */
export function plainText(node: MathNode): string {
  switch (node.kind) {
    case 'identifier':
    case 'number':
    case 'operator':
      return node.text;
    case 'row':
      return node.children.map(plainText).join('');
    case 'scripts':
      return `${plainText(node.base)}${node.sub === undefined ? '' : `_{${plainText(node.sub)}}`}${node.sup === undefined ? '' : superscript(plainText(node.sup))}`;
    case 'fraction':
      return `${plainText(node.numerator)}/${plainText(node.denominator)}`;
    default:
      return node satisfies never;
  }
}

function superscript(text: string): string {
  return { T: 'ᵀ', '2': '²' }[text] ?? `^{${text}}`;
}

/** Whether a tree has anything that a line of text has not: an index, an exponent, a fraction. */
export function isTypeset(node: MathNode): boolean {
  return node.kind === 'row' ? node.children.some(isTypeset) : node.kind === 'scripts' || node.kind === 'fraction';
}

/** One node for several. */
export function rowOf(children: readonly MathNode[]): MathNode {
  const [only, ...others] = children;
  return only !== undefined && others.length === 0 ? only : { kind: 'row', children };
}
