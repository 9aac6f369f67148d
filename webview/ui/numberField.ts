import { nameField, setEnabled } from './controls';
import { element, setAttribute, setText } from './element';

/** The numbers that a field takes. */
export interface NumberRange {
  readonly accepts: (value: number) => boolean;
  /** What they are, after “it must be”. */
  readonly describe: () => string;
}

/** Every number above 0. */
export const positiveNumbers: NumberRange = {
  accepts: (value) => Number.isFinite(value) && value > 0,
  describe: () => 'a number above 0',
};

/** 0 and every number above. */
export const numbersFromZero: NumberRange = {
  accepts: (value) => Number.isFinite(value) && value >= 0,
  describe: () => 'a number, 0 or above',
};

/** Every whole number that a double holds exactly. */
export const wholeNumbers: NumberRange = {
  accepts: Number.isSafeInteger,
  describe: () => 'a whole number',
};

/** Whole numbers from `least` to what `most` says at that moment. */
export function wholeNumbersTo(most: () => number, least = 0): NumberRange {
  return {
    accepts: (value) => Number.isSafeInteger(value) && value >= least && value <= most(),
    describe: () =>
      most() <= least ? `${least}` : `a whole number from ${least} to ${most().toLocaleString('en-US')}`,
  };
}

/** A field for a number, sent with Enter or on leaving it. */
export interface NumberField {
  readonly element: HTMLElement;
  /** Shows the value, unless somebody is typing. */
  update(value: number | undefined, isEnabled: boolean): void;
}

/** Makes a number field; what is not in its range is not sent, and the field says what it takes. */
export function numberField(
  label: string,
  range: NumberRange,
  onEnter: (value: number) => void,
  format: (value: number) => string = String,
): NumberField {
  const field = document.createElement('vscode-text-field');
  field.setAttribute('size', '8');
  field.title = label;
  const refusal = element('span', { class: 'field-problem', role: 'alert' });
  let shown = '';
  const refuse = (words: string): void => {
    setAttribute(field, 'aria-invalid', String(words !== ''));
    field.classList.toggle('invalid', words !== '');
    setText(refusal, words);
  };
  const send = (): void => {
    if (field.value === shown) return;
    const text = field.value.trim();
    const value = text === '' ? NaN : Number(text);
    if (range.accepts(value)) {
      refuse('');
      onEnter(value);
    } else {
      refuse(`“${text}” is not taken: it must be ${range.describe()}.`);
    }
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') send();
    // What is typed here is no shortcut of the notebook.
    event.stopPropagation();
  });
  field.addEventListener('input', () => {
    refuse('');
  });
  field.addEventListener('blur', send);
  const caption = element('span', {});
  setText(caption, label);
  return {
    element: element('label', { class: 'number-field' }, caption, field, refusal),
    update(value, isEnabled) {
      setEnabled(field, isEnabled);
      nameField(field, label);
      if (document.activeElement === field) return;
      // The value that holds stands there again; the words stay until the next is typed.
      field.classList.remove('invalid');
      setAttribute(field, 'aria-invalid', 'false');
      shown = value === undefined ? '' : format(value);
      if (field.value !== shown) field.value = shown;
    },
  };
}
