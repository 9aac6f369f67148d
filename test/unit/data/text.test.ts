import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { maxValidated } from '../../../src/data/textSource';
import { bigramEntropy } from '../../../src/data/textStatistics';
import { encodeText } from '../../../src/data/vocabulary';
import type { Batch } from '../../../src/data/batch';
import { seededRandom } from '../engine/seededRandom';
import { inputsOf, problemOf, opened, targetsOf } from './openedSource';

/** A text whose characters are all different, so that each one is its position: 0 is the first in order. */
const distinct = (length: number) =>
  Array.from({ length }, (_, place) => String.fromCodePoint(0x4e00 + place)).join('');

const over = (length: number, more: object = {}) => ({ text: 'a.txt', length, validation: 0, ...more });

/**
 * The positions in the text that a sequence covers, by index of its first character and whether it starts from zero
 * state.
 */
const starts = (batch: Batch) =>
  Array.from({ length: batch.batch }, (_, sequence) => [inputsOf(batch, sequence)[0][0], batch.reset[sequence]]);

function assertConsecutive(batch: Batch): void {
  for (let sequence = 0; sequence < batch.batch; sequence++) {
    const inputs = inputsOf(batch, sequence).map(([place]) => place);
    assert.deepEqual(
      inputs,
      inputs.map((_, t) => inputs[0] + t),
    );
    assert.deepEqual(
      targetsOf(batch, sequence),
      inputs.map((place) => place + 1),
    );
  }
}

describe('a vocabulary', () => {
  it('contains the distinct code points in order, with 1, 2 or 4 bytes per character', () => {
    const { characters, indices } = encodeText(() => ['b😀a', '\nb']);
    assert.deepEqual(characters, ['\n', 'a', 'b', '😀']);
    assert.deepEqual([...indices], [2, 3, 1, 0, 2]);
    assert.equal(indices.BYTES_PER_ELEMENT, 1);
    assert.equal(encodeText(() => [distinct(256)]).indices.BYTES_PER_ELEMENT, 1);
    assert.equal(encodeText(() => [distinct(257)]).indices.BYTES_PER_ELEMENT, 2);
  });

  it('restores the text', () => {
    const point = fc.integer({ min: 0, max: 0x10ffff }).filter((code) => code < 0xd800 || code > 0xdfff);
    fc.assert(
      fc.property(fc.array(point), (points) => {
        const text = String.fromCodePoint(...points);
        const { characters, indices } = encodeText(() => [text]);
        assert.equal([...indices].map((index) => characters[index]).join(''), text);
      }),
    );
  });
});

describe('contiguous text', () => {
  it('is split into sequences that start evenly spaced and continue where the last window ended', () => {
    const source = opened({ data: over(4), batch: 3 }, distinct(31));
    assert.equal(source.isContiguous, true);
    const [one, two] = [source.next(), source.next()];
    assert.deepEqual(starts(one), [
      [0, 1],
      [10, 1],
      [20, 1],
    ]);
    assert.deepEqual(starts(two), [
      [4, 0],
      [14, 0],
      [24, 0],
    ]);
    assertConsecutive(one);
    assertConsecutive(two);
  });

  it('restarts a sequence whose next window does not fit at the beginning, with zero state', () => {
    const source = opened({ data: over(4), batch: 3 }, distinct(31));
    source.next();
    source.next();
    // Sequence 2 has reached 28; its window of 4 would have character 32 of 31 as a target.
    assert.deepEqual(starts(source.next()), [
      [8, 0],
      [18, 0],
      [0, 1],
    ]);
    assert.deepEqual(starts(source.next()), [
      [12, 0],
      [22, 0],
      [4, 0],
    ]);
  });

  it('has windows of `forward` characters when training is truncated', () => {
    const source = opened({ data: over(4), batch: 2, bptt: { forward: 7, backward: 3 } }, distinct(31));
    assert.equal(source.steps, 7);
    assert.equal(source.next().steps, 7);
    const random = opened(
      { data: over(4, { order: 'random' }), batch: 2, bptt: { forward: 7, backward: 3 } },
      distinct(31),
    );
    assert.equal(random.steps, 4);
    assert.equal(random.isContiguous, false);
  });

  it('covers every position of the training part, for all sizes', () => {
    const sizes = fc.tuple(
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 9 }),
      fc.integer({ min: 0, max: 40 }),
    );
    fc.assert(
      fc.property(sizes, ([batch, length, spare]) => {
        const all = batch * length + 1 + spare;
        const source = opened({ data: over(length), batch }, distinct(all));
        const seen = new Set<number>();
        for (let count = 0; count < 2 * all; count++) {
          const window = source.next();
          assertConsecutive(window);
          for (let sequence = 0; sequence < batch; sequence++)
            for (const target of targetsOf(window, sequence)) seen.add(target ?? NaN);
        }
        // At most the remainder of a window before the end is not reached by whole windows from the start.
        assert.ok(seen.size >= all - length, `${seen.size} of ${all}`);
      }),
      { numRuns: 40 },
    );
  });

  it('has no held-out character in training, and no other character in validation', () => {
    const source = opened({ data: over(5, { validation: 0.25 }), batch: 2 }, distinct(80));
    for (let count = 0; count < 40; count++) {
      const window = source.next();
      for (let sequence = 0; sequence < 2; sequence++)
        assert.ok(targetsOf(window, sequence).every((target) => Number(target) < 60));
    }
    for (const window of source.validation()) {
      for (let sequence = 0; sequence < window.batch; sequence++) {
        for (const [t, target] of targetsOf(window, sequence).entries()) {
          if (target !== undefined) assert.ok(inputsOf(window, sequence)[t][0] >= 60 && target >= 61);
        }
      }
    }
  });
});

