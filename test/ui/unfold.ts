import type { FrameLocator, Page } from 'playwright-core';

/** Waits until the page has drawn what it was told before: a frame for the change, and one that follows it. */
export async function drawn(notebook: FrameLocator | Page): Promise<void> {
  await notebook.locator('body').evaluate(
    () =>
      new Promise<void>((resolve) => {
        requestAnimationFrame(() => {
          requestAnimationFrame(() => {
            resolve();
          });
        });
      }),
  );
}

/** Unfolds every cell and every part of a cell that starts folded, once the selected update is shown. */
export async function unfoldAll(notebook: FrameLocator | Page): Promise<void> {
  await notebook.getByText('Sequence time — update').waitFor();
  const folded = notebook.locator('.cell.folded > .cell-head > vscode-button, .fold-button[aria-expanded="false"]');
  // A cell that is unfolded may show parts that are folded.
  while ((await folded.count()) > 0) {
    await folded.first().click();
    await drawn(notebook);
  }
  await notebook.locator('body').evaluate(() => {
    scrollTo(0, 0);
  });
}
