import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { LongLists } from '../../../src/experiment/document/longLists';
import { experimentSchema } from '../../../src/experiment/schema/schema';
import { dataSchema } from '../../../src/experiment/schema/dataSchema';

const runner = resolve('dist', 'cli.mjs');
/** The slowest of the files once took more than ten minutes and now takes a second. */
const patience = { timeout: 60_000, killSignal: 'SIGKILL' } as const;

const room = 1000 * 1024;
const filled = (entry: (index: number) => string, characters = room): string => {
  const entries: string[] = [];
  for (let length = 0; length < characters; length += (entries.at(-1) ?? '').length + 1) {
    entries.push(entry(entries.length));
  }
  return entries.join(',');
};
const base = '"data": { "task": "adding" }, "model": { "cell": "rnn" }';
const variants = (patch: (index: number) => string): string =>
  `"variants": { ${Array.from({ length: 200 }, (_, n) => `"v${n}": ${patch(n)}`).join(',')} }`;
const sequences = (steps: number, last = '1'): string =>
  `{ "sequences": [{ "inputs": [${Array<string>(steps).fill('[1]').join()}], "targets": [${Array<string>(steps - 1)
    .fill('null')
    .join()},${last}] }] }`;

/** Experiment files of one mebibyte, all invalid. */
const files: Readonly<Record<string, () => string>> = {
  'sequences under two hundred variants, the last of them wrong': () =>
    `{ "data": ${sequences(100_000)}, "model": { "cell": "rnn" }, ${variants((n) => `{ "model": { "hidden": ${199 - n} } }`)} }`,
  'sequences under two hundred variants of the data': () =>
    `{ "data": ${sequences(100_000)}, "model": { "cell": "rnn" }, ${variants((n) => `{ "data": { "x${n}": 1 } }`)} }`,
  'wrong sequences under two hundred variants': () =>
    `{ "data": { "sequences": [${filled(() => '{}')}] }, "model": { "cell": "rnn" }, ${variants((n) => `{ "seed": ${n} }`)} }`,
  'a hundred thousand wrong targets': () =>
    `{ "data": { "sequences": [{ "inputs": [[1]], "targets": [${filled(() => '"a"')}] }] }, "model": { "cell": "rnn" } }`,
  'a hundred thousand wrong column names': () =>
    `{ "data": { "csv": "a.csv", "inputs": [${filled(() => '7')}] }, "model": { "cell": "rnn" } }`,
  'a hundred thousand unknown keys under two hundred variants': () =>
    `{ ${base}, ${filled((n) => `"k${n}": 1`)}, ${variants((n) => `{ "seed": ${n} }`)} }`,
  'a hundred thousand unknown keys of the data under two hundred variants of it': () =>
    `{ "data": { "task": "adding", ${filled((n) => `"k${n}": 1`)} }, "model": { "cell": "rnn" }, ${variants(() => '{ "data": { "length": 3 } }')} }`,
  'a hundred thousand variants that are none': () => `{ ${base}, "variants": { ${filled((n) => `"v${n}": 1`)} } }`,
  'variants that are wrong in everything': () =>
    `{ ${base}, ${variants(() => `{ ${filled((k) => `"u${k}": 1`, 4500)} }`)} }`,
  'variants of long names': () =>
    `{ ${base}, "variants": { ${Array.from({ length: 200 }, (_, n) => `"${'v'.repeat(5000)}${n}": { "x": 1 }`).join()} } }`,
  'a variant of a longer name': () => `{ ${base}, "variants": { "${'v'.repeat(room)}": 3 } }`,
  'a long key': () => `{ ${base}, "${'k'.repeat(room)}": 1 }`,
  'a long number': () => `{ ${base}, "seed": ${'9'.repeat(room)} }`,
  'a long text for a number': () => `{ ${base}, "seed": "${'9'.repeat(room)}" }`,
  'numbers beyond the range': () => `{ ${base}, "x": [${filled(() => '1e999')}] }`,
  'one key again and again': () => `{ ${base}, "x": { ${filled(() => '"a": 1')} } }`,
  'a long path': () => `{ "data": { "text": "${'x'.repeat(room)}" }, "model": { "cell": "rnn" } }`,
  'a long path in a variant with another kind of data': () =>
    `{ "data": { "text": "a" }, "model": { "cell": "rnn" }, "variants": { "a": { "data": { "csv": "${'y'.repeat(room)}" } } } }`,
  'nothing but commas': () => `{${','.repeat(room)}}`,
  'nothing but brackets': () => '['.repeat(room),
  'nothing but quotes': () => '"'.repeat(room),
};

