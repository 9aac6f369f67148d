import { color } from 'd3-color';

/** The colours of the pictures, taken from VS Code's own tokens. */
export interface Theme {
  readonly kind: 'dark' | 'light' | 'highContrast' | 'highContrastLight';
  readonly background: string;
  readonly foreground: string;
  /** Axis titles and other secondary text. */
  readonly faint: string;
  readonly grid: string;
  readonly border: string;
  readonly focus: string;
  readonly train: string;
  readonly validation: string;
  /** Clipping events, in all pictures. */
  readonly clip: string;
  /** The clipped gradient. */
  readonly clipped: string;
  readonly baseline: string;
  /** The colours of compared runs; more runs reuse them with other dashes. */
  readonly runs: readonly string[];
  readonly error: string;
  readonly fontFamily: string;
  readonly fontSize: number;
}

/** Reads the active theme. */
export function readTheme(): Theme {
  const style = getComputedStyle(document.documentElement);
  const token = (name: string, fallback: string): string => {
    const value = style.getPropertyValue(`--vscode-${name}`).trim();
    return value === '' ? fallback : value;
  };
  // Some themes give chart colours that are nearly transparent, made for backgrounds and not for lines.
  const solid = (name: string, fallback: string): string => withOpacity(token(name, fallback), 1);
  const { classList } = document.body;
  const kind = classList.contains('vscode-high-contrast-light')
    ? 'highContrastLight'
    : classList.contains('vscode-high-contrast')
      ? 'highContrast'
      : classList.contains('vscode-light')
        ? 'light'
        : 'dark';
  const isLight = kind === 'light' || kind === 'highContrastLight';
  const foreground = token('foreground', isLight ? '#1f1f1f' : '#cccccc');
  const isContrast = kind === 'highContrast' || kind === 'highContrastLight';
  return {
    kind,
    background: token('editor-background', isLight ? '#ffffff' : '#1f1f1f'),
    foreground,
    faint: isContrast ? foreground : token('descriptionForeground', foreground),
    grid: withOpacity(foreground, isContrast ? 0.35 : 0.14),
    border: token('contrastBorder', withOpacity(foreground, 0.25)),
    focus: token('focusBorder', '#0078d4'),
    train: solid('charts-blue', isLight ? '#1a85ff' : '#3794ff'),
    validation: solid('charts-orange', '#d18616'),
    clip: solid('charts-red', isLight ? '#e51400' : '#f14c4c'),
    clipped: solid('charts-purple', isLight ? '#652d90' : '#b180d7'),
    baseline: solid('charts-green', isLight ? '#388a34' : '#89d185'),
    runs: [
      solid('charts-blue', isLight ? '#1a85ff' : '#3794ff'),
      solid('charts-orange', '#d18616'),
      solid('charts-purple', isLight ? '#652d90' : '#b180d7'),
      solid('charts-yellow', isLight ? '#bf8803' : '#cca700'),
      solid('charts-green', isLight ? '#388a34' : '#89d185'),
      foreground,
    ],
    error: token('errorForeground', isLight ? '#a1260d' : '#f48771'),
    fontFamily: token('font-family', 'sans-serif'),
    fontSize: fontSizeOfPage(),
  };
}

/** The font size of the page, px: that of VS Code, unless a cell is presented. */
export function fontSizeOfPage(): number {
  return Number.parseFloat(getComputedStyle(document.body).fontSize);
}

/** A CSS colour with another opacity; unchanged where it can't be parsed. */
export function withOpacity(css: string, opacity: number): string {
  const parsed = color(css);
  return parsed === null ? css : parsed.copy({ opacity }).formatRgb();
}

/** Calls `listener` whenever the theme changes. */
export function onThemeChange(listener: () => void): void {
  new MutationObserver(listener).observe(document.body, {
    attributes: true,
    attributeFilter: ['class', 'data-vscode-theme-id'],
  });
}
