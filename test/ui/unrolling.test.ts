import assert from 'node:assert/strict';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Locator } from 'playwright-core';
import { StoredNotebook } from './storedNotebook';

const byHand = `{
  "data": { "sequences": [{ "inputs": [[1], [0.5], [-1]], "targets": [[0.5], [0.25], [-0.5]] }] },
  "model": { "cell": "rnn", "hidden": 2 },
  "training": { "steps": 20 }
}`;

const text = `{
  "data": { "text": "rhyme.txt", "length": 60, "order": "random" },
  "model": { "cell": "gru", "hidden": 16 },
  "training": { "steps": 30, "batch": 4 }
}`;

/** Presses twice within a few frames, in the page: a motion that is over cannot be stopped. What it says after each. */
async function pressTwice(control: Element): Promise<readonly (string | null)[]> {
  const seen: (string | null)[] = [];
  for (let n = 0; n < 2; n++) {
    (control as HTMLElement).click();
    for (let frame = 0; frame < 3; frame++) {
      await new Promise((resolve) => {
        requestAnimationFrame(resolve);
      });
    }
    seen.push(control.textContent);
  }
  return seen;
}

/** A cell by its title. */
const sectionOf = (notebook: StoredNotebook, title: string): Locator =>
  notebook.page.getByRole('region', { name: new RegExp(`^\\[\\d+\\] ?${title}$`) });

describe('The unrolled net', () => {
  let notebook: StoredNotebook;

  before(async () => {
    notebook = await StoredNotebook.train('hand.rnn.json', { files: { 'hand.rnn.json': byHand } });
    await notebook.page.getByText('Sequence time — update 19').waitFor();
  });

  after(() => notebook.close());

  const cell = () => sectionOf(notebook, 'Unrolled net');
  const formula = () => cell().locator('.node-formula');
  const fold = (name: string) => notebook.page.getByRole('button', { name, exact: true });

  it('opens the formula of the node that is clicked, with numbers that the engine has too', async () => {
    const surface = cell().locator('.surface');
    const box = await surface.boundingBox();
    assert.ok(box !== null);
    await surface.click({ position: { x: box.width / 2, y: box.height * 0.55 } });
    await formula().getByText('h1 = tanh(Wxh x1 + Whh h0 + bh)').waitFor();
    const words = (await formula().textContent()) ?? '';
    assert.match(words, /h1\s*\[0\] = tanh\(.+·0\.5 \+ .+\) = tanh\(.+\) = −?0\.\d+/);
    assert.match(words, /All 2 units computed from these numbers agree with the engine/);
  });

  it('goes from node to node and to the formula by keys', async () => {
    await cell().locator('.surface').focus();
    await notebook.page.keyboard.press('ArrowUp');
    await formula().getByText('ŷ1 = Why h1 + by').waitFor();
    await notebook.page.keyboard.press('ArrowRight');
    await formula().getByText('ŷ2 = Why h2 + by').waitFor();
    await notebook.page.keyboard.press('Enter');
    assert.equal(await formula().evaluate((element) => element === document.activeElement), true);
  });

  it('shows the gradient as arrows from the last step to the first, followed by the space bar', async () => {
    const steps = cell().locator('.net-gradient');
    const pale = cell().locator('.net-gradient.not-reached');
    await cell().locator('.surface').focus();
    await notebook.page.keyboard.press('g');
    await cell().getByText('frame of h').waitFor();
    assert.equal(await steps.count(), 3);
    await cell().getByRole('button', { name: 'To the last step' }).click();
    await cell().locator('.surface').focus();
    for (const left of [2, 1, 0]) {
      while ((await pale.count()) !== left) await sleep(20);
      if (left > 0) await notebook.page.keyboard.press('Space');
    }
    const number = ((await steps.first().locator('text').textContent()) ?? '').trim();
    const readout = (await cell().locator('.readout').textContent()) ?? '';
    assert.ok(readout.includes(`‖∂L/∂h0‖ = ${number} ·`), `${number}: ${readout}`);
    await cell().getByRole('button', { name: 'Hide the gradient' }).click();
    await steps.first().waitFor({ state: 'detached' });
  });

  it('turns into the loop in an animation that can be stopped, and unrolls again', async () => {
    const control = cell().locator('vscode-button', { hasText: 'Show the loop' });
    const labels = await control.evaluate(pressTwice);
    assert.deepEqual(labels, ['Stop the animation', 'Unroll the loop']);
    await fold('Unroll the loop').waitFor();
    assert.equal(
      await cell()
        .locator('.net-label', { hasText: /^W\s*hh$/ })
        .count(),
      1,
    );
    assert.equal(await cell().locator('rect.net-node').count(), 4);
    await cell().locator('.surface').focus();
    await notebook.page.keyboard.press('u');
    await fold('Show the loop').waitFor();
    assert.equal(await cell().locator('rect.net-node').count(), 12);
  });
});

