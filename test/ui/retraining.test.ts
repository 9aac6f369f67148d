import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

/** It takes a moment to prepare, so that its panel meets it before there is anything to draw. */
const large = `{
  "data": { "task": "adding", "length": 2 },
  "model": { "cell": "lstm", "hidden": 1500 },
  "training": { "steps": 100000000, "batch": 1 }
}`;

describe('Training again with the panel open', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ file: 'large.rnn.json', folder: scratchWorkspace({ 'large.rnn.json': large }) });
    await workbench.codeLens('▶ Train').click();
    await workbench.codeLens('Pause').waitFor();
  });

  after(() => workbench.close());

  it('draws the new run in it', async () => {
    const progress = workbench.webviewFrame().getByText(/^training [\d,]+ \/ 100,000,000/);
    await progress.waitFor();
    await workbench.runCommand('Unroll: Stop Training');
    await workbench
      .webviewFrame()
      .getByText(/^stopped/)
      .waitFor();
    await workbench.codeLens('▶ Train').click();
    await progress.waitFor();
    await workbench.webviewFrame().locator('.plot-loss canvas').first().waitFor();
  });
});
