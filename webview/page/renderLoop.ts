import type { Store } from '../store/store';
import { gutters } from '../plot/trainingAxis';
import { setPictureScale } from '../theme/pictureScale';
import { fontSizeOfPage, onThemeChange, readTheme, type Theme } from '../theme/theme';

/** Draws a page once, and again whenever the model, the theme, the width or the size of its type changes. */
export function renderLoop<Model, Action>(
  root: HTMLElement,
  store: Store<Model, Action>,
  draw: (model: Model, theme: Theme) => void,
): void {
  let theme = readScaledTheme();
  const redraw = (): void => {
    draw(store.model, theme);
  };
  store.subscribe(redraw);
  onThemeChange(() => {
    theme = readScaledTheme();
    redraw();
  });
  const whenResized = (): void => {
    // The type of a cell that is presented grows with the window.
    if (fontSizeOfPage() !== theme.fontSize) theme = readScaledTheme();
    redraw();
  };
  new ResizeObserver(whenResized).observe(root);
  redraw();
}

/** Reads the theme, and sets what grows with its type. */
function readScaledTheme(): Theme {
  const theme = readTheme();
  setPictureScale(theme.fontSize);
  for (const [side, width] of [
    ['left', gutters.left],
    ['right', gutters.right],
  ] as const) {
    document.documentElement.style.setProperty(`--gutter-${side}`, `${width}px`);
  }
  return theme;
}
