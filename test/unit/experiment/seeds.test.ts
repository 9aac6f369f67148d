import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import type { ExperimentFile } from '../../../src/experiment/experimentFile';
import { assertRefused, refusalsOf } from './markedText';

const base = '"data": { "task": "adding" }, "model": { "cell": "rnn" }';

function fileOf(keys: string): ExperimentFile {
  const parsed = parseExperiment(`{ ${base}, ${keys} }`);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  return parsed.file;
}

function seedOf(file: ExperimentFile, variant?: string, seed?: number): number {
  const resolved = file.resolve(variant, seed);
  assert.ok(resolved.kind === 'resolved', JSON.stringify(resolved));
  assert.ok(!('seeds' in resolved.experiment), 'an experiment is one run');
  return resolved.experiment.seed;
}

describe('The seeds of an experiment', () => {
  it('give one experiment each, with that seed; the first by default', () => {
    const file = fileOf('"seeds": [7, 0, 4294967295]');
    assert.deepEqual(file.seedsOf(), [7, 0, 4_294_967_295]);
    assert.deepEqual(
      [seedOf(file), seedOf(file, undefined, 0), seedOf(file, undefined, 4_294_967_295)],
      [7, 0, 4_294_967_295],
    );
  });

  it('are none where there is one seed', () => {
    const file = fileOf('"seed": 3');
    assert.deepEqual(file.seedsOf(), []);
    assert.equal(seedOf(file), 3);
  });

  it('are those of a variant too, unless it has its own or one seed', () => {
    const file = fileOf(
      '"seeds": [1, 2], "variants": { "a": { "clip": { "norm": 1 } }, "b": { "seeds": [3] }, "c": { "seed": 4 }, "d": { "seeds": null } }',
    );
    assert.deepEqual(
      ['a', 'b', 'c', 'd'].map((variant) => file.seedsOf(variant)),
      [[1, 2], [3], [], []],
    );
    assert.deepEqual([seedOf(file, 'a', 2), seedOf(file, 'b'), seedOf(file, 'c'), seedOf(file, 'd')], [2, 3, 4, 1]);
    const single = fileOf('"seed": 5, "variants": { "a": { "seeds": [1, 2] } }');
    assert.deepEqual([single.seedsOf(), single.seedsOf('a')], [[], [1, 2]]);
  });

  it('do not include a seed that is not one of them', () => {
    const messageOf = (keys: string): string => {
      const resolved = fileOf(keys).resolve(undefined, 3);
      return resolved.kind === 'refused' ? (resolved.problems[0]?.message ?? '') : 'resolved';
    };
    assert.equal(
      messageOf('"seeds": [1, 2]'),
      'Seed 3 is not a seed of this experiment: its "seeds" are 1, 2. Choose one of them, or add it to the list.',
    );
    assert.equal(
      messageOf('"seed": 3'),
      'Seed 3 is not a seed of this experiment: it has no "seeds". Leave the seed out to train it with its own.',
    );
  });

  it('are refused where they are no list of different whole numbers', () => {
    assertRefused(`{ ${base}, "seeds": «3» }`, ['wrongValue', /^"seeds" is 3: write a list of 1 to 20 seeds/]);
    assertRefused(`{ ${base}, «"seeds"»: [] }`, ['wrongValue', /^"seeds" is an empty list: write a list of 1 to 20/]);
    assertRefused(
      `{ ${base}, "seeds": [1, «1.5», «-1», «4294967296»] }`,
      ['wrongValue', /^"seeds"\[1\] is 1\.5: write a whole number from 0 to 4,294,967,295\.$/],
      ['wrongValue', /^"seeds"\[2\]/],
      ['wrongValue', /^"seeds"\[3\]/],
    );
    assertRefused(`{ ${base}, "seeds": [5, 6, «5»] }`, [
      'wrongValue',
      /^"seeds"\[2\] is 5: the same seed is at \[0\], and would give the same run bit for bit; write each seed once\.$/,
    ]);
    const many = Array.from({ length: 21 }, (_, seed) => seed).join(', ');
    assertRefused(`{ ${base}, «"seeds"»: [${many}] }`, [
      'wrongValue',
      /it has 21 seeds; write a list of 1 to 20 seeds/,
    ]);
  });

  it('are refused beside a single seed, with a fix for either', () => {
    const text = `{ ${base}, «"seed"»: 1, "seeds": [1, 2] }`;
    assertRefused(text, ['inconsistent', /^There are both "seed" and "seeds".*Delete the other\.$/]);
    const [problem] = refusalsOf(text.replaceAll(/[«»]/g, ''));
    assert.deepEqual(
      problem?.fixes?.map(({ title }) => title),
      ['Keep only "seeds"', 'Keep only "seed"'],
    );
  });

  it('may be a list of any length without a message of that length', () => {
    const problems = refusalsOf(`{ ${base}, "seeds": [${Array.from({ length: 50_000 }, () => '"a"').join(',')}] }`);
    assert.ok(problems.length <= 51, String(problems.length));
    assert.ok(problems.every(({ message }) => message.length < 300));
  });
});