describe('Where motion is reduced', () => {
  it('the net shows the loop and the unrolled net at once', async () => {
    const notebook = await StoredNotebook.train('hand.rnn.json', {
      files: { 'hand.rnn.json': byHand },
      isMotionReduced: true,
    });
    const control = sectionOf(notebook, 'Unrolled net').locator('vscode-button', { hasText: 'Show the loop' });
    await control.waitFor();
    // What is out of sight is drawn a moment later than what is seen.
    await control.scrollIntoViewIfNeeded();
    assert.deepEqual(await control.evaluate(pressTwice), ['Unroll the loop', 'Show the loop']);
    await notebook.close();
  });
});

describe('The output of a net that writes', () => {
  let notebook: StoredNotebook;

  before(async () => {
    notebook = await StoredNotebook.train('text.rnn.json', {
      files: { 'text.rnn.json': text, 'rhyme.txt': 'to be or not to be, that is <i>it</i>.\n'.repeat(20) },
    });
  });

  after(() => notebook.close());

  it('is drawn as text, and a prompt that it cannot read is refused', async () => {
    const frame = notebook.page;
    await frame.getByText('Sequence time — update 29').waitFor();
    // The first answers give the cells above their height.
    await sectionOf(notebook, 'Update').locator('figure').first().waitFor({ state: 'attached' });
    await sectionOf(notebook, 'Output').locator('h2').scrollIntoViewIfNeeded();
    const sample = frame.getByRole('region', { name: 'Sampled text', exact: true });
    await sample.waitFor();
    const drawn = await sample.innerText();
    assert.ok(drawn.length > 200, drawn);
    await frame.getByRole('button', { name: 'Sample again' }).click();
    while ((await sample.innerText()) === drawn) await notebook.page.waitForTimeout(50);
    const prompt = frame.locator('.text-field vscode-text-field');
    await prompt.click();
    await notebook.page.keyboard.press('Control+A');
    await notebook.page.keyboard.type('<i>?');
    await notebook.page.keyboard.press('Enter');
    await frame.getByText(/"\?", symbol 4 of the prompt, is not among the \d+ that this network knows/).waitFor();
    await prompt.click();
    await notebook.page.keyboard.press('Control+A');
    await notebook.page.keyboard.type('<i>t');
    await notebook.page.keyboard.press('Enter');
    await sample.getByText('<i>t', { exact: true }).waitFor();
    assert.equal(await sample.locator('i').count(), 0);
  });

  it('is zoomed like all pictures of sequence time', async () => {
    const frame = notebook.page;
    const shown = frame.getByRole('scrollbar', { name: /^Steps/ });
    await sectionOf(notebook, 'Unrolled net').locator('.surface').focus();
    for (const key of ['Home', '+', '+', '+']) await notebook.page.keyboard.press(key);
    await shown.and(frame.getByLabel(/^Steps 0 to 7 of 60/)).waitFor();
    for (const title of ['Loss per step', 'Backward through time']) {
      const labels = sectionOf(notebook, title).locator('.sequence-steps').first();
      // A picture out of sight is drawn after those in sight.
      await labels.getByText('8', { exact: true }).waitFor({ state: 'detached' });
      await labels.getByText('7', { exact: true }).waitFor();
      assert.doesNotMatch((await labels.locator('span').allInnerTexts()).join(' '), /\b(1[0-9]|[2-5][0-9])\b/);
    }
    await notebook.page.keyboard.press('End');
    await frame.getByLabel(/^Steps 52 to 59 of 60/).waitFor();
  });
});
