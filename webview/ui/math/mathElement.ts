import { isTypeset, plainText, type MathNode } from './mathTree';

const namespace = 'http://www.w3.org/1998/Math/MathML';

/** A tree as a `<math>` element, named by its plain notation where that says more than its letters one after the other. */
export function mathElement(tree: MathNode): Element {
  const math = mathml('math', ...nodesOf(tree));
  if (isTypeset(tree)) {
    const plain = plainText(tree);
    math.setAttribute('alttext', plain);
    // A fraction has letters of full size.
    math.setAttribute('displaystyle', 'true');
    math.setAttribute('aria-label', spoken(plain));
  }
  return math;
}

/** The plain notation without its marks: what a name that is made of these letters says. */
function spoken(plain: string): string {
  return plain.replaceAll(/[_^]\{([^{}]*)\}/g, '$1');
}

function mathml(tag: string, ...children: readonly (Element | string)[]): Element {
  const made = document.createElementNS(namespace, tag);
  made.append(...children);
  return made;
}

function nodesOf(node: MathNode): readonly Element[] {
  return node.kind === 'row' ? node.children.flatMap(nodesOf) : [elementOf(node)];
}

/** A single element, as the children of fractions and scripts must be. */
function elementOf(node: MathNode): Element {
  switch (node.kind) {
    case 'identifier': {
      // Letters in the page's own font: many systems have no font with mathematical italics.
      const letter = mathml('mi', node.text);
      letter.setAttribute('mathvariant', 'normal');
      if (Array.from(node.text.normalize('NFC')).length === 1) letter.setAttribute('class', 'variable');
      return letter;
    }
    case 'number':
      return mathml('mn', node.text);
    case 'operator': {
      const operator = mathml('mo', node.text);
      // The text around has the spaces; brackets stay as high as the type, because a formula may wrap within them.
      for (const [name, value] of Object.entries({ lspace: '0', rspace: '0', stretchy: 'false' })) {
        operator.setAttribute(name, value);
      }
      return operator;
    }
    case 'row':
      return mathml('mrow', ...nodesOf(node));
    case 'scripts': {
      const { base, sub, sup } = node;
      const parts = [base, sub, sup].filter((part) => part !== undefined).map(elementOf);
      return mathml(sub === undefined ? 'msup' : sup === undefined ? 'msub' : 'msubsup', ...parts);
    }
    case 'fraction':
      return mathml('mfrac', elementOf(node.numerator), elementOf(node.denominator));
    default:
      return node satisfies never;
  }
}