describe('the held-out part of a text', () => {
  const heldOutTargets = (order: string, characters: number, batch: number, length: number) => {
    const source = opened({ data: { text: 'a.txt', length, order, validation: 0.5 }, batch }, distinct(characters));
    const batches = [...source.validation()];
    const targets = batches.flatMap((window) =>
      Array.from({ length: window.batch }, (_, sequence) => targetsOf(window, sequence))
        .flat()
        .filter((target) => target !== undefined),
    );
    return { batches, targets: targets.sort((a, b) => a - b) };
  };

  it('is predicted completely: every character but the first exactly once', () => {
    for (const [characters, batch, length] of [
      [200, 4, 7],
      [201, 3, 10],
      [60, 2, 9],
      [100, 2, 3],
    ]) {
      for (const order of ['contiguous', 'random']) {
        const held = Math.floor(characters / 2);
        const { targets } = heldOutTargets(order, characters, batch, length);
        assert.deepEqual(
          targets,
          Array.from({ length: held - 1 }, (_, place) => characters - held + 1 + place),
        );
      }
    }
  });

  it('carries the state in contiguous order, but not in random order', () => {
    const resets = (order: string) => heldOutTargets(order, 200, 4, 7).batches.map(({ reset }) => reset[0]);
    assert.deepEqual(resets('contiguous'), [1, 0, 0, 0]);
    assert.deepEqual(resets('random'), [1, 1, 1, 1]);
  });

  it('is predicted over its first 10,000 characters if it is longer', () => {
    assert.equal(maxValidated, 10_000);
    assert.equal(heldOutTargets('contiguous', 24_000, 7, 50).targets.length, 10_000);
  });
});

describe('random windows of text', () => {
  it('start at every possible position, with zero state', () => {
    const source = opened({ data: over(4, { order: 'random' }), batch: 8 }, distinct(12));
    const seen = new Set<number>();
    for (let count = 0; count < 60; count++) {
      const window = source.next();
      assertConsecutive(window);
      for (const [start, reset] of starts(window)) {
        assert.equal(reset, 1);
        seen.add(start);
      }
    }
    assert.deepEqual(
      [...seen].sort((a, b) => a - b),
      [0, 1, 2, 3, 4, 5, 6, 7],
    );
  });
});

