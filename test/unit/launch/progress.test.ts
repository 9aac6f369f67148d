import assert from 'node:assert/strict';
import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { runIsolated } from '../../../scripts/isolatedRun';
import { note, readProgress } from '../../../scripts/progress';
import { reportVariable, type Tally } from '../../../scripts/tally';

type Way = 'serial' | 'parallel';

describe('A test run in its own process', function () {
  this.timeout(120_000);
  const error = console.error;
  const { UNROLL_TESTS: picked = '' } = process.env;
  let said: string[];

  beforeEach(() => {
    said = [];
    console.error = (...args: readonly unknown[]) => said.push(args.join(' '));
    // The filter of this test run does not apply to the inner ones.
    process.env['UNROLL_TESTS'] = '';
  });
  afterEach(() => {
    console.error = error;
    process.env['UNROLL_TESTS'] = picked;
  });

  const runs = (way: Way, deed: string, limit = 50_000): Promise<Tally> => {
    process.env['UNROLL_FAILURE'] = deed;
    const script = resolve('dist', 'test', 'unit', 'launch', 'runCrashing.command.mjs');
    return runIsolated({ what: 'The run', script, args: [way], limit, output: 'discarded' });
  };

  for (const [way, others] of [
    ['serial', 0],
    ['parallel', 1],
  ] as const) {
    it(`is counted if it completes (${way})`, async () => {
      assert.deepEqual(await runs(way, 'nothing'), { passed: 3 + others, failed: 1, skipped: 1 });
      assert.deepEqual(said, []);
    });

    it(`counts the completed tests if a process is killed, and names the running test (${way})`, async function () {
      if (process.platform === 'win32') this.skip();
      const tally = await runs(way, 'kill');
      assert.deepEqual(tally, { passed: 1 + others, failed: 2, skipped: 1 });
      assert.match(said[0], /^The run (was ended by SIGKILL|ended with exit code \d) and is counted as failed\.$/);
      assert.deepEqual(said.slice(1), ['It was running: A suite kills or hangs its process']);
    });
  }

  it('counts the completed tests if it exceeds the time limit, and names the running test, with and without workers', async () => {
    const [serial, parallel] = await Promise.all([runs('serial', 'hang', 20_000), runs('parallel', 'hang', 20_000)]);
    assert.deepEqual(serial, { passed: 1, failed: 2, skipped: 1 });
    assert.deepEqual(parallel, { passed: 2, failed: 2, skipped: 1 });
    assert.deepEqual(said.sort(), [
      ...Array.from({ length: 2 }, () => 'It was running: A suite kills or hangs its process'),
      ...Array.from({ length: 2 }, () => 'The run has not ended after 20 s and is counted as failed.'),
    ]);
  });

  it('names the hook in which it ended', async () => {
    assert.deepEqual(await runs('serial', 'exit'), { passed: 2, failed: 2, skipped: 1 });
    assert.equal(said[0], 'The run ended with exit code 7 and is counted as failed.');
    assert.match(said[1], /^It was running: A suite that opens something "before all" hook: opens it/);
  });
});

describe('The progress of a run of tests', () => {
  it('is read from the notes, even if the last line is incomplete', () => {
    const folder = mkdtempSync(join(tmpdir(), 'unroll-progress-'));
    const report = join(folder, 'report.json');
    const before = process.env[reportVariable] ?? '';
    process.env[reportVariable] = report;
    const [first, second] = ['a', 'b'].map((title) => ({ title, fullTitle: () => title }));
    note('started', first);
    note('passed', first);
    note('started', second);
    process.env[reportVariable] = before;
    appendFileSync(`${report}.progress`, '["passed","b');
    assert.deepEqual(readProgress(report), { tally: { passed: 1, failed: 0, skipped: 0 }, running: ['b'] });
    rmSync(folder, { recursive: true });
  });

  it('is empty before the first test', () => {
    assert.deepEqual(readProgress(join(tmpdir(), 'unroll-no-such-report.json')), {
      tally: { passed: 0, failed: 0, skipped: 0 },
      running: [],
    });
  });
});
