import type { TrainingAxis } from '../plot/trainingAxis';
import type { Store } from '../store/store';
import type { Theme } from '../theme/theme';
import type { Comparison, ComparisonAction } from './model';

/** The store of a comparison. */
export type ComparisonStore = Store<Comparison, ComparisonAction>;

/** What the cells of a comparison draw from. */
export interface ComparisonDrawing {
  readonly model: Comparison;
  readonly axis: TrainingAxis;
  readonly theme: Theme;
}

/** One cell of a comparison. */
export interface ComparisonCell {
  readonly title: string;
  readonly element: HTMLElement;
  update(drawing: ComparisonDrawing): void;
}

/** Highlights one run and one point, or none. */
export function highlight(store: ComparisonStore, highlighted?: number, update?: number, t?: number): void {
  store.dispatch({ kind: 'highlightChanged', highlighted, update, t });
}
