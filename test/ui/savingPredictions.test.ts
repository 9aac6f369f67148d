import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Workbench } from './workbench';

describe('The button that saves predictions', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ file: 'sunspots.rnn.json' });
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
  });

  after(() => workbench.close());

  it('asks for a file, and writes the held-out rows of the selected update', async () => {
    const cell = workbench.webviewFrame().getByRole('region', { name: 'Output' });
    const errors = cell.getByText(/RMSE .* held-out rows of sunspots; persistence has RMSE/);
    // The cell is computed while it is in the window, and the cells above it grow as they are drawn.
    while (!(await errors.isVisible())) {
      await cell.scrollIntoViewIfNeeded();
      await workbench.page.waitForTimeout(250);
    }
    await cell.getByRole('button', { name: 'Save Predictions as CSV…' }).click();
    const path = await workbench.suggestedFile('.csv');
    assert.match(path, /predictions-after-\d+-updates\.csv$/);
    await workbench.page.keyboard.press('Enter');
    await workbench.page
      .getByText(/Saved the predictions of \d+ held-out rows/)
      .first()
      .waitFor();
    const saved = join(workbench.folder, path.split('/').at(-1) ?? '');
    assert.ok(existsSync(saved), saved);
    assert.match(readFileSync(saved, 'utf8'), /^row,(?:YEAR,)?sunspots,sunspots predicted,sunspots persistence\n\d+,/);
  });
});
