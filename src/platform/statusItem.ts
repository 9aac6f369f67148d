import { StatusBarAlignment, window, type Disposable, type StatusBarItem } from 'vscode';
import { plainText } from '../text/plainText';

/** A part of a status bar item: plain text after an optional theme icon. */
export interface StatusPart {
  /** Name of a theme icon, such as `sync~spin`. */
  readonly icon?: string;
  readonly text: string;
}

/** The content of a status bar item. */
export interface StatusContent {
  readonly parts: readonly StatusPart[];
  readonly tooltip: string;
  /** What a screen reader reads. */
  readonly accessibilityLabel: string;
}

/** An item of the status bar, hidden until `show` is called. */
export class StatusItem implements Disposable {
  readonly #item: StatusBarItem;

  /**
   * @param name shown in the menu in which the user can hide it
   * @param command run when it is clicked
   */
  constructor(id: string, name: string, command: string) {
    this.#item = window.createStatusBarItem(id, StatusBarAlignment.Left);
    this.#item.name = name;
    this.#item.command = command;
  }

  /** Shows the item. All its content but the icons is plain text. */
  show({ parts, tooltip, accessibilityLabel }: StatusContent): void {
    const shown = parts.map(({ icon, text }) => `${icon === undefined ? '' : `$(${icon}) `}${plainText(text)}`);
    this.#item.text = shown.join(' · ');
    this.#item.tooltip = plainText(tooltip);
    this.#item.accessibilityInformation = { label: plainText(accessibilityLabel) };
    this.#item.show();
  }

  hide(): void {
    this.#item.hide();
  }

  dispose(): void {
    this.#item.dispose();
  }
}
