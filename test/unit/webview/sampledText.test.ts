import assert from 'node:assert/strict';
import type { Sample } from '../../../src/protocol/output';
import { formatSampled, sampledSymbols, sampleTable } from '../../../webview/notebook/output/sampledText';

const characters = ['a', '𝄞', ' ', '\n'];
const sample: Sample = { update: 1200, text: 'a𝄞\na', probabilities: Float64Array.of(0.5, 0.125, 0.0005, 1) };

describe('The probabilities of a sampled text', () => {
  it('belong to its characters, also those of two code units', () => {
    assert.deepEqual(sampledSymbols(sample, characters), [
      { symbol: 'a', probability: 0.5 },
      { symbol: '𝄞', probability: 0.125 },
      { symbol: '\n', probability: 0.0005 },
      { symbol: 'a', probability: 1 },
    ]);
  });

  it('belong to words where a symbol of the network has several characters', () => {
    const words: Sample = { update: 0, text: 'go on a', probabilities: Float64Array.of(0.1, 0.2, 0.3) };
    assert.deepEqual(
      sampledSymbols(words, ['go', 'on', 'a']).map(({ symbol }) => symbol),
      ['go', 'on', 'a'],
    );
  });

  it('are said for one symbol, and for the least probable one', () => {
    const symbols = sampledSymbols(sample, characters);
    assert.equal(formatSampled(symbols, 1), 'Symbol 2 of 4, “𝄞”: p = 0.125.');
    assert.equal(formatSampled(symbols, undefined), 'The least probable symbol is number 3 of 4, “↵”: p = 5.00e-4.');
    assert.equal(formatSampled([], undefined), '');
  });

  it('are in a table, a row for each symbol', () => {
    const { caption, columns, rows } = sampleTable(sample, characters);
    assert.equal(caption, 'The sampled text at update 1,200: probability of each symbol at temperature 1');
    assert.deepEqual(columns, ['number', 'symbol', 'p']);
    assert.deepEqual(rows, [
      [1, 'a', 0.5],
      [2, '𝄞', 0.125],
      [3, '↵', 0.0005],
      [4, 'a', 1],
    ]);
  });
});
