import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { scratchWorkspace } from '../../scripts/scratch';
import { Workbench } from './workbench';

const endless = `{ "data": { "task": "echo" }, "model": { "cell": "rnn" }, "training": { "steps": 100000000 } }`;

describe('Pressing Train in a hurry', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({
      file: 'endless.rnn.json',
      folder: scratchWorkspace({ 'endless.rnn.json': endless }),
    });
  });

  after(() => workbench.close());

  /** How each run says in its folder that it stands, the oldest first. */
  const states = (): readonly unknown[] => {
    const runs = join(workbench.folder, 'unroll-runs');
    return (
      readdirSync(runs)
        .sort()
        // A run's folder is there a moment before it says anything.
        .filter((run) => existsSync(join(runs, run, 'run.json')))
        .map((run) => (JSON.parse(readFileSync(join(runs, run, 'run.json'), 'utf8')) as { state?: unknown }).state)
    );
  };

  it('twice starts one run, and nothing is called a failure', async () => {
    await workbench.codeLens('▶ Train').dblclick();
    await workbench.codeLens('Pause').waitFor();
    await workbench.statusItem(/updates\/s/).waitFor();
    assert.deepEqual(await workbench.notifications(), []);
  });

  it('again while it runs ends the first run in its folder before the second begins', async () => {
    const before = states();
    await workbench.runCommand('Unroll: Train RNN');
    while (states().length === before.length) await workbench.page.waitForTimeout(50);
    await workbench.runCommand('Unroll: Stop Training');
    await workbench.codeLens('stopped').waitFor();
    assert.equal(states().length, before.length + 1);
    assert.deepEqual(states().slice(before.length - 1), ['stopped', 'stopped']);
    assert.deepEqual(await workbench.notifications(), []);
  });
});
