import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { runFiles } from '../../src/run/storage/runFiles';
import { editableManifest } from '../editableManifest';
import { scratchWorkspace } from '../../scripts/scratch';
import { StoredNotebook } from './storedNotebook';
import { Workbench } from './workbench';

const experiment = `{
  "name": "By hand",
  "data": { "sequences": [
    { "inputs": [[1], [0], [0.5]], "targets": [[0.5], [0.25], [1]] },
    { "inputs": [[0], [1], [1]], "targets": [null, null, [0]] }
  ] },
  "model": { "cell": "rnn", "hidden": 2 },
  "loss": { "kind": "mse", "reduction": "sum" },
  "training": { "steps": 40 }
}`;

describe('Walking through an update', () => {
  let notebook: StoredNotebook;

  before(async () => {
    notebook = await StoredNotebook.train('hand.rnn.json', { files: { 'hand.rnn.json': experiment } });
  });

  after(() => notebook.close());

  const sentence = (title: string) =>
    notebook.page.getByRole('region', { name: title }).locator('.cell-summary').first();

  /** Types a number into a field of the panel, as a person does. */
  async function type(fieldLabel: string, value: string): Promise<void> {
    const field = notebook.page.locator(`vscode-text-field[title="${fieldLabel}"]`);
    await field.click();
    await notebook.page.keyboard.press('Control+A');
    await notebook.page.keyboard.type(value);
    await notebook.page.keyboard.press('Enter');
  }

  it('shows the last update of a finished run, forward and backward', async () => {
    await notebook.page.getByText('Sequence time — update 39').waitFor();
    assert.match(
      (await sentence('Unrolled net').textContent()) ?? '',
      /Sequence 0 of 2 at update 39: 3 steps of the RNN/,
    );
    assert.match(
      (await sentence('Loss per step').textContent()) ?? '',
      /the loss that this update reported\. 3 of this sequence’s 3 steps/,
    );
    assert.match((await sentence('Backward through time').textContent()) ?? '', /at step 2 and .* at step 0/);
  });

  it('follows the selection of an update', async () => {
    await type('update', '7');
    await notebook.page.getByText('Sequence time — update 7').waitFor();
    assert.match((await sentence('Loss').textContent()) ?? '', /on the batch of update 7\./);
    assert.match((await sentence('Gradient through time').textContent()) ?? '', /at update 7:/);
  });

  it('shows the valid range of a field when an invalid number is entered, and keeps the current value', async () => {
    const frame = notebook.page;
    await type('update', '99999');
    await frame
      .getByRole('alert')
      .filter({ hasText: '“99999” is not valid. Enter a whole number from 0 to 39.' })
      .waitFor();
    await frame.getByText('Sequence time — update 7').waitFor();
    await type('sequence', 'x');
    await frame.getByRole('alert').filter({ hasText: '“x” is not valid' }).waitFor();
    await type('update', '7');
    await frame.getByRole('alert').filter({ hasText: '99999' }).waitFor({ state: 'detached' });
  });

  it('follows the choice of a sequence', async () => {
    await type('sequence', '1');
    await notebook.page.getByText('Sequence 1 of 2 at update 7').waitFor();
    await sentence('Loss per step').filter({ hasText: '1 of this sequence’s 3 steps' }).waitFor();
    const losses = notebook.page.locator('.net-node.loss');
    assert.equal(await losses.count(), 1, 'a loss at the target, and nowhere else');
  });

  it('reads the step that is pointed at in every cell', async () => {
    const frame = notebook.page;
    const surface = frame.locator('section', { hasText: 'Unrolled net' }).locator('.surface').first();
    const box = await surface.boundingBox();
    assert.ok(box !== null);
    await surface.hover({ position: { x: box.width * 0.5, y: 10 } });
    await frame.locator('section', { hasText: 'Unrolled net' }).getByText('t = 1 · x1 = 1').waitFor();
    await frame.locator('section', { hasText: 'Backward through time' }).getByText('t = 1 · ‖∂L/∂h1‖').waitFor();
  });

  it('names every parameter as the course and as PyTorch do, with its step', async () => {
    const row = notebook.page
      .getByRole('region', { name: 'Parameters of this update' })
      .locator('tr', { hasText: 'layer 0 — rnn.weight_hh_l0' });
    assert.match((await row.textContent()) ?? '', /^\s*W\s*hh\s*, layer 0 — .*2 × 2/s);
  });
});

