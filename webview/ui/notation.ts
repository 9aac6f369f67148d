import { element } from './element';

const index = /([_^])(?:\{([^}]*)\}|([\p{L}\p{N}]+))/gu;

/** The course's notation as elements: `h_t` and `h_{t-1}` with a subscript, `x^2` with a superscript. */
export function notation(text: string): readonly (Node | string)[] {
  const parts: (Node | string)[] = [];
  let from = 0;
  for (const found of text.matchAll(index)) {
    const [whole, mark, braced, plain = ''] = found;
    parts.push(
      text.slice(from, found.index),
      element(mark === '_' ? 'sub' : 'sup', {}, (braced ?? plain).replaceAll('-', '−')),
    );
    from = found.index + whole.length;
  }
  return [...parts, text.slice(from)];
}
