import { seriesAt } from '../store/zoomedSeries';
import type { Pace } from '../../src/protocol/pace';
import { focusCell } from './focusCell';
import { paceOfKey } from './header/paceControl';
import type { Store } from '../store/store';

/**
 * Keys that work wherever the focus is: `[` and `]` for updates, Page Up and Page Down from cell to cell, `<` and
 * `>` for the pace, `?` for the list of keys. Text fields stop the propagation of what is typed into them.
 */
export function listenForKeys(
  root: HTMLElement,
  store: Store,
  openHelp: () => void,
  setPace: (pace: Pace) => void,
): void {
  root.addEventListener('keydown', (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    switch (event.key) {
      case '[':
        moveUpdate(store, -1);
        break;
      case ']':
        moveUpdate(store, 1);
        break;
      case 'PageUp':
        focusNextCell(root, -1);
        break;
      case 'PageDown':
        focusNextCell(root, 1);
        break;
      case '?':
        openHelp();
        break;
      default: {
        const pace = paceOfKey(event.key, store.model);
        if (pace === undefined) return;
        setPace(pace);
      }
    }
    event.preventDefault();
  });
}

/** Moves the selection by `by` columns of the picture; a column may cover several updates. */
function moveUpdate(store: Store, by: number): void {
  const { run, view } = store.model;
  if (run === undefined || run.status.updates === 0) return;
  const last = run.status.updates - 1;
  const { update, t } = view.selection ?? { update: last, t: undefined };
  const to = Math.max(0, Math.min(last, update + by * Math.max(1, seriesAt(run, update).scalars.stride)));
  store.dispatch({ kind: 'hoverChanged', point: undefined });
  store.dispatch({ kind: 'viewChanged', view: { selection: { update: to, t } } });
}

/** Moves the focus to the next unhidden cell. */
function focusNextCell(root: HTMLElement, by: number): void {
  const cells = [...root.querySelectorAll<HTMLElement>('.cell')].filter((cell) => cell.offsetParent !== null);
  const at = cells.findIndex((cell) => cell.contains(document.activeElement));
  const next = at < 0 ? (by > 0 ? 0 : cells.length - 1) : Math.max(0, Math.min(cells.length - 1, at + by));
  const cell = cells[next];
  if (cell === undefined) return;
  focusCell(cell);
  cell.scrollIntoView({ block: 'nearest' });
}
