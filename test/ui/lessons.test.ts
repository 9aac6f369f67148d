import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FrameLocator, Locator } from 'playwright-core';
import { scratchWorkspace } from '../../scripts/scratch';
import { violations } from './violations';
import { Workbench } from './workbench';

const ownLesson = `---
title: My own lesson
sample: three-steps.rnn.json
---
<b>Not bold</b> [not a link](command:unroll.train)

\`\`\`question
ask: How many steps?
answer: steps
tolerance: 0
\`\`\`
`;

describe('The view "Lessons"', () => {
  let workbench: Workbench;
  let folder: string;

  before(async () => {
    folder = scratchWorkspace({
      'own.lesson.md': ownLesson,
      'bad.lesson.md': '---\ntitle: x\ncomand: y\n---\n',
    });
    copyFileSync(join('media', 'samples', 'three-steps.rnn.json'), join(folder, 'three-steps.rnn.json'));
    workbench = await Workbench.open({ file: 'three-steps.rnn.json', folder });
    await workbench.runCommand('Unroll: Show Lessons');
    await lessons().getByRole('heading', { name: 'The course' }).waitFor();
  });

  after(() => workbench.close());

  /** The page of the lessons: a webview in the side bar. */
  const lessons = (): FrameLocator =>
    workbench.page.frameLocator('iframe.webview.ready[src*="purpose=webviewView"]').frameLocator('#active-frame');
  const button = (name: string): Locator => lessons().getByRole('button', { name });
  const notebook = (): FrameLocator =>
    workbench.page.frameLocator('iframe.webview.ready:not([src*="purpose=webviewView"])').frameLocator('#active-frame');

  it('lists the course and the lessons of the workspace, and says why a file is none', async () => {
    await button('The forward pass').waitFor();
    await button('My own lesson').waitFor();
    await lessons().getByText('Line 3: There is no key "comand"').waitFor();
  });

  it('trains the sample of a lesson, and asks before it shows what follows', async () => {
    await button('Backpropagation through time, by hand').click();
    await lessons().getByText('isn’t trained yet').waitFor();
    assert.equal(await lessons().getByText('So it goes on to the first step.').count(), 0);
    await button('Train it').click();
    await button('Show it in the panel').waitFor();
  });

  it('says whether an answer is right by the number of the run, all by keys', async () => {
    const field = lessons().getByRole('textbox', { name: /^Question What is ‖∂L\/∂h2‖/ });
    await field.focus();
    await workbench.page.keyboard.type('3');
    await workbench.page.keyboard.press('Enter');
    await lessons().getByText('Not yet: the magnitude is smaller.').waitFor();
    await field.fill('nothing');
    await workbench.page.keyboard.press('Enter');
    await lessons().getByText('"nothing" is not a number.').waitFor();
    await field.fill('1.83');
    await workbench.page.keyboard.press('Enter');
    await lessons().getByText('✓ Right:').waitFor();
    await lessons().getByText('1.83', { exact: true }).first().waitFor();
  });

  it('marks the cell with the number in the panel, at the step that the question is about', async () => {
    const marked = notebook().locator('.cell.marked');
    await marked.getByRole('heading', { name: /Backward through time/ }).waitFor();
    assert.equal(await marked.count(), 1);
    const top = (): Promise<number> => marked.evaluate((cell) => cell.getBoundingClientRect().top / innerHeight);
    while (!((await top()) >= 0 && (await top()) < 0.5)) await workbench.page.waitForTimeout(100);
    // In the place of the summary once the picture has the focus or is pointed at.
    await marked.locator('.readout', { hasText: 't = 2' }).first().waitFor({ state: 'attached' });
  });

  it('trains a run again that was deleted, from the question that needs it', async () => {
    rmSync(join(folder, 'unroll-runs'), { recursive: true });
    await lessons().getByText('The folder of this run is gone').first().waitFor();
    await button('Show the number').click();
    // Beside the run, and where the answer would be.
    await button('Train it again').nth(1).click();
    await button('Show it in the panel').waitFor();
    assert.equal(await button('Train it again').count(), 0);
  });

  it('trains a run again whose file has changed, and offers the sample as it was', async () => {
    const file = join(folder, 'three-steps.rnn.json');
    const sample = readFileSync(file, 'utf8');
    const changed = sample.replace('"learningRate": 0.1', '"learningRate": 0.2');
    assert.notEqual(changed, sample);
    writeFileSync(file, changed);
    await lessons().getByText('The file has changed since this run (learningRate)').waitFor();
    await button('Train it again').click();
    await button('Show it in the panel').waitFor();
    await button('Copy the sample again').waitFor();
    await lessons().getByText('differs from the sample').waitFor();
    // Back to the sample: the run in between is not taken for one of it.
    writeFileSync(file, sample);
    await lessons().getByText('The file has changed since this run (learningRate)').waitFor();
    await button('Train it again').click();
    await button('Show it in the panel').waitFor();
    assert.equal(await button('Copy the sample again').count(), 0);
  });

  it('keeps the answers over a reload of the window', async () => {
    await workbench.reload();
    await workbench.runCommand('Unroll: Show Lessons');
    await lessons().getByText('1 of 3 answered').waitFor();
  });

  it('shows a lesson of the workspace as text, and follows its file', async () => {
    await button('My own lesson').click();
    await lessons().getByText('<b>Not bold</b> [not a link](command:unroll.train)').waitFor();
    assert.equal(await lessons().getByRole('link').count(), 0);
    await button('Show the number').click();
    await lessons().getByText('Shown:').waitFor();
    await workbench.openFile('own.lesson.md');
    const { keyboard } = workbench.page;
    // The title stands in the second line.
    for (const key of ['Control+Home', 'ArrowDown', 'End']) await keyboard.press(key);
    await keyboard.type(' renamed');
    await keyboard.press('Control+S');
    await lessons().getByRole('heading', { name: 'My own lesson renamed' }).waitFor();
  });

  it('has nothing that axe objects to', async () => {
    assert.deepEqual(await violations(lessons()), []);
  });
});
