import { html, type TemplateResult } from 'lit-html';
import { live } from 'lit-html/directives/live.js';

/** A slider over the whole numbers from 0. */
export interface SliderSpec {
  readonly label: string;
  /** CSS class. */
  readonly class: string;
  readonly most: number;
  readonly value: number;
  /** The value for screen readers. */
  readonly text: string;
  /** CSS. */
  readonly style?: string;
  readonly onMove: (value: number) => void;
}

/** A slider as a template. */
export function sliderTemplate({ label, class: name, most, value, text, style, onMove }: SliderSpec): TemplateResult {
  const move = ({ currentTarget }: Event): void => {
    onMove(Number((currentTarget as HTMLInputElement).value));
  };
  // The slider handles arrow keys itself; [ and ] still reach the notebook.
  const press = (event: KeyboardEvent): void => {
    if (event.key.startsWith('Arrow') || event.key === 'Home' || event.key === 'End') event.stopPropagation();
  };
  // The value comes after its limits, which would clamp it.
  return html`<input
    type="range"
    class=${name}
    aria-label=${label}
    aria-valuetext=${text}
    min="0"
    max=${most}
    step="1"
    .value=${live(String(value))}
    .style=${style ?? ''}
    @input=${move}
    @keydown=${press}
  />`;
}
