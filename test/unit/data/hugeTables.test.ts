import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const runner = resolve('dist', 'cli.mjs');
/** Some of the tables once took hours; this is a hundred times the slowest of them now. */
const patience = { timeout: 60_000, killSignal: 'SIGKILL' } as const;
const many = (count: number, entry: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => entry(index)).join(',');

/** Untrusted tables that once took time quadratic in their size, each with the requested columns. */
const tables: Readonly<Record<string, readonly [content: () => string, inputs: readonly string[]]>> = {
  'a cell of digits that is no number': [() => `n\n${'7'.repeat(1_000_000)}x\n`, ['n']],
  'a cell of digits behind a point': [() => `n\n1.${'7'.repeat(1_000_000)}x\n`, ['n']],
  'a hundred thousand column names': [() => `${many(100_000, (n) => `column ${n}`)}\n`, ['n']],
  'a thousand strange names among a hundred thousand': [
    () => `${many(100_000, (n) => `column ${n}`)}\n`,
    Array.from({ length: 1000 }, (_, n) => `colunm ${n}`),
  ],
  'a column name of 900 kB': [() => `${'a'.repeat(900_000)}b\n1\n`, ['a'.repeat(400_000)]],
  'a first row of 20 MB': [() => 'a'.repeat(20_000_000), ['n']],
  'a word of 900 kB': [() => `n\n${'a'.repeat(900_000)}\n`, ['n']],
  'twenty million commas': [() => ','.repeat(20_000_000), ['n']],
  'a million rows of commas': [() => `n${',x'.repeat(10)}\n${`${','.repeat(10)}\n`.repeat(1_000_000)}`, ['n']],
  'a quote that is never closed': [() => `n\n"${'a'.repeat(20_000_000)}`, ['n']],
  'a million malformed quotes': [() => `n,m\n"${'"b'.repeat(1_000_000)}${' '.repeat(1_000_000)},x\n`, ['n']],
  'a million blank lines': [() => `n\n${'\n'.repeat(1_000_000)}1\n`, ['n']],
};

describe('An untrusted table', () => {
  for (const [name, [content, inputs]] of Object.entries(tables)) {
    it(`of ${name} is rejected with a short message, in the time that it takes to read the file`, function () {
      this.timeout(0);
      const folder = mkdtempSync(join(tmpdir(), 'unroll-huge-'));
      try {
        const file = join(folder, 'x.rnn.json');
        writeFileSync(join(folder, 'a.csv'), content());
        writeFileSync(file, JSON.stringify({ data: { csv: 'a.csv', inputs }, model: { cell: 'rnn' } }));
        const { status, stderr } = spawnSync(process.execPath, [runner, file], { encoding: 'utf8', ...patience });
        assert.equal(status, 1, stderr.slice(0, 500));
        for (const line of stderr.trim().split('\n')) assert.ok(line.length < 2500, `${line.length} characters`);
        assert.ok(stderr.trim().split('\n').length <= 50);
        assert.doesNotMatch(stderr, /columns are \./);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});
