import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const experiment = `{
  "data": { "task": "adding", "length": 4 },
  "model": { "cell": "rnn" },
  "training": { "steps": 20, "batch": 2 }
}`;

describe('The lenses of an experiment', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ folder: scratchWorkspace({ 'busy.rnn.json': experiment }) });
  });

  after(() => workbench.close());

  it('appear though its editor has lost the focus before VS Code asked for them', async () => {
    const { page } = workbench;
    await workbench.openFile('busy.rnn.json');
    // As long as the extension starts and checks the file, the editor never has the focus long enough for a request.
    for (let i = 0; i < 50; i++) {
      await page.keyboard.press('F1');
      await page.keyboard.press('Escape');
      await page.waitForTimeout(100);
    }
    await page.keyboard.press('Control+Shift+E');
    await workbench.codeLens('▶ Train').waitFor();
  });
});
