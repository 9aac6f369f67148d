import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Expectations } from '../../../src/experiment/schema/schema';
import { findingCodes } from '../../../src/experiment/schema/findingCodes';
import { parseExperiment } from '../../../src/experiment/parse';
import { differingKeys, keyValues } from '../../../src/run/differences';
import { assertRefused, refusalsOf } from './markedText';

const adding = '"data": { "task": "adding" }, "model": { "cell": "rnn" }';
const parity = '"data": { "task": "parity", "length": 5 }, "model": { "cell": "rnn" }';

function resolved(text: string, variant?: string) {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const outcome = parsed.file.resolve(variant);
  assert.ok(outcome.kind === 'resolved', JSON.stringify(outcome));
  return outcome.experiment;
}

const expectOf = (text: string, variant?: string): Expectations | undefined => resolved(text, variant).expect;

describe('The expectations of an experiment', () => {
  it('are optional, and are taken as written', () => {
    assert.equal(expectOf(`{ ${adding} }`), undefined);
    const expect = {
      loss: { above: 0.1, below: 0.5 },
      validationLoss: { below: 0.05 },
      bestValidationLoss: { below: 0.05 },
      accuracy: { atLeast: 1 },
      betterThan: 'constant',
      gradientAtStart: { atLeast: 1e-3 },
      clipped: { atMost: 0 },
      findings: { absent: ['saturated'], present: ['vanishOverTime'] },
      diverges: false,
    };
    assert.deepEqual(expectOf(`{ ${parity}, "clip": { "norm": 1 }, "expect": ${JSON.stringify(expect)} }`), expect);
    assert.deepEqual(expectOf(`{ ${adding}, "expect": { "findings": "none" } }`), { findings: 'none' });
  });

  it('of a variant are those of the file with its own changes', () => {
    const text = `{ ${adding}, "clip": { "norm": 1 }, "expect": { "clipped": { "atMost": 0.5 }, "findings": "none" }, "variants": {
      "a": { "expect": { "clipped": { "atMost": 0.1 } } }, "b": { "clip": null, "expect": { "clipped": null } }, "c": { "expect": null } } }`;
    assert.deepEqual(expectOf(text, 'a'), { clipped: { atMost: 0.1 }, findings: 'none' });
    assert.deepEqual(expectOf(text, 'b'), { findings: 'none' });
    assert.equal(expectOf(text, 'c'), undefined);
  });

  it('make no run another experiment', () => {
    const [one, other] = ['{ "findings": "none" }', '{ "loss": { "below": 1 } }'].map((expect) =>
      keyValues(resolved(`{ ${adding}, "expect": ${expect} }`)),
    );
    assert.deepEqual(differingKeys([one, other]), []);
  });

  it('are refused where they say nothing, or nothing possible', () => {
    const refused = (
      expect: string,
      ...problems: Parameters<typeof assertRefused> extends [string, ...infer R] ? R : never
    ) => assertRefused(`{ ${adding}, "clip": { "norm": 1 }, "expect": ${expect} }`, ...problems);
    assertRefused(`{ ${adding}, «"expect"»: {} }`, [
      'wrongValue',
      /^"expect" is an object: it has no expectation; write one, such as/,
    ]);
    refused('{ «"loss"»: {} }', [
      'wrongValue',
      /^"loss" is an object: write "below", "above" or both, such as \{ "below": 0\.05 \}\.$/,
    ]);
    refused('{ "loss": «0.1» }', [
      'wrongValue',
      /^"loss" is 0\.1: write an object such as \{ "below": 0\.05 \}, or delete the key\.$/,
    ]);
    refused('{ "loss": { "below": 1, "above": «2» } }', [
      'wrongValue',
      /no number is above 2 and below 1; write a smaller "above"/,
    ]);
    refused('{ "loss": { "below": 1, "above": «1» } }', ['wrongValue', /no number is above 1 and below 1/]);
    refused('{ "clipped": { "atMost": 0.5, "atLeast": «0.6» } }', [
      'wrongValue',
      /no number is at least 0\.6 and at most 0\.5/,
    ]);
    assert.deepEqual(
      expectOf(`{ ${adding}, "clip": { "norm": 1 }, "expect": { "clipped": { "atMost": 0.5, "atLeast": 0.5 } } }`),
      {
        clipped: { atMost: 0.5, atLeast: 0.5 },
      },
    );
    refused('{ "clipped": { "atMost": «90» } }', [
      'wrongValue',
      /^"atMost" is 90: write a finite number from 0 to 1\.$/,
    ]);
    refused('{ "findings": { "present": ["saturated", «"overfit"»], "absent": ["overfit"] } }', [
      'wrongValue',
      /the same code is in "absent"/,
    ]);
    refused('{ "findings": «"all"» }', ['wrongValue', /^"findings" is "all": write "none"/]);
    refused('{ «"accurracy"»: { "atLeast": 1 } }', ['unknownKey', /did you mean "accuracy"\?/]);
  });

  it('name the codes of findings, and the code that was probably meant', () => {
    const text = `{ ${adding}, "expect": { "findings": { "absent": ["vanishOverTme"] } } }`;
    const [problem, ...others] = refusalsOf(text);
    assert.deepEqual(others, []);
    assert.match(problem?.message ?? '', /^"absent"\[0\] is "vanishOverTme": write one of "clipAlways", /);
    assert.deepEqual(
      problem?.fixes?.map(({ title }) => title),
      ['Write "vanishOverTime"'],
    );
    const pages = readdirSync(join('docs', 'rules')).filter((name) => name !== 'README.md');
    assert.deepEqual([...findingCodes], pages.map((name) => name.replace('.md', '')).sort());
  });

  it('that no run could be judged by are refused at their keys', () => {
    const expect = '"expect": { «"validationLoss"»: { "below": 1 }, «"betterThan"»: "constant" }';
    const each = (message: RegExp) =>
      [
        ['unjudged', message],
        ['unjudged', message],
      ] as const;
    assertRefused(
      `{ ${adding}, "training": { "validateEvery": 0 }, ${expect} }`,
      ...each(/can't be judged: "training\.validateEvery" is 0/),
    );
    assertRefused(
      `{ "data": { "text": "a.txt", "validation": 0 }, "model": { "cell": "rnn" }, ${expect} }`,
      ...each(
        /"data\.validation" is 0, so that nothing is held out: .* or delete the key \(in a variant, write null\)\.$/,
      ),
    );
    assertRefused(
      `{ "data": { "sequences": [{ "inputs": [[1]], "targets": [[1]] }] }, "model": { "cell": "rnn" }, ${expect} }`,
      ...each(/inline sequences have no part that is held out/),
    );
    assertRefused(`{ ${adding}, "expect": { «"accuracy"»: { "atLeast": 0.5 } } }`, [
      'unjudged',
      /the targets are numbers/,
    ]);
    assertRefused(`{ ${adding}, "expect": { «"clipped"»: { "atMost": 0.5 } } }`, [
      'unjudged',
      /"clip" is null, so that no gradient is clipped/,
    ]);
    assertRefused(
      `{ ${adding}, "expect": { "diverges": true, "findings": { "present": ["nonFinite"] }, «"loss"»: { "above": 1 } } }`,
      ['unjudged', /a run that diverges has no such number/],
    );
  });

  it('that a variant inherits and that it can not be judged by are refused in the variant', () => {
    const [problem, ...others] = refusalsOf(
      `{ ${adding}, "clip": { "norm": 1 }, "expect": { "clipped": { "atMost": 0.5 } }, "variants": { "bare": { "clip": null } } }`,
    );
    assert.deepEqual(others, []);
    assert.deepEqual(problem?.keyPath, ['variants', 'bare']);
    assert.match(problem?.message ?? '', /^In the variant "bare": The expectation "clipped" can't be judged/);
  });
});
