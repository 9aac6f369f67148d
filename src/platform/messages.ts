import { window } from 'vscode';
import { plainText } from '../text/plainText';
import { translateMessage } from '../text/translate';

/**
 * Shows a notification, as `window.showInformationMessage` does. The message is shown as plain text.
 *
 * @param actions labels of its buttons, which are constants of this extension
 * @returns the label that was pressed; undefined where the notification was closed
 */
export async function showInformationMessage(message: string, ...actions: readonly string[]) {
  return window.showInformationMessage(plainText(translateMessage(message)), ...actions);
}

/** See showInformationMessage. */
export async function showWarningMessage(message: string, ...actions: readonly string[]) {
  return window.showWarningMessage(plainText(translateMessage(message)), ...actions);
}

/** See showInformationMessage. */
export async function showErrorMessage(message: string, ...actions: readonly string[]) {
  return window.showErrorMessage(plainText(translateMessage(message)), ...actions);
}

/**
 * Shows a modal confirmation and waits for the answer. Message and detail are shown as plain text.
 *
 * @param action label of the confirming button, a constant of this extension
 * @returns whether that button was pressed
 */
export async function confirm(message: string, detail: string, action: string): Promise<boolean> {
  const options = { modal: true, detail: plainText(translateMessage(detail)) };
  return (await window.showWarningMessage(plainText(translateMessage(message)), options, action)) === action;
}
