import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inputsOf, opened } from './openedSource';

/** Series of the shape of the UCR archive: the class, then the values, separated by tabs; shorter series end in NaN. */
const series = [
  [1, 0.5, -1.25, 2, 0.75],
  [-1, 1, 2, 3, NaN],
  [1, -0.5, 0.25, 1, 1],
  [-1, 4, 3, 2, 1],
] as const;

describe('A file of the UCR archive', () => {
  it('is a table with a column of sequences after the line in docs/your-data.md', function () {
    if (process.platform === 'win32') this.skip();
    const line = /^(awk .*) ECG200_TRAIN\.tsv > ecg\.csv$/m.exec(readFileSync('docs/your-data.md', 'utf8'))?.[1];
    assert.ok(line !== undefined);
    const folder = mkdtempSync(join(tmpdir(), 'unroll-ucr-'));
    try {
      writeFileSync(join(folder, 'a.tsv'), `${series.map((row) => row.join('\t')).join('\n')}\n`);
      const table = execFileSync('sh', ['-c', `${line} a.tsv`], { cwd: folder, encoding: 'utf8' });
      const keys = { sequence: 'series', targets: ['class'], classes: true, targetAt: 'last' };
      const data = { csv: 'a.csv', inputs: ['value'], ...keys, normalize: 'none', validation: 0.25 };
      const source = opened({ data, batch: 60 }, table);
      assert.deepEqual(source.outputNames, ['-1', '1']);
      assert.deepEqual(source.table?.sequences, { count: 4, training: 3, least: 3, most: 4 });
      const batch = source.next();
      const seen = new Map<string, number>();
      for (let sequence = 0; sequence < batch.batch; sequence++) {
        const steps = Array.from({ length: batch.steps }, (_, t) => t).filter(
          (t) => batch.mask[t * batch.batch + sequence] === 1,
        );
        assert.equal(steps.length, 1);
        const [last] = steps;
        assert.ok(batch.targets.kind === 'classes');
        const values = inputsOf(batch, sequence)
          .slice(0, last + 1)
          .flat();
        seen.set(values.join(), batch.targets.indices[last * batch.batch + sequence] ?? NaN);
      }
      const expected = series
        .slice(0, 3)
        .map(
          ([name, ...values]) => [values.filter((value) => !Number.isNaN(value)).join(), name === 1 ? 1 : 0] as const,
        );
      assert.deepEqual(new Map([...seen].sort()), new Map(expected.toSorted()));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it('is not silently read as columns: its rows have no header', () => {
    const text = series.map((row) => row.join('\t')).join('\n');
    assert.throws(
      () => opened({ data: { csv: 'a', inputs: ['value'], length: 1 } }, text),
      /Set \\"header\\" to false/,
    );
  });
});
