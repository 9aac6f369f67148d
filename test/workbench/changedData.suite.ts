import assert from 'node:assert/strict';
import { readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import * as vscode from 'vscode';
import { Inspector } from '../../src/session/trainers/inspector';
import { forkTrainers } from '../../src/session/trainers/trainerProcess.node';
import { ExperimentFile } from './experimentFile';

const experiment = `{
  "data": { "csv": "table.csv", "inputs": ["a"], "length": 4 },
  "model": { "cell": "rnn", "hidden": 3 },
  "training": { "steps": 12, "batch": 2 }
}`;
const table = `a\n${Array.from({ length: 40 }, (_, row) => Math.sin(row).toFixed(4)).join('\n')}\n`;

const worker = join(
  vscode.extensions.getExtension('unroll.unroll')?.extensionPath ?? resolve('.'),
  'dist',
  'trainer.cjs',
);

describe('A stored run whose data file is missing or has changed', () => {
  it('shows a message instead of replaying other data, and is replayed once the file is restored', async () => {
    const file = await ExperimentFile.open(experiment, { 'table.csv': table });
    file.train();
    await file.lens(/finished/);
    const runs = join(file.folder, 'unroll-runs');
    const [run = ''] = readdirSync(runs);
    const inspector = new Inspector(vscode.Uri.file(file.folder), join(runs, run), forkTrainers(worker), () => 0);
    const inspect = () => inspector.ask('inspect', { update: 5, sequence: 0 });
    const data = join(file.folder, 'table.csv');
    try {
      rmSync(data);
      await assert.rejects(inspect(), /"table\.csv" is no longer in .*Restore it there/);
      writeFileSync(data, table.replace('0.8415', '0.8416'));
      await assert.rejects(
        inspect(),
        /"table\.csv" in .* has changed since this run started.*Restore the earlier file/,
      );
      writeFileSync(data, table);
      assert.equal((await inspect()).update, 5);
    } finally {
      inspector.dispose();
    }
  });
});
