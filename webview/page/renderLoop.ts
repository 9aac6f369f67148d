import type { Store } from '../store/store';
import { onThemeChange, readTheme, type Theme } from '../theme/theme';

/** Draws a page once, and again whenever the model, the theme or the width changes. */
export function renderLoop<Model, Action>(
  root: HTMLElement,
  store: Store<Model, Action>,
  draw: (model: Model, theme: Theme) => void,
): void {
  let theme = readTheme();
  const redraw = (): void => {
    draw(store.model, theme);
  };
  store.subscribe(redraw);
  onThemeChange(() => {
    theme = readTheme();
    redraw();
  });
  new ResizeObserver(redraw).observe(root);
  redraw();
}
