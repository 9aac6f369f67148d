import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { untilFinished } from './storedRuns';
import { Workbench } from './workbench';

const experimentOf = (hidden: number): string => `{
  "data": { "task": "adding", "length": 8 },
  "model": { "cell": "rnn", "hidden": 4 },
  "training": { "steps": 30, "batch": 4 },
  "variants": { "gated": { "model": { "cell": "gru" } }, "wide": { "model": { "hidden": ${hidden} } } }
}`;

describe('Training all variants again', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      file: 'cells.rnn.json',
      folder: scratchWorkspace({ 'cells.rnn.json': experimentOf(6) }),
    });
    await workbench.codeLens('▶ Train all 3').click();
    await untilFinished(runs(), 3);
  });

  after(() => workbench.close());

  const runs = (): string => join(workbench.folder, 'unroll-runs');

  it('offers their comparison where nothing has changed', async () => {
    await workbench.tab('3 runs compared').waitFor();
    await workbench.openFile('cells.rnn.json');
    await workbench.codeLens('finished').waitFor();
    await workbench.codeLens('▶ Train all 3').click();
    await workbench.notificationWith(/All 3 are trained, and no key has changed since\./);
    await workbench.pressInNotification('Compare');
    assert.equal(readdirSync(runs()).filter((name) => name !== '.gitignore').length, 3);
  });

  it('offers only the variant that has changed', async () => {
    writeFileSync(join(workbench.folder, 'cells.rnn.json'), experimentOf(7));
    await workbench.openFile('cells.rnn.json');
    await workbench.codeLens('changed since: hidden').waitFor();
    await workbench.codeLens('▶ Train all 3').click();
    await workbench.notificationWith(/2 of 3 are trained, and none of their keys has changed since\./);
    await workbench.pressInNotification('Train the Other One');
    await untilFinished(runs(), 4);
    assert.equal(readdirSync(runs()).filter((name) => name.startsWith('cells--wide--')).length, 2);
  });
});
