import assert from 'node:assert/strict';
import { Workbench } from './workbench';

describe('Opening a sample', () => {
  let workbench: Workbench;

  before(async () => {
    workbench = await Workbench.open({ file: 'three-steps.rnn.json' });
  });

  after(() => workbench.close());

  it('puts ▶ Train above it', async () => {
    await workbench.codeLens('▶ Train').waitFor();
  });

  it('has nothing to complain about', async () => {
    assert.deepEqual(await workbench.problems(0), []);
  });

  it('offers the commands of the extension', async () => {
    assert.equal(await workbench.offersCommand('Unroll: Train RNN'), true);
  });
});
