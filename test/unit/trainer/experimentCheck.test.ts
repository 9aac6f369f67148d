import assert from 'node:assert/strict';
import type { CheckedExperiment, CheckParams } from '../../../src/protocol/trainer';
import { ExperimentChecker } from '../../../src/trainer/training/experimentCheck';

const nothing = {
  files: new Map(),
  large: new Map(),
  unreadable: new Map(),
  memoryLimit: 1e9,
  workers: 1,
  reproducible: true,
};
/** A clock that goes on by a hundredth of a second whenever it is read. */
function steadyClock(): () => number {
  let seconds = 0;
  return () => (seconds += 0.01);
}
const check = (text: string, more: Partial<CheckParams> = {}): CheckedExperiment =>
  new ExperimentChecker(2, steadyClock()).check({ ...nothing, text, ...more });
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

  it('times some updates of a small net, and tells how many training has', () => {
    const clock = [10, 10.5, 11, 11.2, 12, 12.3, 13, 13.9];
    const text = (training: object, hidden = 4): string =>
      JSON.stringify({ data: { task: 'adding', length: 5 }, model: { cell: 'gru', hidden }, training });
    const timeOf = (...what: Parameters<typeof text>) =>
      new ExperimentChecker(1, () => clock.shift() ?? NaN)
        .check({ ...nothing, text: text(...what) })
        .estimates.get(undefined)?.time;
    // The fastest of four after the first update: from 11 to 11.2.
    const time = timeOf({ steps: 700 });
    assert.equal(time?.updates, 700);
    assert.ok(Math.abs((time?.secondsPerUpdate ?? NaN) - 0.2) < 1e-9, String(time?.secondsPerUpdate));
    assert.equal(timeOf({ steps: 1 }), undefined);
    assert.equal(timeOf({ steps: 700, batch: 4096 }, 512), undefined);
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

  it('estimates a run over a large file from its beginning: parameters, memory and the time to read it', () => {
    const text = csv('{}');
    const whole = table(1_000_000);
    const [exact] = check(text, { files: new Map([['a.csv', whole]]) }).estimates.values();
    assert.ok(exact !== undefined && exact.reading === undefined);
    for (const [size, length] of [
      [whole.length, 1_000_000],
      [whole.length, 1000],
    ] as const) {
      const start = whole.subarray(0, length);
      const { problems, estimates } = check(text, { large: new Map([['a.csv', { start, size }]]) });
      assert.deepEqual(problems, []);
      const [estimate] = estimates.values();
      assert.ok(estimate?.reading !== undefined);
      assert.equal(estimate.parameters, exact.parameters);
      assert.equal(estimate.reading.bytes, size);
      // The lines of the beginning take a hundredth of a second to be read, and two fifths of that for other work.
      const lines = start.lastIndexOf(10) + 1;
      assert.ok(Math.abs(estimate.reading.seconds - (0.014 * size) / lines) < 1e-6, String(estimate.reading.seconds));
      if (length === 1_000_000) {
        const ratio = estimate.memoryBytes / exact.memoryBytes;
        assert.ok(ratio > 0.9 && ratio < 1.1, `${estimate.memoryBytes} for ${exact.memoryBytes}`);
      }
    }
    // The memory of a file that is read in parts has no bytes of the file.
    const parts = { start: whole.subarray(0, 1_000_000), size: 1e9 };
    const [huge] = check(text, { large: new Map([['a.csv', parts]]), memoryLimit: 8e9 }).estimates.values();
    assert.ok((huge?.memoryBytes ?? 0) > 1e9 && (huge?.memoryBytes ?? Infinity) < 3.5e9, String(huge?.memoryBytes));
  });

  it('estimates the time to read a large file as it takes on the machine as busy as it is', () => {
    // Three readings of the beginning take 0.01 s each, and those after them 0.03 s: other programs want the machine, too.
    let [seconds, calls] = [0, 0];
    const busyClock = (): number => (seconds += calls++ < 4 ? 0.01 : 0.03);
    const start = table(1000);
    const size = 100 * start.length;
    const params = { ...nothing, text: csv('{}'), large: new Map([['a.csv', { start, size }]]) };
    const [estimate] = new ExperimentChecker(2, busyClock).check(params).estimates.values();
    // The last five readings count, and two fifths of their mean for other work.
    const expected = 100 * 1.4 * 0.03;
    assert.ok(Math.abs((estimate?.reading?.seconds ?? NaN) - expected) < 1e-9, String(estimate?.reading?.seconds));
  });

  it('reports nothing about a large file whose beginning cannot be trained on', () => {
    const start = table(2);
    const { problems, estimates } = check(csv('{}'), { large: new Map([['a.csv', { start, size: 1e8 }]]) });
    assert.deepEqual([problems, estimates.size], [[], 0]);
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
