import assert from 'node:assert/strict';
import { maxExperimentBytes } from '../../../src/experiment/parse';
import { assertRefused, refusalsOf } from './markedText';

const base = '"data": { "task": "adding" }, "model": { "cell": "rnn" }';

describe('a text that is not an experiment', () => {
  it('is reported once, at its first syntax error', () => {
    assertRefused(`{ ${base}, "seed": «1e999» }`, ['notFinite', /1e999 is out of range/]);
    assertRefused(`{ "data": { "task": "adding" },\n  «"data"»: { "task": "copy" }, "model": { "cell": "rnn" } }`, [
      'duplicateKey',
      /first on line 1/,
    ]);
    assertRefused('{\n  "data": {\n    "task": "adding«"»', ['truncated', /ends inside the object opened on line 2/]);
    assertRefused('{ "inputs": [1, 2, "x"«:» 3 }', ['syntax', /"," is missing/]);
    assertRefused("{ «'data'»: 1 }", ['syntax', /'data' is not valid JSON: write a key or a string in double quotes/]);
    assertRefused(`{ ${base} } «extra»`, ['syntax', /extra/]);
    assertRefused('«/* never closed»', ['syntax', /comment is not terminated/]);
    assertRefused('«»', ['empty', /file is empty/]);
    assertRefused('«»// nothing but a comment\n', ['empty', /file is empty/]);
    assertRefused('«[»]', ['wrongValue', /write an object/]);
    assertRefused('«3»', ['wrongValue', /write an object/]);
  });

  it('is reported with the number that JSON writes instead', () => {
    const rate = (written: string) => `{ ${base}, "optimizer": { "learningRate": ${written}, "weightDecay": 0 } }`;
    const cases: readonly (readonly [written: string, advice: RegExp])[] = [
      ['+1', /^\+1 is not valid JSON: write 1\.$/],
      ['.5', /: write 0\.5\.$/],
      ['-.5', /: write -0\.5\.$/],
      ['5.', /: write 5\.0\.$/],
      ['01', /^01 is not valid JSON: write 1\.$/],
      ['-007.5e-3', /: write -7\.5e-3\.$/],
      ['0,001', /^0,001 is not valid JSON: write a decimal point, 0\.001\.$/],
      ['0,5', /: write a decimal point, 0\.5\.$/],
      ['1,200.50', /: leave out the thousands separators, 1200\.50\.$/],
      ['1_000', /: leave out the underscores, 1000\.$/],
      ['0x10', /: write it in decimal, 16\.$/],
      ['NaN', /: write a finite number\.$/],
      ['-Infinity', /: write a finite number\.$/],
      ['None', /: write null\.$/],
      ['True', /: write true\.$/],
      ['1e', /digits with at most one point/],
      ['1 000', /^1 000 is not valid JSON: leave out the blanks, 1000\.$/],
      ['1/1000', /^1\/1000 is not valid JSON: write the result, 0\.001\.$/],
      ['10**-3', /: write the result, 0\.001\.$/],
      ['10^-3', /: write the result, 0\.001\.$/],
      ['5%', /: write the fraction, 0\.05\.$/],
      ['1e-3f', /: leave out the last letter, 1e-3\.$/],
    ];
    for (const [written, advice] of cases) assertRefused(rate(`«${written}»`), ['syntax', advice]);
    // In a list a comma separates two numbers.
    assertRefused('{ "data": { "lags": [3,«08»] } }', ['syntax', /^08 is not valid JSON: write 8\.$/]);
    assertRefused(rate('1, «5»'), ['syntax', /A key is expected here/]);
  });

  it('is reported with the quotes that JSON has', () => {
    assertRefused(`{ ${base}, «“seed”»: 1 }`, ['syntax', /write straight double quotes, such as "data"\.$/]);
    assertRefused(`{ ${base}, «‘seed’»: 1 }`, ['syntax', /write straight double quotes/]);
  });

  it('is rejected at the bracket that nests too deep, before a recursive parser reads it', () => {
    assertRefused(`${'['.repeat(32)}«[»${'['.repeat(500_000)}`, ['tooDeep', /more than 32 levels deep/]);
  });

  it('is rejected if it is larger than 1 MiB', () => {
    const long = `{ ${base}, "notes": "${'ä'.repeat(maxExperimentBytes / 2)}" }`;
    const [refusal] = refusalsOf(long);
    assert.equal(refusal.code, 'tooLarge');
    assert.match(refusal.message, /1,048,\d{3} bytes: at most 1,048,576 \(1 MiB\)/);
  });
});
