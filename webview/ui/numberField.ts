import { nameField, setEnabled } from './controls';
import { element, setAttribute, setText } from './element';
import { formatExact } from '../../src/text/numbers';

/** The numbers that a field accepts. */
export interface NumberRange {
  readonly accepts: (value: number) => boolean;
  /** The text after “Enter”. */
  readonly describe: () => string;
}

/** All numbers above 0. */
export const positiveNumbers: NumberRange = {
  accepts: (value) => Number.isFinite(value) && value > 0,
  describe: () => 'a number above 0',
};

/** All numbers from 0. */
export const numbersFromZero: NumberRange = {
  accepts: (value) => Number.isFinite(value) && value >= 0,
  describe: () => 'a number, 0 or above',
};

/** All integers that a double represents exactly. */
export const wholeNumbers: NumberRange = {
  accepts: Number.isSafeInteger,
  describe: () => 'a whole number',
};

/** Whole numbers from `least` to the current value of `most`. */
export function wholeNumbersTo(most: () => number, least = 0): NumberRange {
  return {
    accepts: (value) => Number.isSafeInteger(value) && value >= least && value <= most(),
    describe: () => (most() <= least ? `${least}` : `a whole number from ${least} to ${formatExact(most())}`),
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
  const field = document.createElement('vscode-text-field');
  field.setAttribute('size', '8');
  field.title = label;
  const problem = element('span', { class: 'field-problem', role: 'alert' });
  let shown = '';
  const showProblem = (text: string): void => {
    setAttribute(field, 'aria-invalid', String(text !== ''));
    field.classList.toggle('invalid', text !== '');
    setText(problem, text);
  };
  const send = (): void => {
    if (field.value === shown) return;
    const text = field.value.trim();
    const value = text === '' ? NaN : Number(text);
    if (range.accepts(value)) {
      showProblem('');
      onEnter(value);
    } else {
      showProblem(`“${text}” is not valid. Enter ${range.describe()}.`);
    }
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') send();
    // Typed keys are not shortcuts of the notebook.
    event.stopPropagation();
  });
  field.addEventListener('input', () => {
    showProblem('');
  });
  field.addEventListener('blur', send);
  const caption = element('span', {});
  setText(caption, label);
  return {
    element: element('label', { class: 'number-field' }, caption, field, problem),
    update(value, isEnabled) {
      setEnabled(field, isEnabled);
      nameField(field, label);
      if (document.activeElement === field) return;
      // The field shows the current value again; the message stays until something is typed.
      field.classList.remove('invalid');
      setAttribute(field, 'aria-invalid', 'false');
      shown = value === undefined ? '' : format(value);
      if (field.value !== shown) field.value = shown;
    },
  };
}
