import assert from 'node:assert/strict';
import { StoredNotebook } from './storedNotebook';

describe('Presenting a cell', () => {
  let notebook: StoredNotebook;

  before(async () => {
    notebook = await StoredNotebook.train('three-steps.rnn.json', { width: 1280, height: 720, isAsOpened: true });
    await notebook.page.getByText('Sequence time — update').waitFor();
  });

  after(() => notebook.close());

  const cell = (title: string) => notebook.page.getByRole('region', { name: new RegExp(`\\]\\s*${title}$`) });

  /** Titles of the cells that are visible. */
  const visible = (): Promise<readonly string[]> =>
    notebook.page
      .locator('.cell h2')
      .evaluateAll((titles) =>
        titles.filter((title) => (title as HTMLElement).offsetParent !== null).map(({ textContent }) => textContent),
      );

  it('by its key shows it alone, in larger type', async () => {
    const { page } = notebook;
    const fontSize = (): Promise<number> =>
      page.locator('body').evaluate((body) => Number.parseFloat(getComputedStyle(body).fontSize));
    const before = await fontSize();
    await cell('Loss').getByRole('application').focus();
    await page.keyboard.press('p');
    await cell('Gradient through time').waitFor({ state: 'hidden' });
    assert.deepEqual(await visible(), ['[1]Loss']);
    assert.ok((await fontSize()) > 1.25 * before);
    const box = await cell('Loss').boundingBox();
    assert.ok(box !== null && box.height > 0.75 * 720 && box.y + box.height <= 720, JSON.stringify(box));
  });

  it('goes on to the next cell, whose picture has an axis of its own', async () => {
    const { page } = notebook;
    await page.keyboard.press('PageDown');
    await cell('Gradient through time').locator('.update-labels').getByText('50', { exact: true }).waitFor();
    assert.deepEqual(await visible(), ['[2]Gradient through time']);
    await page.keyboard.press('PageUp');
    await cell('Loss').waitFor();
  });

  it('leaves by Escape, to where the page was', async () => {
    const { page } = notebook;
    await page.keyboard.press('Escape');
    await cell('Clipping').waitFor();
    assert.ok((await visible()).length > 10);
  });

  it('draws the numbers of a short net large enough for the last row of a room', async () => {
    const { page } = notebook;
    await page.getByRole('button', { name: 'Present Unrolled net' }).click();
    await cell('Loss').waitFor({ state: 'hidden' });
    const numbers = cell('Unrolled net').locator('.net-number');
    await numbers.first().waitFor();
    const heights = await numbers.evaluateAll((all) => all.map((number) => number.getBoundingClientRect().height));
    // At a desk they have 11 px.
    assert.ok(Math.min(...heights) > 28, heights.join());
    await notebook.screenshot('presenting');
    await page.getByRole('button', { name: 'Show all cells' }).click();
    await cell('Loss').waitFor();
  });

  it('is kept when the page is loaded again', async () => {
    const { page } = notebook;
    await page.getByRole('button', { name: 'Present Clipping' }).click();
    await cell('Loss').waitFor({ state: 'hidden' });
    await page.reload();
    await cell('Clipping').waitFor();
    assert.deepEqual(await visible(), ['[3]Clipping']);
  });
});
