import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { temporaryFolder } from '../../temporaryFolder';

const runner = resolve('dist', 'cli.mjs');
/** Rows of the reported table, of 26 MB. */
const rows = 400_000;
const reported = resolve('test', 'fixtures', 'cases', '15-large-tables', 'hh.rnn.json');

/** The reported experiment beside a table of its shape: seven columns of numbers, two of them used. */
function households(): string {
  const folder = temporaryFolder('unroll-case-');
  copyFileSync(reported, join(folder, 'hh.rnn.json'));
  const names = ['active', 'reactive'].map((power) => `Global_${power}_power`).join(';');
  const lines = Array.from({ length: rows }, (_, row) => {
    const cells = [
      ((row % 700) / 100 + 0.2).toFixed(3),
      '0.418',
      `${230 + (row % 20)}.840`,
      '18.400;0.000;1.000;17.000',
    ];
    return `16/12/2006;17:${String(row % 60).padStart(2, '0')}:00;${cells.join(';')}`;
  });
  const header = `Date;Time;${names};Voltage;Global_intensity;Sub_metering_1;Sub_metering_2;Sub_metering_3`;
  writeFileSync(join(folder, 'hh.txt'), `${[header, ...lines].join('\n')}\n`);
  return folder;
}

describe('A reported table that is large (keras#6399)', function () {
  this.timeout(120_000);

  it('needs no more memory than was said, by a fifth, with its reading', () => {
    const folder = households();
    const peak = join(folder, 'peak');
    const hook = join(folder, 'peak.mjs');
    writeFileSync(
      hook,
      `import { readFileSync, writeFileSync } from 'node:fs';
      process.on('exit', () => {
        const status = process.platform === 'linux' ? readFileSync('/proc/self/status', 'utf8') : '';
        const peak = /VmHWM:\\s+(\\d+)/.exec(status)?.[1] ?? process.resourceUsage().maxRSS;
        writeFileSync(${JSON.stringify(peak)}, String(peak));
      });`,
    );
    const run = join(folder, 'run');
    const options = [
      '--import',
      pathToFileURL(hook).href,
      runner,
      join(folder, 'hh.rnn.json'),
      '--steps',
      '2',
      '--out',
      run,
    ];
    const { status, stderr } = spawnSync(process.execPath, options, { encoding: 'utf8' });
    assert.equal(status, 0, stderr);
    const { facts } = JSON.parse(readFileSync(join(run, 'run.json'), 'utf8')) as { facts: { memoryBytes: number } };
    const ratio = facts.memoryBytes / (1024 * Number(readFileSync(peak, 'utf8')));
    assert.ok(ratio > 0.8 && ratio < 1.2, `${ratio}: ${facts.memoryBytes} bytes were said`);
  });

  it('is refused before it is read where the memory does not suffice: it was accepted as 26 MiB, and took 349', () => {
    const folder = households();
    const { status, stderr } = spawnSync(
      process.execPath,
      [runner, join(folder, 'hh.rnn.json'), '--memory', '30', '--out', join(folder, 'run')],
      { encoding: 'utf8' },
    );
    assert.equal(status, 1, stderr);
    assert.match(stderr, /memory/i);
  });
});
