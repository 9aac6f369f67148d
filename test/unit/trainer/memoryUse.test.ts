import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const runner = resolve('dist', 'cli.mjs');

describe('The memory of a run', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'unroll-memory-'));
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });

  const train = (experiment: object, flags: readonly string[], ...words: readonly string[]) => {
    const file = join(folder, 'x.rnn.json');
    writeFileSync(file, JSON.stringify({ model: { cell: 'rnn', hidden: 4 }, training: { steps: 2 }, ...experiment }));
    const limits = { timeout: 120_000, killSignal: 'SIGKILL' } as const;
    const command = [...flags, runner, file, '--out', join(folder, 'run'), ...words];
    const { status, stderr } = spawnSync(process.execPath, command, { encoding: 'utf8', ...limits });
    return { status, stderr };
  };

  it('has no objects for the cells of a table: 20 MB are read with a heap of 48 MiB', function () {
    this.timeout(0);
    writeFileSync(join(folder, 'a.csv'), `n\n${'0.5\n0.1\n'.repeat(2_500_000)}`);
    const { status, stderr } = train({ data: { csv: 'a.csv', inputs: ['n'] } }, ['--max-old-space-size=48']);
    assert.equal(status, 0, stderr.slice(-2000));
  });

  it('has no string of a text: 60 MB are read with a heap of 48 MiB', function () {
    this.timeout(0);
    writeFileSync(join(folder, 'a.txt'), 'to be or not to be, that is it. '.repeat(1_900_000));
    const { status, stderr } = train({ data: { text: 'a.txt' } }, ['--max-old-space-size=48']);
    assert.equal(status, 0, stderr.slice(-2000));
  });

  it('is limited in total: a limit below the size of the program or of the data is reported', () => {
    const low = train({ data: { task: 'adding' } }, [], '--memory', '16');
    assert.equal(low.status, 1);
    assert.match(low.stderr, /^The memory limit is 16 MiB, and a process that trains needs \d+ MiB for the program/);
    writeFileSync(join(folder, 'a.txt'), 'to be or not to be, that is it. '.repeat(3_100_000));
    const data = train({ data: { text: 'a.txt' } }, [], '--memory', '160');
    assert.equal(data.status, 1);
    assert.match(
      data.stderr,
      /about \d+ MiB of memory \(\d+ MiB of it for the data\); the limit is 160 MiB\. Train on a part of the data, or/,
    );
    // The text is refused before memory is used for it.
    writeFileSync(join(folder, 'a.txt'), 'to be or not to be, that is it. '.repeat(2_000_000));
    // The peak of resourceUsage contains what the parent used when it started the process.
    const status = '/proc/self/status';
    const peak = `import { readFileSync } from 'node:fs'; process.on('exit', () => console.error(readFileSync('${status}', 'utf8')))`;
    const printsPeak = existsSync(status) ? ['--import', `data:text/javascript,${peak}`] : [];
    const unread = train({ data: { text: 'a.txt' } }, printsPeak, '--memory', '100');
    assert.equal(unread.status, 1);
    assert.match(
      unread.stderr,
      /:\d+:\d+: "a\.txt" needs at least 31 MiB of memory for the data alone, and the limit leaves 23 MiB/,
    );
    if (existsSync(status)) {
      const kibibytes = Number(/VmHWM:\s+(\d+) kB/.exec(unread.stderr)?.[1]);
      assert.ok(kibibytes < 95 * 1024, `${kibibytes} KiB`);
    }
    const enough = train({ data: { task: 'adding' } }, [], '--memory', '100');
    assert.equal(enough.status, 0, enough.stderr);
  });
});
