import assert from 'node:assert/strict';
import type { CheckedExperiment, CheckParams } from '../../../src/protocol/trainer';
import { ExperimentChecker } from '../../../src/trainer/training/experimentCheck';

const nothing = { files: new Map(), unreadable: new Map(), memoryLimit: 1e9, workers: 1, reproducible: true };
const check = (text: string, more: Partial<CheckParams> = {}): CheckedExperiment =>
  new ExperimentChecker(2).check({ ...nothing, text, ...more });
const csv = (variants: string): string =>
  `{ "data": { "csv": "a.csv", "inputs": ["n"], "length": 3 }, "model": { "cell": "rnn" }, "variants": ${variants} }`;
const table = (rows: number): Uint8Array =>
  new TextEncoder().encode(`n\n${Array.from({ length: rows }, (_, row) => row).join('\n')}\n`);

describe('The check of an experiment file', () => {
  it('finds every variant with its position and its estimate', () => {
    const text = csv('{ "wide": { "model": { "hidden": 64 } }, "other": { "data": { "csv": "b.csv" } } }');
    const { problems, variants, paths, estimates } = check(text, { files: new Map([['a.csv', table(40)]]) });
    assert.deepEqual(problems, []);
    assert.deepEqual(
      variants.map(({ place }) => text.slice(place.offset, place.offset + place.length)),
      ['"wide"', '"other"'],
    );
    assert.deepEqual(paths, ['a.csv', 'b.csv']);
    // Files that are not given are not checked.
    assert.deepEqual([...estimates.keys()], [undefined, 'wide']);
    assert.ok((estimates.get('wide')?.parameters ?? 0) > (estimates.get(undefined)?.parameters ?? Infinity));
  });

  it('reports a problem of a data file once, where the file is named', () => {
    const text = csv('{ "other": { "seed": 2 } }');
    const missing = check(text, { unreadable: new Map([['a.csv', { code: 'file.missing', message: 'It is gone.' }]]) });
    assert.deepEqual(
      missing.problems.map(({ place, message }) => [text.slice(place.offset, place.offset + place.length), message]),
      [['"a.csv"', 'It is gone.']],
    );
    const short = check(text, { files: new Map([['a.csv', table(2)]]) });
    assert.equal(short.problems.length, 1);
    assert.match(short.problems[0].message, /2 rows/);
  });

  it('reports what it found in a data file at the column, once for all variants, and stops nothing', () => {
    const text = csv('{ "other": { "seed": 2 } }');
    const numbers = Array.from({ length: 100 }, (_, row) => (row % 40 === 3 ? -9999 : row % 17));
    const file = new TextEncoder().encode(`n\n${numbers.join('\n')}\n`);
    const { problems, findings, estimates } = check(text, { files: new Map([['a.csv', file]]) });
    assert.deepEqual(problems, []);
    assert.equal(estimates.size, 2);
    assert.equal(findings.length, 1);
    const [{ place, level, keyPath, message }] = findings;
    assert.deepEqual(
      [text.slice(place.offset, place.offset + place.length), level, keyPath],
      ['"n"', 'warning', ['data', 'missing']],
    );
    assert.match(message, /is -9999 in 3 rows \(5, 45, 85\)/);
  });

  it('reports problems of the file itself', () => {
    const { problems, estimates } = check('{ "data": 1 }');
    assert.ok(problems.length > 0);
    assert.equal(estimates.size, 0);
  });

  it('opens a limited amount of data for two hundred variants', () => {
    const rows = Array.from({ length: 60_000 }, () => '[1]').join();
    const targets = `1${',null'.repeat(59_999)}`;
    const variants = Array.from({ length: 200 }, (_, n) => `"v${n}": { "seed": ${n} }`).join();
    const text = `{ "data": { "sequences": [{ "inputs": [${rows}], "targets": [${targets}] }] }, "model": { "cell": "rnn" }, "bptt": { "forward": 10, "backward": 10 }, "variants": { ${variants} } }`;
    const { estimates, variants: found } = check(text);
    assert.equal(found.length, 200);
    assert.ok(estimates.size > 1 && estimates.size < 100, `${estimates.size} estimates`);
  });
});
