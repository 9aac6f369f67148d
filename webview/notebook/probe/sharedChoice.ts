import type { Model } from '../../store/model';
import type { Store } from '../../store/store';
import { formatExact } from '../../../src/text/numbers';
import { choice } from '../../ui/controls';
import { element } from '../../ui/element';
import { translate } from '../../../src/text/translate';

/** The choice among the updates that a page without a trainer can show; hidden where any update can be replayed. */
export function sharedChoice(store: Store): {
  readonly element: HTMLElement;
  readonly update: (model: Model) => void;
} {
  const updates = choice<string>(translate`Recorded update`, (chosen) => {
    if (chosen === '') return;
    const { selection } = store.model.view;
    store.dispatch({ kind: 'viewChanged', view: { selection: { update: Number(chosen), t: selection?.t } } });
  });
  const place = element('div', { class: 'probe shared-updates' }, updates.element);
  return {
    element: place,
    update: ({ shared, run, view }) => {
      place.hidden = shared === undefined || shared.updates.length === 0;
      if (shared === undefined || run === undefined || shared.updates.length === 0) return;
      const shown = view.selection?.update ?? run.status.updates - 1;
      const isShared = shared.updates.some(({ update }) => update === shown);
      updates.setOptions(
        [
          ...(isShared ? [] : [{ value: '', label: translate`choose one` }]),
          ...shared.updates.map(({ update, reason }) => ({
            value: String(update),
            label: reason === '' ? formatExact(update) : `${formatExact(update)}: ${reason}`,
          })),
        ],
        isShared ? String(shown) : '',
      );
    },
  };
}
