import { render, type TemplateResult } from 'lit-html';

/**
 * Renders a template of one element, for a place outside templates.
 *
 * @throws if its first element is not of the kind
 */
export function renderElement<Kind extends Element>(template: TemplateResult, kind: new () => Kind): Kind {
  const place = document.createElement('div');
  render(template, place);
  const made = place.firstElementChild;
  if (!(made instanceof kind)) throw new Error('The template has no element of the kind.');
  return made;
}
