import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { element, setAttribute } from './element';
import { icon, type IconName } from './icon';

declare global {
  /** The properties of the toolkit's elements that are used here. */
  interface HTMLElementTagNameMap {
    readonly 'vscode-button': HTMLElement;
    readonly 'vscode-dropdown': HTMLElement & { value: string };
    readonly 'vscode-text-field': HTMLElement & { value: string };
  }
}

/** Registers the toolkit's elements; call it once, before any control is created. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeTextField());
}

/** A button; `label` is its text and its accessible name. */
export interface ButtonSpec {
  readonly label: string;
  /** The tooltip; the label by default. */
  readonly hint?: string;
  readonly icon?: IconName;
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  readonly onPress: () => void;
}

/** Creates a button. */
export function button({
  label,
  hint = label,
  icon: sign,
  appearance = 'secondary',
  onPress,
}: ButtonSpec): HTMLElement {
  const made = document.createElement('vscode-button');
  made.setAttribute('appearance', appearance);
  made.setAttribute('aria-label', label);
  made.title = hint;
  if (sign !== undefined) made.append(icon(sign));
  if (appearance !== 'icon') made.append(label);
  made.addEventListener('click', onPress);
  return made;
}

/** Changes the label of a button. */
export function relabel(control: HTMLElement, label: string, hint = label): void {
  setAttribute(control, 'aria-label', label);
  setAttribute(control, 'title', hint);
  if (control.lastChild?.nodeType === Node.TEXT_NODE) control.lastChild.nodeValue = label;
}

/** Enables or disables a control. */
export function setEnabled(control: HTMLElement, isEnabled: boolean): void {
  control.toggleAttribute('disabled', !isEnabled);
}

/** A choice among options. */
export interface Choice<T extends string> {
  readonly element: HTMLElement;
  /** Sets the options and the selected value; equal options are not rebuilt. */
  setOptions(options: readonly { readonly value: T; readonly label: string }[], value: T): void;
}

/** Creates a drop-down list. */
export function choice<T extends string>(label: string, onChoose: (value: T) => void): Choice<T> {
  const dropdown = document.createElement('vscode-dropdown');
  dropdown.setAttribute('aria-label', label);
  dropdown.title = label;
  dropdown.addEventListener('change', () => {
    onChoose(dropdown.value as T);
  });
  let current = '';
  return {
    element: element('label', { class: 'choice' }, element('span', {}, label), dropdown),
    setOptions(options, value) {
      const key = JSON.stringify(options);
      if (key !== current) {
        current = key;
        dropdown.replaceChildren(
          ...options.map((option) => {
            const made = document.createElement('vscode-option');
            made.setAttribute('value', option.value);
            made.textContent = option.label;
            return made;
          }),
        );
      }
      if (dropdown.value !== value) dropdown.value = value;
    },
  };
}

/** A field for a line of text; Enter or leaving the field submits it. */
export interface TextField {
  readonly element: HTMLElement;
  /** Shows the text, unless the field has the focus. */
  update(value: string): void;
}

/** Creates a text field. */
export function textField(label: string, hint: string, onEnter: (value: string) => void): TextField {
  const field = document.createElement('vscode-text-field');
  field.title = hint;
  let shown = '';
  const send = (): void => {
    if (field.value === shown) return;
    shown = field.value;
    onEnter(shown);
  };
  field.addEventListener('keydown', (event) => {
    if (event.key === 'Enter') send();
    // Typed keys are not shortcuts of the notebook.
    event.stopPropagation();
  });
  field.addEventListener('blur', send);
  return {
    element: element('label', { class: 'text-field' }, element('span', {}, label), field),
    update(value) {
      nameField(field, label);
      if (document.activeElement === field) return;
      shown = value;
      if (field.value !== value) field.value = value;
    },
  };
}

/** Sets the accessible name of a field; the toolkit calls every field “Text field” when it is attached. */
export function nameField(field: HTMLElement, label: string): void {
  if (field.getAttribute('aria-label') !== label) field.setAttribute('aria-label', label);
}
