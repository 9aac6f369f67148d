import { html, render } from 'lit-html';
import { fieldTemplate, hasFocus } from './controls';
import { element } from './element';
import { formatExact } from '../../src/text/numbers';
import { translate } from '../../src/text/translate';

/** The numbers that a field accepts. */
export interface NumberRange {
  readonly accepts: (value: number) => boolean;
  /** The text after “Enter”. */
  readonly describe: () => string;
}

/** All numbers above 0. */
export const positiveNumbers: NumberRange = {
  accepts: (value) => Number.isFinite(value) && value > 0,
  describe: () => translate`a number above 0`,
};

/** All numbers from 0. */
export const numbersFromZero: NumberRange = {
  accepts: (value) => Number.isFinite(value) && value >= 0,
  describe: () => translate`a number, 0 or above`,
};

/** All integers that a double represents exactly. */
export const wholeNumbers: NumberRange = {
  accepts: Number.isSafeInteger,
  describe: () => translate`a whole number`,
};

/** Whole numbers from `least` to the current value of `most`. */
export function wholeNumbersTo(most: () => number, least = 0): NumberRange {
  return {
    accepts: (value) => Number.isSafeInteger(value) && value >= least && value <= most(),
    describe: () => (most() <= least ? `${least}` : translate`a whole number from ${least} to ${formatExact(most())}`),
  };
}

/** A field for a number; Enter or leaving the field submits it. */
export interface NumberField {
  readonly element: HTMLElement;
  /** Shows the value, unless the field has the focus. */
  update(value: number | undefined, isEnabled: boolean): void;
}

/** Creates a number field; a number outside its range is not submitted, and the field says what to enter. */
export function numberField(
  label: string,
  range: NumberRange,
  onEnter: (value: number) => void,
  format: (value: number) => string = String,
): NumberField {
  const place = element('label', { class: 'number-field' });
  let shown = '';
  let problem = '';
  let isInvalid = false;
  let isEnabled = true;
  const showProblem = (text: string): void => {
    problem = text;
    isInvalid = text !== '';
    draw();
  };
  const send = (entered: string): void => {
    if (entered === shown) return;
    const text = entered.trim();
    const value = text === '' ? NaN : Number(text);
    if (range.accepts(value)) {
      // While the field has the focus nothing else says what was sent last.
      shown = entered;
      showProblem('');
      onEnter(value);
    } else {
      showProblem(translate`“${text}” is not valid. Enter ${range.describe()}.`);
    }
  };
  const draw = (value?: string): void => {
    const onInput = (): void => {
      showProblem('');
    };
    render(
      html`<span>${label}</span
        >${fieldTemplate({ label, hint: label, value, size: 8, isEnabled, isInvalid, onInput, onEnter: send })}<span
          class="field-problem"
          role="alert"
          >${problem}</span
        >`,
      place,
    );
  };
  return {
    element: place,
    update(value, enabled) {
      isEnabled = enabled;
      if (hasFocus(place)) {
        draw();
        return;
      }
      // The field shows the current value again; the message stays until something is typed.
      isInvalid = false;
      shown = value === undefined ? '' : format(value);
      draw(shown);
    },
  };
}