describe('A run that diverged', () => {
  let notebook: StoredNotebook;

  before(async () => {
    const file = `{
      "name": "Too fast",
      "data": { "task": "adding", "length": 40 },
      "model": { "cell": "rnn", "hidden": 16, "activation": "relu" },
      "optimizer": { "kind": "sgd", "learningRate": 3 },
      "training": { "steps": 400, "batch": 8 }
    }`;
    notebook = await StoredNotebook.train('fast.rnn.json', { files: { 'fast.rnn.json': file } });
  });

  after(() => notebook.close());

  it('describes a divergence without gates that the cell does not have', async () => {
    const message = notebook.page.getByText(/Diverged at update/).first();
    assert.match(await message.innerText(), /the activation \(gates_l0\) became Infinity in the forward pass/);
  });

  it('selects the update just before on request', async () => {
    const frame = notebook.page;
    const net = frame.getByRole('region', { name: 'Unrolled net' });
    await net.locator('.cell-summary').waitFor();
    await frame.getByRole('button', { name: 'Replay last finite update' }).click();
    const box = await net.evaluate((cell) => cell.getBoundingClientRect().top / innerHeight);
    assert.ok(box > 0 && box < 1, `the unrolled net begins at ${box} of the window's height`);
  });
});

describe('A run from a machine with other kernels', () => {
  let workbench: Workbench;

  before(async () => {
    const file = `{
      "name": "Moved",
      "data": { "task": "adding", "length": 6 },
      "model": { "cell": "gru", "hidden": 4 },
      "training": { "steps": 100000000, "batch": 2 }
    }`;
    workbench = await Workbench.open({
      file: 'moved.rnn.json',
      folder: scratchWorkspace({ 'moved.rnn.json': file }),
      width: 1500,
    });
    await workbench.codeLens('Train').click();
    await workbench.codeLens(/running · [\d,]+ update/).waitFor();
    await workbench.codeLens('Stop').click();
    await workbench.codeLens('stopped').waitFor();
    const runs = join(workbench.folder, 'unroll-runs');
    const manifest = join(runs, readdirSync(runs)[0] ?? '', runFiles.manifest);
    const text = JSON.stringify(editableManifest(manifest), undefined, 2);
    writeFileSync(manifest, text.replaceAll(/"kernels": "[\w-]+"/g, '"kernels": "simd-1024"'));
    await workbench.reload();
    await workbench.tab('Unroll: Moved').click();
  });

  after(() => workbench.close());

  it('shows at every update whether its own kernels replay it, also after the run was resumed', async () => {
    const frame = workbench.webviewFrame();
    const field = frame.getByRole('textbox', { name: 'update' });
    const caveat = frame.getByText("This update was computed by the simd-1024 kernels, which can't run here.");
    const look = async (update: number): Promise<void> => {
      await field.fill(String(update));
      await field.press('Enter');
      await frame.getByText(`Sequence time — update ${update.toLocaleString('en-US')},`).waitFor();
    };
    await look(0);
    await caveat.waitFor();
    const [, done = ''] =
      /([\d,]+) \/ 100,000,000/.exec(await frame.getByText('/ 100,000,000').first().innerText()) ?? [];
    const stopped = Number(done.replaceAll(',', ''));
    await frame.getByRole('button', { name: 'Resume run' }).click();
    await frame.getByRole('button', { name: 'Pause' }).click();
    await frame.getByText(/^paused/).waitFor();
    await look(stopped);
    assert.equal(await caveat.count(), 0);
    await look(stopped - 1);
    await caveat.waitFor();
  });
});
