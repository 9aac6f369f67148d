import { StatusBarAlignment, window, type Disposable, type StatusBarItem } from 'vscode';
import { plainText } from '../text/plainText';

/** A part of a status bar item: text, whoever wrote it, behind a theme icon of our own. */
export interface StatusPart {
  /** Name of a theme icon, such as `sync~spin`. */
  readonly icon?: string;
  readonly text: string;
}

/** What stands in a status bar item. */
export interface StatusContent {
  readonly parts: readonly StatusPart[];
  readonly tooltip: string;
  /** What a screen reader says. */
  readonly accessibilityLabel: string;
}

/** An item of the status bar, hidden until it has something to show. */
export class StatusItem implements Disposable {
  readonly #item: StatusBarItem;

  /**
   * @param name what the person may hide it by
   * @param command run when it is pressed
   */
  constructor(id: string, name: string, command: string) {
    this.#item = window.createStatusBarItem(id, StatusBarAlignment.Left);
    this.#item.name = name;
    this.#item.command = command;
  }

  /** Shows what is text, whoever wrote it, as text. */
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
