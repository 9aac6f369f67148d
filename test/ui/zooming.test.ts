import assert from 'node:assert/strict';
import { scratchWorkspace } from '../../scripts/scratch';
import { StoredNotebook } from './storedNotebook';
import { Workbench } from './workbench';

const experiment = `{
  "name": "Long",
  "data": { "task": "echo", "length": 12 },
  "model": { "cell": "rnn", "hidden": 8 },
  "training": { "steps": 6000, "batch": 1 }
}`;

describe('Zooming into a long run', () => {
  let notebook: StoredNotebook;
  before(async () => {
    notebook = await StoredNotebook.train('long.rnn.json', { files: { 'long.rnn.json': experiment } });
    await notebook.page
      .getByText(/finished 6,000/)
      .first()
      .waitFor();
  });
  after(() => notebook.close());

  it('shows every update once there is room for it, in all pictures of training time', async () => {
    const frame = notebook.page;
    const loss = frame.getByRole('application', { name: /^Loss over updates/ });
    const cell = (title: string) => frame.locator('.cell', { has: frame.getByRole('heading', { name: title }) });
    await frame.getByText('training, mean of 4 updates').waitFor();
    assert.match((await cell('Loss').locator('.readout').first().textContent()) ?? '', /^updates 5,996–5,999 · L = /);
    await loss.focus();
    for (let press = 0; press < 2; press++) await loss.press('+');
    // Where a column is one update the curve is no mean any more.
    await frame.getByText('training', { exact: true }).waitFor();
    for (const title of ['Loss', 'Clipping', 'Update ratio', 'Gradient through time']) {
      // A picture out of sight is drawn after those in sight.
      await cell(title)
        .locator('.readout', { hasText: /^update 5,999 · / })
        .first()
        .waitFor({ state: 'attached' });
    }
    await loss.press('ArrowLeft');
    // It is drawn with the next frame.
    await cell('Loss')
      .locator('.readout', { hasText: /^update 5,998 · L = / })
      .first()
      .waitFor();
    await loss.press('0');
    await frame.getByText('training, mean of 4 updates').waitFor();
  });
});

/** A wait that may end in vain: the next press tries again. */
const ignored = (): void => undefined;

const slow = `{
  "name": "Growing",
  "data": { "task": "adding", "length": 50 },
  "model": { "cell": "lstm", "hidden": 64 },
  "training": { "steps": 1000000, "batch": 20 }
}`;

describe('Zooming to the newest updates of a run that trains', () => {
  let workbench: Workbench;
  before(async () => {
    workbench = await Workbench.open({
      file: 'growing.rnn.json',
      folder: scratchWorkspace({ 'growing.rnn.json': slow }),
    });
    await workbench.codeLens('Train').click();
  });
  after(() => workbench.close());

  it('shows each of them by itself, as they come', async () => {
    const frame = workbench.webviewFrame();
    const loss = frame.getByRole('application', { name: /^Loss over updates/ });
    const readout = frame
      .locator('.cell', { has: frame.getByRole('heading', { name: 'Loss' }) })
      .locator('.readout')
      .first();
    await frame.getByText('training, mean of 2 updates').waitFor({ timeout: 90_000 });
    await loss.focus();
    const zoomIn = async (): Promise<void> => {
      await loss.press('0');
      const exact = frame.getByText('training', { exact: true });
      // The longer the run has become meanwhile, the more presses it takes.
      for (let press = 0; press < 20 && !(await exact.isVisible()); press++) {
        await loss.press('+');
        if (press > 0) await exact.waitFor({ timeout: 2000 }).catch(ignored);
      }
      await exact.waitFor();
    };
    await zoomIn();
    const newest: number[] = [];
    while (newest.length < 3) {
      const [, update] = /^update ([\d,]+) · L = [\d.]/.exec(await readout.innerText()) ?? [];
      // The run has grown out of what is in sight.
      if (update === undefined) await zoomIn();
      else if (Number(update.replaceAll(',', '')) !== newest.at(-1)) newest.push(Number(update.replaceAll(',', '')));
    }
    assert.deepEqual(
      newest,
      [...newest].sort((a, b) => a - b),
    );
    assert.equal(await frame.getByRole('button', { name: 'Pause' }).isVisible(), true, 'it trains on');
  });
});
