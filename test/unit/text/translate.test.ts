import assert from 'node:assert/strict';
import { formatCount } from '../../../src/text/numbers';
import { english, setTexts, translate, translateMessage } from '../../../src/text/translate';

const chinese = {
  'Compare {0} with {1}': '将 {1} 与 {0} 比较',
  'The run can’t be read: {0}': '无法读取运行：{0}',
  'it is empty': '它是空的',
  'The {0} of the run are missing.': '缺少运行的 {0}。',
  'Train it again.': '请重新训练。',
  'more than {0}': '多于 {0}',
  '{0} to {1}': '{0} 至 {1}',
  '{0} row': '{0} 行',
  '{0} rows': '{0} 行',
};

describe('Translated texts', () => {
  afterEach(() => {
    setTexts(undefined);
  });

  it('are the English ones where no language is set', () => {
    assert.equal(translate`Compare ${'a'} with ${2}`, 'Compare a with 2');
    assert.equal(translateMessage('it is empty'), 'it is empty');
    assert.equal(formatCount(1200, 'row'), '1,200 rows');
  });

  it('put their values in the order of the other language, and stay English without a translation', () => {
    setTexts(chinese);
    assert.equal(translate`Compare ${'a'} with ${'{0}'}`, '将 {0} 与 a 比较');
    assert.equal(translate`Compare ${'a'}`, 'Compare a');
    assert.equal(formatCount(1, 'row'), '1 行');
    assert.equal(formatCount(1200, 'row'), '1,200 行');
  });

  it('are made of stored English messages, of their values and of each of their sentences', () => {
    setTexts(chinese);
    assert.equal(english`it is empty`, 'it is empty');
    assert.equal(translateMessage('The run can’t be read: it is empty'), '无法读取运行：它是空的');
    assert.equal(
      translateMessage('The 1,200 rows of the run are missing. Train it again.'),
      '缺少运行的 1,200 行。请重新训练。',
    );
    assert.equal(translateMessage('The more than 3 of the run are missing.'), '缺少运行的 多于 3。');
  });

  it('do not take a sentence for theirs that has only a word of them', () => {
    setTexts(chinese);
    const foreign = 'ENOENT: it was moved to another disk';
    assert.equal(translateMessage(foreign), foreign);
    assert.equal(translateMessage(`The run can’t be read: ${foreign}`), `无法读取运行：${foreign}`);
  });
});