describe('the baselines of a text', () => {
  it('are the entropies of the uniform distribution, of single characters and of pairs', () => {
    // a is always followed by b; b by a or c, equally often (counted by hand over the 12 pairs).
    const { baselines } = opened({ data: over(2), batch: 1 }, 'abcabababcaba');
    const [uniform, single, pair] = baselines.map(({ value }) => value);
    const nats = (...counts: number[]) => {
      const total = counts.reduce((sum, count) => sum + count, 0);
      return -counts.reduce((sum, count) => sum + (count / total) * Math.log(count / total), 0);
    };
    const close = (value: number | undefined, expected: number) =>
      assert.ok(Math.abs((value ?? NaN) - expected) < 1e-12, String(value));
    close(uniform, Math.log(3));
    close(single, nats(6, 5, 2));
    close(pair, (5 / 12) * nats(3, 2));
  });

  it('are also computed for a very large alphabet', () => {
    const { baselines } = opened({ data: over(2), batch: 1 }, distinct(3000));
    assert.ok(Math.abs((baselines[1]?.value ?? NaN) - Math.log(3000)) < 1e-9);
    assert.ok(Math.abs(baselines[2]?.value ?? NaN) < 1e-9);
  });

  it('equal for rare pairs those of a map of all pairs, to the last bit', () => {
    const random = seededRandom(3);
    const distinct = 3000;
    const indices = Uint16Array.from({ length: 20_000 }, () => Math.floor(distinct * random.uniform() ** 3));
    const counts = (pairs: readonly number[]): number[] => {
      const found = new Map<number, number>();
      for (const pair of pairs) found.set(pair, (found.get(pair) ?? 0) + 1);
      return [...found.values()];
    };
    const entropyOf = (found: readonly number[]): number =>
      found.reduce((total, count) => total - (count / 19_999) * Math.log(count / 19_999), 0);
    const firsts = Array.from({ length: distinct }, () => 0);
    for (const first of indices.subarray(0, -1)) firsts[first]++;
    const pairs = Array.from(indices.subarray(1), (second, at) => indices[at] * distinct + second);
    assert.equal(
      bigramEntropy(indices, distinct),
      entropyOf(counts(pairs)) - entropyOf(firsts.filter((count) => count > 0)),
    );
  });
});

describe('a text that cannot be trained on', () => {
  const data = { text: 'notes.txt', length: 10 };

  it('is binary, empty, or not UTF-8', () => {
    for (const [content, message] of [
      [new Uint8Array([65, 66, 0, 67]), /"notes.txt" is a binary file \(byte 3 is 0\)/],
      [new Uint8Array([0xe4, 0x62, 0x63]), /not UTF-8 text: line 1 has the byte 0xe4, .* Save it as UTF-8/],
      ['', /is empty/],
      ['\uFEFF', /is empty/],
    ] as const) {
      const problem = problemOf({ data, batch: 1 }, content);
      assert.match(problem.message, message);
      assert.deepEqual(problem.keyPath, ['data', 'text']);
    }
  });

  it('is too short for one window per sequence, with the numbers', () => {
    const problem = problemOf({ data: over(10), batch: 4 }, distinct(40));
    assert.match(
      problem.message,
      /40 characters, 40 of them for training; 4 sequences of 10 characters and the next one need 41/,
    );
    assert.match(
      problemOf({ data: over(1), batch: 1 }, distinct(1)).message,
      /1 character, 1 of them for training; 1 sequence of 1 character and the next one need 2/,
    );
    opened({ data: over(10), batch: 4 }, distinct(41));
    assert.match(problemOf({ data: over(10, { order: 'random' }), batch: 4 }, distinct(10)).message, /need 11/);
    opened({ data: over(10, { order: 'random' }), batch: 4 }, distinct(11));
  });

  it('with a single character is refused, because there is nothing to predict', () => {
    const { code, message, keyPath } = problemOf({ data: over(4), batch: 1 }, 'a'.repeat(40));
    assert.deepEqual([code, keyPath], ['data.singleCharacter', ['data', 'text']]);
    assert.match(message, /^"a\.txt" has only the character "a": the next one is always the same/);
    assert.match(problemOf({ data: over(4), batch: 1 }, '\n'.repeat(40)).message, /only the character "\\n"/);
    assert.equal(opened({ data: over(4), batch: 1 }, `${'a'.repeat(40)}b`).outputs, 2);
  });

  it('is too short for its held-out part', () => {
    const problem = problemOf({ data: { text: 'a', length: 2, validation: 0.1 }, batch: 1 }, distinct(15));
    assert.deepEqual(problem.keyPath, ['data', 'validation']);
    assert.match(problem.message, /0\.1 holds out 1 of 15 characters; at least 2/);
  });

  it('drops a byte-order mark', () => {
    assert.deepEqual(opened({ data: over(1), batch: 1 }, '\uFEFFab').inputNames, ['a', 'b']);
  });
});

