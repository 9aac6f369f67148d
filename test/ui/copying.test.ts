import assert from 'node:assert/strict';
import { StoredNotebook } from './storedNotebook';

const pngSignature = 'iVBORw0KGgo';

describe('Taking a picture with you', () => {
  let notebook: StoredNotebook;

  before(async () => {
    notebook = await StoredNotebook.train('three-steps.rnn.json');
    await notebook.page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
  });

  after(() => notebook.close());

  const press = (name: string) => notebook.page.getByRole('button', { name, exact: true }).click();

  it('shows the numbers behind it and unfolds its why', async () => {
    await press('Table of Loss');
    await press('Why: Loss');
    const frame = notebook.page;
    assert.equal(await frame.getByRole('region', { name: 'Loss over updates' }).locator('tbody tr').count(), 100);
    assert.match(await frame.locator('#cell-1-help').innerText(), /gradient descent/);
  });

  it('copies them as CSV', async () => {
    await press('Copy the table of Loss as CSV');
    await notebook.page.getByText('Copied as CSV: 100 rows.').waitFor();
    const copied = await notebook.page.locator('body').evaluate(() => navigator.clipboard.readText());
    assert.match(copied, /^update,mean loss,lowest,highest,validation,learning rate\r\n0,1\.\d{6,}/);
  });

  it('copies the picture as PNG', async () => {
    await press('Copy Gradient through time as a picture (PNG)');
    await notebook.page.getByText('Copied as a picture.').waitFor();
    const copied = await notebook.page.locator('body').evaluate(async () => {
      const [item] = await navigator.clipboard.read();
      const picture = await item?.getType('image/png');
      const bytes = new Uint8Array((await picture?.arrayBuffer()) ?? new ArrayBuffer(0));
      return btoa(String.fromCharCode(...bytes.subarray(0, 48)));
    });
    assert.ok(copied.startsWith(pngSignature), copied);
  });

  it('lists the keys when ? is pressed', async () => {
    await notebook.page.locator('#cell-1-body .surface').focus();
    await notebook.page.keyboard.press('?');
    await notebook.page.getByText('previous and next update, wherever the focus is').waitFor();
    await notebook.page.keyboard.press('Escape');
    await notebook.page.locator('dialog').waitFor({ state: 'hidden' });
  });

  it('goes from update to update with [ and ] from any cell', async () => {
    await notebook.page.locator('#cell-3-body .surface').focus();
    await notebook.page.keyboard.press('[');
    await notebook.page.getByText('Sequence time — update 98').waitFor();
    await notebook.page.keyboard.press(']');
    await notebook.page.getByText('Sequence time — update 99').waitFor();
  });
});
