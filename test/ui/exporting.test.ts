import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { readTensorFile } from '../../src/run/storage/safetensors';
import { untilFinished } from './storedRuns';
import { Workbench } from './workbench';

const experiment = `{
  "name": "Letters",
  "data": { "text": "poem.txt", "length": 8 },
  "training": { "steps": 20 },
  "model": { "cell": "rnn", "hidden": 4 },
  "variants": { "gated": { "model": { "cell": "lstm" } } }
}`;

describe('An export', () => {
  let workbench: Workbench;

  before(async () => {
    const files = { 'letters.rnn.json': experiment, 'poem.txt': 'to be or not to be. '.repeat(40) };
    workbench = await Workbench.open({ file: 'letters.rnn.json', folder: scratchWorkspace(files) });
  });

  after(() => workbench.close());

  /** Runs the command for a variant, and accepts the file that is suggested. */
  async function exportVariant(label: string): Promise<void> {
    await workbench.runCommand('Unroll: Export as PyTorch Program or Notebook…');
    await workbench.pickerOpens('Export');
    await workbench.pick(label);
    await workbench.suggestedFile('/letters.py');
    await workbench.page.keyboard.press('Enter');
  }

  it('as a PyTorch program is written beside the experiment, for the variant that is chosen, and opened', async () => {
    await exportVariant('gated');
    await workbench.tab('letters.py').waitFor();
    await workbench.notificationWith(/^letters\.py trains this experiment in PyTorch/);
    const script = readFileSync(join(workbench.folder, 'letters.py'), 'utf8');
    assert.match(script, /^"""Trains the experiment "Letters, gated" in PyTorch/);
    assert.match(script, /torch\.nn\.LSTM\(/);
    assert.match(script, /TEXT = os\.path\.join\(FOLDER, "poem\.txt"\)/);
    const { tensors } = readTensorFile(readFileSync(join(workbench.folder, 'letters.safetensors')));
    assert.deepEqual(tensors.get('rnn.weight_hh_l0')?.shape, [16, 4]);
    await workbench.screenshot('pytorch-program');
  });

  it('as a PyTorch program replaces no file of tensors without being asked', async () => {
    const tensors = join(workbench.folder, 'letters.safetensors');
    writeFileSync(tensors, 'mine');
    await workbench.openFile('letters.rnn.json');
    await exportVariant('The experiment itself');
    // VS Code's own question about the program, in its dialog for files.
    await workbench.page
      .locator('.quick-input-widget, .monaco-dialog-box')
      .getByText('already exists')
      .first()
      .waitFor();
    await workbench.page.keyboard.press('Enter');
    await workbench.page.locator('.monaco-dialog-box').getByText('Replace letters.safetensors?').waitFor();
    await workbench.page.keyboard.press('Escape');
    await workbench.page.locator('.monaco-dialog-box').waitFor({ state: 'hidden' });
    assert.equal(readFileSync(tensors, 'utf8'), 'mine');
    assert.ok(existsSync(join(workbench.folder, 'letters.py')));
  });

  it('of the trained net of a run is an ONNX model', async () => {
    await workbench.openFile('letters.rnn.json');
    await workbench.codeLens('▶ Train').click();
    await untilFinished(join(workbench.folder, 'unroll-runs'), 1);
    await workbench.runCommand('Unroll: Export Trained Net…');
    await workbench.pickerOpens('Export Trained Net');
    await workbench.pick('Letters');
    await workbench.suggestedFile('/Letters.onnx');
    await workbench.page.keyboard.press('Enter');
    await workbench.notificationWith(/^Letters\.onnx is an ONNX model/);
    // The file begins with the version of the format, and the name of the program.
    assert.deepEqual(
      [...readFileSync(join(workbench.folder, 'Letters.onnx')).subarray(0, 10)],
      [8, 7, 18, 6, ...Buffer.from('Unroll')],
    );
  });
});
