import { window } from 'vscode';
import { plainText } from '../text/plainText';

/**
 * Shows a notification, as `window.showInformationMessage` does. What stands in it is text, whoever wrote it.
 *
 * @param actions labels of its buttons, in our own words
 * @returns the label that was pressed; undefined where the notification was closed
 */
export async function showInformationMessage(message: string, ...actions: readonly string[]) {
  return window.showInformationMessage(plainText(message), ...actions);
}

/** See showInformationMessage. */
export async function showWarningMessage(message: string, ...actions: readonly string[]) {
  return window.showWarningMessage(plainText(message), ...actions);
}

/** See showInformationMessage. */
export async function showErrorMessage(message: string, ...actions: readonly string[]) {
  return window.showErrorMessage(plainText(message), ...actions);
}

/**
 * Asks in a dialog whether to do something, and waits for the answer. What stands in it is text, whoever wrote it.
 *
 * @param action label of the button that says yes, in our own words
 */
export async function confirm(message: string, detail: string, action: string): Promise<boolean> {
  const options = { modal: true, detail: plainText(detail) };
  return (await window.showWarningMessage(plainText(message), options, action)) === action;
}