describe('An untrusted experiment file', () => {
  for (const [name, content] of Object.entries(files)) {
    it(`of ${name} is rejected with a short message, in time linear in its size`, function () {
      this.timeout(0);
      const folder = mkdtempSync(join(tmpdir(), 'unroll-huge-'));
      try {
        const file = join(folder, 'x.rnn.json');
        writeFileSync(file, content());
        const { status, stderr } = spawnSync(process.execPath, [runner, file], { encoding: 'utf8', ...patience });
        assert.equal(status, 1, stderr.slice(0, 500));
        const lines = stderr.trim().split('\n');
        assert.ok(lines.length <= 200, `${lines.length} lines`);
        for (const line of lines) assert.ok(line.length < 1000, `${line.length} characters`);
      } finally {
        rmSync(folder, { recursive: true });
      }
    });
  }
});

describe('The lists of an experiment', () => {
  const number = fc.constantFrom<unknown>(1, -0.5, 0, 'x', null);
  const row = fc.oneof(fc.array(fc.constant(0.5), { minLength: 1, maxLength: 3 }), fc.array(number, { maxLength: 3 }));
  const target = fc.oneof(row, fc.constantFrom<unknown>(null, 0, 65_535, 65_536, -1, 0.5, 'a', {}));
  const sequence = fc.oneof(
    fc.record({ inputs: fc.array(row, { maxLength: 3 }), targets: fc.array(target, { maxLength: 3 }) }),
    fc.record({ inputs: fc.array(row), more: fc.constant(1) }),
    fc.constantFrom<unknown>(null, [], {}, { inputs: 1, targets: {} }),
  );
  const name = fc.constantFrom<unknown>('a', 'b', 'c', '', 1);
  const data = fc.oneof(
    fc.record({ sequences: fc.array(sequence, { maxLength: 3 }) }),
    fc.record({ csv: fc.constant('a'), inputs: fc.array(name, { maxLength: 3 }), targets: fc.array(name) }),
  );

  it('are valid or invalid as by the schema, with the same first problems', () => {
    const issues = (value: unknown): unknown =>
      dataSchema.safeParse(value).error?.issues.map((issue) => JSON.stringify(issue));
    fc.assert(
      fc.property(data, (written) => {
        const { value } = new LongLists().shorten({ data: written });
        assert.deepEqual(issues((value as { readonly data: unknown }).data), issues(written));
      }),
      { numRuns: 2000 },
    );
  });

  it('are unchanged after the schema has been applied', () => {
    const written = { data: { csv: 'a', inputs: ['x', 'y', 'z'] }, model: { cell: 'rnn' } };
    const { value, restore: restored } = new LongLists().shorten(written);
    const { data: read } = restored(experimentSchema.parse(value));
    assert.ok('csv' in read);
    assert.deepEqual(read.inputs, ['x', 'y', 'z']);
  });

  it('are checked once for all variants that inherit them', () => {
    let reads = 0;
    const rows = Array.from({ length: 1000 }, () => [0.5]);
    const inputs = new Proxy(rows, {
      get: (list, key, receiver): unknown => {
        if (typeof key === 'string' && /^\d+$/.test(key)) reads++;
        return Reflect.get(list, key, receiver);
      },
    });
    const sequences = [{ inputs, targets: Array<null>(1000).fill(null) }];
    const lists = new LongLists();
    for (let variant = 0; variant < 200; variant++) lists.shorten({ data: { sequences, variant } });
    assert.ok(reads <= 10 * rows.length, `${reads} reads at ${rows.length} rows`);
  });

  it('are reported with their first problems only', () => {
    const wrong = Array.from({ length: 300_000 }, () => 'a');
    const { value } = new LongLists().shorten({ data: { sequences: [{ inputs: [[1]], targets: wrong }] } });
    assert.ok(JSON.stringify(value).length < 1000);
  });
});
