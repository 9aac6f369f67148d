import type { PictureHandlers } from '../../plot/sequenceSurface';
import type { Model } from '../../store/model';
import type { Store } from '../../store/store';
import type { FlowPicture } from './flowPicture';
import { translate } from '../../../src/text/translate';

/** The row that is read, an index of `losses`; the last where its step has no loss. */
export function selectedRow(losses: readonly number[], { pointedLoss, view }: Model): number {
  const loss = pointedLoss ?? view.gradientFlowLoss;
  const row = loss === undefined ? -1 : losses.indexOf(loss);
  return row < 0 ? losses.length - 1 : row;
}

/** Reads the row under the pointer, and selects rows by clicks and keys. */
export function flowControls(store: Store, shown: () => FlowPicture | undefined): PictureHandlers {
  const losses = (): readonly number[] => shown()?.losses ?? [];
  const rowAt = (y: number): number => {
    const count = losses().length;
    const fromTop = Math.floor((y / (shown()?.height ?? 1)) * count);
    return Math.max(0, Math.min(count - 1, count - 1 - fromTop));
  };
  const select = (row: number): void => {
    const gradientFlowLoss = losses()[Math.max(0, Math.min(losses().length - 1, row))];
    store.dispatch({ kind: 'lossPointed', loss: undefined });
    store.dispatch({ kind: 'viewChanged', view: { gradientFlowLoss } });
  };
  return {
    onPoint: (y) => {
      const row = rowAt(y);
      if (row !== selectedRow(losses(), store.model)) store.dispatch({ kind: 'lossPointed', loss: losses()[row] });
    },
    onPick: (y) => {
      select(rowAt(y));
    },
    handleKey: (key) => {
      if (key !== 'ArrowUp' && key !== 'ArrowDown') return false;
      select(selectedRow(losses(), store.model) + (key === 'ArrowUp' ? 1 : -1));
      return true;
    },
    keys: translate`Up and down arrow keys move from loss to loss.`,
  };
}
