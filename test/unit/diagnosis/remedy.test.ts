import assert from 'node:assert/strict';
import { readFindings, writeFindings, type Finding } from '../../../src/diagnosis/finding';
import { higherRate, lowerRate, removeKey, setKey } from '../../../src/diagnosis/remedy';
import { formatRemedy, formatTrial } from '../../../src/text/remedyText';

describe('A remedy', () => {
  it('is said in the imperative', () => {
    assert.equal(formatRemedy([setKey(['optimizer', 'learningRate'], 0.001)]), 'Set optimizer.learningRate to 0.001');
    assert.equal(
      formatRemedy([setKey(['model', 'cell'], 'lstm'), removeKey(['model', 'activation'])]),
      'Set model.cell to "lstm" and remove model.activation',
    );
  });

  it('is something to try', () => {
    assert.equal(formatTrial([setKey(['clip'], { norm: 1 })]), 'Try with clip.norm 1');
    assert.equal(formatTrial([setKey(['optimizer', 'learningRate'], 0.001)]), 'Try with learningRate 0.001');
    assert.equal(
      formatTrial([setKey(['model', 'cell'], 'lstm'), removeKey(['model', 'activation'])]),
      'Try with cell lstm and without activation',
    );
  });

  it('is stored with its finding, and a finding of an earlier version has none', () => {
    const finding: Finding = {
      ...{ code: 'clipAlways', level: 'warning', when: 'end', update: 9, keyPath: ['clip', 'norm'], message: 'm' },
      remedies: [[{ kind: 'set', keyPath: ['clip'], value: { norm: 1 } }], [{ kind: 'remove', keyPath: ['clip'] }]],
    };
    const { remedies, ...earlier } = finding;
    assert.equal(remedies?.length, 2);
    assert.deepEqual(readFindings(writeFindings([finding, earlier])), { findings: [finding, earlier], damaged: [] });
  });

  it('sets the rate with which the measured ratio of update and weights would be 1e-3', () => {
    assert.equal(lowerRate(0.1, 2), 5e-5);
    assert.equal(lowerRate(0.1), 0.01);
    // Not more than a tenth, and not less than a ten thousandth.
    assert.equal(lowerRate(0.1, 2e-3), 0.01);
    assert.equal(lowerRate(5, 1e6), 5e-4);
    assert.equal(higherRate(4e-7, 1e-7), 4e-3);
    assert.equal(higherRate(0.001, 9e-4), 0.003);
    assert.equal(higherRate(1e-6, 0), 0.01);
  });
});
