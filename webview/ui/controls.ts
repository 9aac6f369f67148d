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
  /** The parts of the toolkit's elements that are used here. */
  interface HTMLElementTagNameMap {
    readonly 'vscode-button': HTMLElement;
    readonly 'vscode-dropdown': HTMLElement & { value: string };
    readonly 'vscode-text-field': HTMLElement & { value: string };
  }
}

/** Registers the toolkit's elements; once, before any control is made. */
export function registerControls(): void {
  provideVSCodeDesignSystem().register(vsCodeButton(), vsCodeDropdown(), vsCodeOption(), vsCodeTextField());
}

/** A button; `label` is what it is called. */
export interface ButtonSpec {
  readonly label: string;
  /** What the pointer is told, where the label alone is not enough. */
  readonly hint?: string;
  readonly icon?: IconName;
  readonly appearance?: 'primary' | 'secondary' | 'icon';
  readonly onPress: () => void;
}

/** Makes a button. */
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

/** Calls a button something else from now on. */
export function relabel(control: HTMLElement, label: string, hint = label): void {
  setAttribute(control, 'aria-label', label);
  setAttribute(control, 'title', hint);
  if (control.lastChild?.nodeType === Node.TEXT_NODE) control.lastChild.nodeValue = label;
}

/** Greys a control out or brings it back. */
export function setEnabled(control: HTMLElement, isEnabled: boolean): void {
  control.toggleAttribute('disabled', !isEnabled);
}

/** A choice among options. */
export interface Choice<T extends string> {
  readonly element: HTMLElement;
  /** Offers these options with one chosen; keeps the list when it is the same. */
  setOptions(options: readonly { readonly value: T; readonly label: string }[], value: T): void;
}

/** Makes a drop-down list. */
export function choice<T extends string>(label: string, onChoose: (value: T) => void): Choice<T> {
  const dropdown = document.createElement('vscode-dropdown');
  dropdown.setAttribute('aria-label', label);
  dropdown.title = label;
  dropdown.addEventListener('change', () => {
    onChoose(dropdown.value as T);
  });
  let offered = '';
  return {
    element: element('label', { class: 'choice' }, element('span', {}, label), dropdown),
    setOptions(options, value) {
      const key = JSON.stringify(options);
      if (key !== offered) {
        offered = key;
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

/** A field for a line of text, sent with Enter or on leaving it. */
export interface TextField {
  readonly element: HTMLElement;
  /** Shows the text, unless somebody is typing. */
  update(value: string): void;
}

/** Makes a text field. */
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
    // What is typed here is no shortcut of the notebook.
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

/** Names a field for who listens; the toolkit calls every field “Text field” when it comes into the page. */
export function nameField(field: HTMLElement, label: string): void {
  if (field.getAttribute('aria-label') !== label) field.setAttribute('aria-label', label);
}
