import { html, nothing, render } from 'lit-html';
import { partKey } from '../../store/cellParts';
import type { Model } from '../../store/model';
import { iconTemplate } from '../../ui/icon';
import { element } from '../../ui/element';
import type { CellContext, CellPart } from './cellDeclaration';
import type { CellTitle } from './cellHelp';
import { translateMessage } from '../../../src/text/translate';

let parts = 0;

/**
 * A part of a cell that folds by itself; whether it is folded is stored in the view, like that of the cells.
 *
 * @param heading what is in the part
 * @param isShown whether there is such a part, for one that learns it only when it is updated: a folded one is not
 */
export function foldablePart<D extends { readonly model: Model }, Data>(
  { toggle }: Pick<CellContext, 'toggle'>,
  [cell, heading]: readonly [CellTitle, string],
  part: CellPart<D, Data>,
  isShown?: (data: Data, drawing: D) => boolean,
): CellPart<D, Data> {
  const key = partKey([cell, heading]);
  const id = `part-${parts++}`;
  const body = element('div', { id });
  body.append(part.element);
  const place = element('div', { class: 'foldable-part' });
  return {
    element: place,
    update: (data, drawing) => {
      if (isShown?.(data, drawing) === false) {
        place.hidden = true;
        render(nothing, place);
        return;
      }
      const isFolded = drawing.model.view.folded.includes(key);
      body.hidden = isFolded;
      render(
        html`<button
            class="fold-button"
            aria-expanded=${String(!isFolded)}
            aria-controls=${id}
            @click=${() => {
              toggle('folded', key);
            }}
          >
            ${iconTemplate(isFolded ? 'folded' : 'unfolded')} ${translateMessage(heading)}</button
          >${body}`,
        place,
      );
      // The part may hide itself: then there is nothing to fold.
      if (!isFolded) part.update(data, drawing);
      place.hidden = part.element.hidden;
    },
  };
}
