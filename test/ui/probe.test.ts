import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { StoredNotebook } from './storedNotebook';
import { drawn } from './unfold';
import { violations } from './violations';

const text = 'to be or not to be, that is it. '.repeat(12);
const experiment = {
  name: 'To be',
  data: { text: 'text.txt', length: 12, order: 'random', validation: 0.3 },
  model: { cell: 'lstm', hidden: 6 },
  training: { steps: 12, batch: 3 },
};

describe('A sequence that is walked through without training on it', () => {
  let notebook: StoredNotebook;
  let group: Locator;

  const summaryOf = (title: string | RegExp): Locator =>
    notebook.page.getByRole('region', { name: title }).locator('.cell-summary').first();
  const choose = async (label: string, option: RegExp): Promise<void> => {
    const list = notebook.page.locator(`vscode-dropdown[aria-label="${label}"]`);
    await list.click();
    await list.getByRole('option', { name: option }).click();
  };

  before(async () => {
    notebook = await StoredNotebook.train('text.rnn.json', {
      files: { 'text.rnn.json': JSON.stringify(experiment), 'text.txt': text },
      width: 900,
    });
    group = notebook.page.getByRole('group', { name: 'Sequence time' });
  });

  after(async () => {
    await notebook.close();
  });

  it('is one of the batch first', async () => {
    await summaryOf('Unrolled net').getByText('Sequence 0 of 3 at update 11').waitFor();
  });

  it('is the held-out sequence with the largest loss, of a list that begins with it', async () => {
    await choose('Sequence from', /held-out/);
    await summaryOf('Unrolled net')
      .getByText(/^Probed: held-out sequence \d+, which does not train\./)
      .waitFor();
    const list = notebook.page.locator('vscode-dropdown[aria-label="Held-out sequence"]');
    const losses = (await list.locator('vscode-option').allTextContents()).map((option) =>
      Number(/L = ([\d.]+)/.exec(option)?.[1]),
    );
    assert.ok(losses.length > 3, `${losses.length} held-out sequences`);
    assert.deepEqual(
      losses,
      [...losses].sort((a, b) => b - a),
    );
    const shown = await group.locator('.status-line').first().textContent();
    assert.equal(Number(/L = ([\d.]+)\./.exec(shown ?? '')?.[1]), losses[0], String(shown));
  });

  it('changes nothing, and the cells of clipping and update say so instead of showing numbers', async () => {
    for (const [title, sentence] of [
      ['Clipping at this update', 'Nothing is clipped for it'],
      [/\] ?Update$/, 'No weight is updated for it'],
      ['What if', 'No update is made for it'],
    ] as const) {
      await summaryOf(title).getByText(sentence).waitFor();
      const cell = notebook.page.getByRole('region', { name: title });
      assert.equal(await cell.locator('table:visible, canvas:visible, vscode-text-field:visible').count(), 0);
    }
  });

  it('is a typed text, and a symbol that the net does not know is refused at the field', async () => {
    await choose('Sequence from', /typed text/);
    const field = group.locator('vscode-text-field[aria-label="text"] input');
    await field.fill('not to be');
    await field.press('Enter');
    await summaryOf('Unrolled net')
      .getByText('Probed: the typed text, which does not train. At update 11: 9 steps')
      .waitFor();
    await field.fill('not tö be');
    await field.press('Enter');
    await group.getByRole('alert').getByText('"ö", symbol 6 of the text, is not among the').waitFor();
    await summaryOf('Unrolled net')
      .getByText('Probed: the typed text, which does not train. At update 11: 9 steps')
      .waitFor();
  });

  it('has the gradient of its inputs, both paths of the LSTM, and its text in the colours of a unit', async () => {
    const { page } = notebook;
    const backward = page.getByRole('region', { name: 'Backward through time' });
    await backward.getByText(/^The loss depends most on the input at t = \d/).waitFor();
    await backward.getByText('within rounding').waitFor();
    const flow = page.getByRole('region', { name: 'Gradient flow' });
    await flow.getByText('Both paths back from').waitFor();
    const output = page.getByRole('region', { name: 'Output' });
    await output.scrollIntoViewIfNeeded();
    const coloured = output.locator('.coloured-text');
    await coloured.waitFor();
    assert.equal((await coloured.textContent())?.replaceAll('␣', ' '), 'not to be');
    await coloured.focus();
    await page.keyboard.press('Home');
    await output.getByText(/^t = 0 · “n” · h_?0/).waitFor();
    await choose('Colour by', /^f/);
    await drawn(page);
    const colours = await coloured
      .locator('span')
      .evaluateAll((spans) => spans.map((span) => span.style.backgroundColor));
    assert.equal(colours.length, 9);
    assert.ok(new Set(colours).size > 1);
    assert.deepEqual(await violations(page), []);
  });

  it('is still shown after a reload, and the batch is back when it is chosen', async () => {
    await notebook.page.reload();
    await summaryOf('Unrolled net').getByText('Probed: the typed text, which does not train. At update 11').waitFor();
    await choose('Sequence from', /batch/);
    await summaryOf('Unrolled net').getByText('Sequence 0 of 3 at update 11').waitFor();
  });
});
