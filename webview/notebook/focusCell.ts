/** Moves the focus to the picture of a cell, or to its fold button where it has no picture; nothing scrolls. */
export function focusCell(cell: HTMLElement): void {
  const picture = cell.querySelector<HTMLElement>('.cell-body:not([hidden]) [tabindex="0"]');
  (picture ?? cell.querySelector<HTMLElement>('.cell-head vscode-button'))?.focus({ preventScroll: true });
}
