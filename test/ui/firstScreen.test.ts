import assert from 'node:assert/strict';
import { StoredNotebook } from './storedNotebook';
import { Workbench } from './workbench';

describe('The first screen', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ file: 'long-lag.rnn.json' });
    await workbench.codeLens('Train').click();
    await workbench.codeLens('finished').waitFor();
  });
  after(() => workbench.close());

  it('has the three pictures of training time, the state and the buttons beside the editor', async () => {
    const frame = workbench.webviewFrame();
    await frame.getByText('Sequence time — update').waitFor();
    await workbench.screenshot('first-screen');
    const seen = await frame.locator('body').evaluate((body) => {
      const bottomOf = (selector: string): number =>
        body.querySelector(selector)?.getBoundingClientRect().bottom ?? Infinity;
      return {
        room: innerHeight,
        bottoms: ['.progress', '.head-buttons', '#cell-1-body .plot', '#cell-2-body .plot', '#cell-3-body .plot'].map(
          bottomOf,
        ),
      };
    });
    assert.ok(
      seen.bottoms.every((bottom) => bottom <= seen.room),
      `${seen.bottoms.map(Math.round).join(', ')} of ${seen.room}`,
    );
    // All three begin and end at the same pixels: one crosshair goes straight down.
    const edges = await frame
      .locator('#cell-1-body .surface, #cell-2-body .surface, #cell-3-body .surface')
      .evaluateAll((surfaces) =>
        surfaces.map((surface) => [surface.getBoundingClientRect().left, surface.getBoundingClientRect().right].join()),
      );
    assert.deepEqual([edges.length, new Set(edges).size], [3, 1]);
  });

  it('keeps an experiment that is opened from the panel out of the panel’s place', async () => {
    const frame = workbench.webviewFrame();
    await frame.locator('#cell-1-title').click();
    await workbench.openFile('three-steps.rnn.json');
    // The panel is in sight beside it.
    await workbench.tab('Unroll:').waitFor();
    await frame.locator('#cell-1-title').click({ trial: true });
    const groups = await workbench.page.locator('.editor-group-container').count();
    assert.equal(groups, 2);
  });
});

describe('The notebook as it opens beside an editor', () => {
  let notebook: StoredNotebook;

  before(async () => {
    notebook = await StoredNotebook.train('long-lag.rnn.json', { width: 461, height: 698, isAsOpened: true });
    await notebook.page.getByText('Sequence time — update').waitFor();
  });
  after(() => notebook.close());

  it('is short, with a title and a summary for what is folded', async () => {
    const { page } = notebook;
    // Cells are drawn when they come near the window.
    for (let at = 0; at < 20; at++) {
      await page.mouse.wheel(0, 500);
      await page.waitForTimeout(100);
    }
    const height = await page.evaluate(() => document.documentElement.scrollHeight);
    assert.ok(height < 8210 / 2, `${height} px`);
    const folded = await page.locator('.cell.folded h2').allInnerTexts();
    assert.deepEqual(
      folded.map((title) => title.replace(/^\[\d+\]/, '')),
      [
        'Update ratio',
        'Memory horizon',
        'Gate saturation',
        'Gradient norm per parameter',
        'Validation',
        'Clipping at this update',
        'What if',
        'Run',
      ],
    );
    for (const summary of await page.locator('.cell.folded .cell-summary').allInnerTexts())
      assert.notEqual(summary, '');
  });

  it('keeps the summaries of what is folded while another picture is read', async () => {
    const { page } = notebook;
    await page.locator('#cell-3-body .surface').first().hover();
    await page.locator('#cell-3-body').locator('xpath=..').locator('.cell-line.reading').waitFor();
    const summaries = page.locator('[aria-label="Training time"] > .cell.folded .cell-summary');
    const seen = await summaries.evaluateAll((all) => all.map((one) => getComputedStyle(one).visibility));
    assert.deepEqual([...new Set(seen)], ['visible']);
    await page.mouse.move(0, 0);
  });

  it('keeps the state of the run and the outline in sight in one bar', async () => {
    const { page } = notebook;
    const bar = page.locator('.sticky');
    // The wheel moves the page in frames of its own.
    while ((await bar.boundingBox())?.y !== 0) await page.waitForTimeout(50);
    assert.ok(((await bar.boundingBox())?.height ?? Infinity) < 60);
    assert.equal(await bar.locator('.compact-progress').innerText(), '●850 / 850');
  });

  it('jumps to a cell from the outline, and unfolds it', async () => {
    const { page } = notebook;
    const outline = page.getByRole('navigation', { name: 'Cells' });
    await outline.getByRole('button', { name: '16 What if' }).click();
    const cell = page.getByRole('region', { name: 'What if' });
    await cell.getByText('Clipping').first().waitFor();
    const bar = (await page.locator('.sticky').boundingBox())?.height ?? 0;
    const { top, room } = await cell.evaluate((element) => ({
      top: element.getBoundingClientRect().top,
      room: innerHeight,
    }));
    assert.ok(top >= bar - 1 && top < room, `${top}`);
    await outline.getByRole('button', { name: '16 What if' }).and(page.locator('[aria-current="true"]')).waitFor();
    await outline.getByRole('button', { name: 'Training', exact: true }).click();
    await outline.getByRole('button', { name: '1 Loss' }).and(page.locator('[aria-current="true"]')).waitFor();
  });

  it('has the notes of the experiment at the top, all of them on demand', async () => {
    const notes = notebook.page.locator('.notes');
    assert.ok(((await notes.boundingBox())?.height ?? Infinity) < 30);
    await notes.getByRole('button', { name: 'more' }).click();
    assert.ok(((await notes.boundingBox())?.height ?? 0) > 30);
    await notes.getByRole('button', { name: 'less' }).click();
  });
});
