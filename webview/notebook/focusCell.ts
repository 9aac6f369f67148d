/**
 * Moves the focus to the picture of a cell, or to its fold button where it has no picture; nothing scrolls. A page
 * without the focus takes it from nobody: an element that asks for it there would take it from the editor.
 */
export function focusCell(cell: HTMLElement): void {
  if (!document.hasFocus()) return;
  const picture = cell.querySelector<HTMLElement>('.cell-body:not([hidden]) [tabindex="0"]');
  (picture ?? cell.querySelector<HTMLElement>('.cell-head vscode-button'))?.focus({ preventScroll: true });
}
