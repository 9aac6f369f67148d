import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { readProgress } from '../../launch/progress';
import { readReport, reportVariable } from '../../launch/tally';

describe('A run of tests that dies', () => {
  for (const [where, passed] of [
    ['its own process', 1],
    ['a worker of a parallel run', 2],
  ] as const) {
    it(`in ${where} counts what ran before, and names the test that was running`, () => {
      const report = join(mkdtempSync(join(tmpdir(), 'unroll-progress-')), 'report.json');
      const words = [resolve('dist/test/unit/launch/runDying.command.mjs'), passed === 2 ? 'parallel' : 'serial'];
      spawnSync(process.execPath, words, { env: { ...process.env, [reportVariable]: report }, timeout: 50_000 });
      assert.equal(readReport(report), undefined);
      assert.deepEqual(readProgress(report), {
        tally: { passed, failed: 1, skipped: 0 },
        running: ['A suite kills its process'],
      });
    });
  }

  it('before its first test has told nothing', () => {
    assert.deepEqual(readProgress(join(tmpdir(), 'unroll-no-such-report.json')), {
      tally: { passed: 0, failed: 0, skipped: 0 },
      running: [],
    });
  });
});