describe('tiny Shakespeare', () => {
  it('has its 65 characters and its published entropies', function () {
    const folder = process.env['UNROLL_DATA'];
    const path = folder === undefined ? undefined : join(folder, 'tinyshakespeare.txt');
    if (path === undefined || !existsSync(path)) {
      console.log('      skipped: set UNROLL_DATA to a folder that holds tinyshakespeare.txt');
      this.skip();
    }
    const source = opened({ data: { text: 'a.txt', validation: 0 }, batch: 32 }, readFileSync(path));
    assert.equal(source.inputs, 65);
    assert.equal(source.inputNames.join('').slice(0, 14), "\n !$&',-.3:;?A");
    const [uniform, single, pair] = source.baselines.map(({ value }) => value);
    assert.ok(Math.abs(uniform - Math.log(65)) < 1e-12);
    assert.ok(single > 3.3 && single < 3.35, String(single));
    assert.ok(pair > 2.4 && pair < 2.5, String(pair));
  });
});

describe('A data file that is not UTF-8 text', () => {
  const refusal = (bytes: Uint8Array, text: string): string =>
    problemOf({ data: { ...over(4), text }, batch: 1 }, bytes).message;
  const startingWith = (...start: readonly number[]): Uint8Array =>
    Uint8Array.from({ length: 64 }, (_, index) => start[index] ?? 0);

  it('is reported with its format and what to do', () => {
    const excel = startingWith(0x50, 0x4b, 3, 4);
    assert.equal(refusal(excel, 'book.xlsx'), '"book.xlsx" is an Excel workbook. Export it as CSV in UTF-8.');
    assert.match(refusal(excel, 'a.zip'), /is a ZIP archive/);
    assert.match(refusal(startingWith(0x1f, 0x8b), 'a.csv.gz'), /is compressed with gzip\. Decompress it first/);
    assert.match(refusal(startingWith(0xff, 0xfe, 0x61, 0), 'a.csv'), /is UTF-16 text\. Save it as UTF-8/);
    const text = 'a,b\n1,2\n3,4\n5,6\n';
    assert.match(refusal(Buffer.from(text, 'utf16le'), 'a.csv'), /is UTF-16 text\. Save it as UTF-8/);
    assert.match(refusal(Buffer.from(text, 'utf16le').swap16(), 'a.csv'), /is UTF-16 text\. Save it as UTF-8/);
    assert.match(refusal(startingWith(0xff, 0xfe, 0, 0, 0x61), 'a.csv'), /is UTF-32 text\. Save it as UTF-8/);
    const renamed = Buffer.from(`PK\x03\x04${'\x14'.repeat(26)}[Content_Types].xml and so on`.padEnd(80), 'latin1');
    assert.equal(refusal(renamed, 'a.csv'), '"a.csv" is an Excel workbook. Export it as CSV in UTF-8.');
    assert.match(
      refusal(Buffer.from('\n<!DOCTYPE html><html lang="en">'), 'a.csv'),
      /is a web page .* Download the raw/,
    );
    assert.match(refusal(startingWith(0x80, 5, 0x95), 'a.pkl'), /is a Python pickle\. In Python, save a table as CSV/);
    const pointer = new TextEncoder().encode('version https://git-lfs.github.com/spec/v1\noid sha256:abc\n');
    assert.match(refusal(pointer, 'a.csv'), /is a Git LFS pointer, not the file itself\. Run "git lfs pull"/);
  });

  it('is reported with its first wrong byte and line', () => {
    const latin1 = Buffer.from('a,b\n1,ä€\nTempé,2\n', 'utf8');
    const wrong = Buffer.concat([latin1, Buffer.from('x,Temp\xe9rature\n', 'latin1')]);
    assert.match(refusal(wrong, 'a.csv'), /is not UTF-8 text: line 4 has the byte 0xe9, .*Latin-1.* Save it as UTF-8/);
    assert.match(refusal(Buffer.from([0x61, 0xc3]), 'a.csv'), /line 1 has the byte 0xc3/);
  });
});
