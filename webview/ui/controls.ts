import {
  provideVSCodeDesignSystem,
  vsCodeButton,
  vsCodeDropdown,
  vsCodeOption,
  vsCodeTextField,
} from '@vscode/webview-ui-toolkit';
import { html, noChange, nothing, render, type TemplateResult } from 'lit-html';
import { ifDefined } from 'lit-html/directives/if-defined.js';
import { keyed } from 'lit-html/directives/keyed.js';
import { live } from 'lit-html/directives/live.js';
import { element } from './element';
import { lineNotation } from '../../src/text/lineNotation';
import { iconTemplate, type IconName } from './icon';

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
  readonly isHidden?: boolean;
  readonly isEnabled?: boolean;
  /** The id of the element that the button opens and closes, and whether it is open. */
  readonly opens?: { readonly id: string; readonly isOpen: boolean };
  readonly onPress: () => void;
}

/** A button as a template. */
export function buttonTemplate({
  label,
  hint = label,
  icon: sign,
  appearance = 'secondary',
  isHidden = false,
  isEnabled = true,
  opens,
  onPress,
}: ButtonSpec): TemplateResult {
  return html`<vscode-button
    aria-label=${label}
    appearance=${appearance}
    title=${hint}
    aria-controls=${ifDefined(opens?.id)}
    aria-expanded=${ifDefined(opens?.isOpen)}
    ?hidden=${isHidden}
    ?disabled=${!isEnabled}
    @click=${onPress}
    >${sign === undefined ? nothing : iconTemplate(sign)}${appearance === 'icon' ? nothing : label}</vscode-button
  >`;
}

/** A choice among options. */
export interface Choice<T extends string> {
  readonly element: HTMLElement;
  /** Sets the options and the selected value; equal options are not rebuilt. */
  setOptions(options: readonly { readonly value: T; readonly label: string }[], value: T): void;
}

/** Creates a drop-down list. */
export function choice<T extends string>(label: string, onChoose: (value: T) => void): Choice<T> {
  const place = element('label', { class: 'choice' });
  const choose = ({ currentTarget }: Event): void => {
    onChoose((currentTarget as HTMLElementTagNameMap['vscode-dropdown']).value as T);
  };
  const draw: Choice<T>['setOptions'] = (options, value) => {
    // The list reads the text of its options only when they are attached: changed options are new elements.
    const made = options.map(
      (option) => html`<vscode-option value=${option.value}>${lineNotation(option.label)}</vscode-option>`,
    );
    render(
      html`<span>${label}</span
        ><vscode-dropdown aria-label=${label} title=${label} .value=${live(value)} @change=${choose}
          >${keyed(JSON.stringify(options), made)}</vscode-dropdown
        >`,
      place,
    );
  };
  return { element: place, setOptions: draw };
}

/** A field for a line of text; Enter or leaving the field submits it. */
export interface TextField {
  readonly element: HTMLElement;
  /** Shows the text, unless the field has the focus. */
  update(value: string): void;
}

/** Creates a text field. */
export function textField(label: string, hint: string, onEnter: (value: string) => void): TextField {
  const place = element('label', { class: 'text-field' });
  let shown = '';
  const send = (value: string): void => {
    if (value === shown) return;
    shown = value;
    onEnter(shown);
  };
  return {
    element: place,
    update(value) {
      const isFocused = hasFocus(place);
      if (!isFocused) shown = value;
      render(
        html`<span>${label}</span
          >${fieldTemplate({ label, hint, value: isFocused ? undefined : value, onEnter: send })}`,
        place,
      );
    },
  };
}

/** The input of a field. */
export interface FieldSpec {
  readonly label: string;
  readonly hint: string;
  /** undefined leaves the text as it is: the user may be typing. */
  readonly value: string | undefined;
  /** In characters. */
  readonly size?: number;
  readonly isEnabled?: boolean;
  readonly isInvalid?: boolean;
  readonly onInput?: () => void;
  /** Called on Enter and when the field is left. */
  readonly onEnter: (value: string) => void;
}

/** The input of a field as a template. */
export function fieldTemplate({
  label,
  hint,
  value,
  size,
  isEnabled = true,
  isInvalid,
  onInput,
  onEnter,
}: FieldSpec): TemplateResult {
  const enter = ({ currentTarget }: Event): void => {
    onEnter((currentTarget as HTMLElementTagNameMap['vscode-text-field']).value);
  };
  const press = (event: KeyboardEvent): void => {
    if (event.key === 'Enter') enter(event);
    // Typed keys are not shortcuts of the notebook.
    event.stopPropagation();
  };
  // The toolkit calls every field “Text field” when it is attached: its name is compared with the page's own.
  return html`<vscode-text-field
    class=${isInvalid === true ? 'invalid' : ''}
    size=${ifDefined(size)}
    title=${hint}
    aria-label=${live(label)}
    aria-invalid=${ifDefined(isInvalid)}
    ?disabled=${!isEnabled}
    .value=${value === undefined ? noChange : live(value)}
    @keydown=${press}
    @input=${onInput}
    @blur=${enter}
  ></vscode-text-field>`;
}

/** Whether the input of a field has the focus. */
export function hasFocus(field: HTMLElement): boolean {
  return field.contains(document.activeElement);
}
