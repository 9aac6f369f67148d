import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { compareNumbers, formatQuantity, parseNumber } from '../../../src/lessons/answer';
import { LessonEvaluator } from '../../../src/lessons/evaluate';
import { maxExpressionLength, parseExpression } from '../../../src/lessons/expression';
import { parseMarkdown } from '../../../src/lessons/markdown';
import { TrainedSample } from './trainedSample';

describe('An expression of a lesson', () => {
  const sample = new TrainedSample('three-steps.rnn.json', undefined);
  const value = (text: string): Promise<number> =>
    new LessonEvaluator(sample.request, { update: 0 }).number(parseExpression(text));

  it('calculates as arithmetic does', async () => {
    const cases: readonly (readonly [string, number])[] = [
      ['1 + 2 * 3', 7],
      ['(1 + 2) * 3', 9],
      ['10 - 3 - 2', 5],
      ['12 / 3 / 2', 2],
      ['2 ^ 3 ^ 2', 512],
      ['-2 ^ 2', -4],
      ['2 * -3', -6],
      ['1e-3 * 1000', 1],
      ['.5 + 1.', 1.5],
      ['1 < 2 and 2 < 1', 0],
      ['2 >= 2', 1],
      ['sqrt(16)', 4],
      ['abs(-3)', 3],
      ['sigmoid(0)', 0.5],
    ];
    for (const [text, expected] of cases) assert.equal(await value(text), expected, text);
  });

  it('acts on vectors element by element, and on all of them by functions', async () => {
    const tensors = sample.captured(0).capture.tensors;
    const h = [...(tensors.get('h_l0')?.data ?? [])];
    assert.equal(await value('h[1][0]'), h[2]);
    assert.ok(Math.abs((await value('norm(h[2])')) - Math.hypot(h[4] ?? NaN, h[5] ?? NaN)) < 1e-12);
    assert.ok(
      Math.abs((await value('sum(h[0] * h[1])')) - ((h[0] ?? NaN) * (h[2] ?? NaN) + (h[1] ?? NaN) * (h[3] ?? NaN))) <
        1e-12,
    );
    assert.equal(await value('argmax(L)'), 2);
  });

  it('says what is wrong with it', async () => {
    await assert.rejects(value('h[0]'), /has 2 numbers: add an index/);
    await assert.rejects(value('h[3][0]'), /h\[3\] doesn't exist in this run: h has indices from 0 to 2/);
    await assert.rejects(value('h[0.5][0]'), /h\[0\.5\] doesn't exist/);
    await assert.rejects(value('loss[0]'), /loss is a single number/);
    await assert.rejects(value('c[0][0]'), /has no c\./);
    await assert.rejects(value('h[0] + h'), /can't be combined/);
    const layer = new LessonEvaluator(sample.request, { update: 0, layer: 1 });
    await assert.rejects(layer.number(parseExpression('h[0][0]')), /no layer 1: it has layers from 0 to 0/);
    assert.throws(() => parseExpression(''), /ends too early/);
    assert.throws(() => parseExpression('1 +'), /ends too early/);
    assert.throws(() => parseExpression('(1'), /ends where "\)" is needed/);
    assert.throws(() => parseExpression('1 2'), /has "2" where it can't be/);
    assert.throws(() => parseExpression('('.repeat(100)), /nested too deep/);
    assert.throws(() => parseExpression('-'.repeat(100)), /nested too deep/);
    assert.throws(() => parseExpression('1'.repeat(maxExpressionLength + 1)), /at most 300 characters/);
  });

  it('is read or refused with a message, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 80 }), (text) => {
        try {
          parseExpression(text);
        } catch (error) {
          assert.ok(error instanceof Error && error.constructor === Error, String(error));
        }
      }),
    );
  });
});

describe('An answer', () => {
  it('is a number as people type it', () => {
    const cases: readonly (readonly [string, number | undefined])[] = [
      ['0.5', 0.5],
      [' 0,5 ', 0.5],
      ['−3', -3],
      ['1e-3', 0.001],
      ['1,5e2', 150],
      ['5 %', 0.05],
      ['.25', 0.25],
      ['1/2', 0.5],
      ['−1 / 4', -0.25],
      ['0,5/2', 0.25],
      ['5·10^-3', 0.005],
      ['7 · 10^{-11}', 7e-11],
      ['2,5 × 10^−4', 2.5e-4],
      ['3*10^2', 300],
      ['10^-3', 0.001],
      ['1e-3/2', 5e-4],
      ['', undefined],
      ['abc', undefined],
      ['1.2.3', undefined],
      ['1e999', undefined],
      ['NaN', undefined],
      ['0x10', undefined],
      ['1/0', undefined],
      ['1/2/3', undefined],
      ['/2', undefined],
      ['3·11^2', undefined],
      ['2 10', undefined],
      ['5·10^0.5', undefined],
      ['1'.repeat(50), undefined],
    ];
    for (const [text, expected] of cases) assert.equal(parseNumber(text), expected, text);
  });

  it('is shown with the minus sign of the lessons', () => {
    assert.deepEqual([-0.3946, -3, 1e-7, 0].map(formatQuantity), ['−0.395', '−3', '1.00e-7', '0']);
  });

  it('is right within the tolerance, which is exact at its end', () => {
    const five = { kind: 'relative', size: 0.05 } as const;
    assert.equal(compareNumbers(1.05, 1, five), 'right');
    assert.equal(compareNumbers(1.06, 1, five), 'tooLarge');
    assert.equal(compareNumbers(0.94, 1, five), 'tooSmall');
    assert.equal(compareNumbers(-0.94, -1, five), 'tooSmall');
    assert.equal(compareNumbers(-1, 1, five), 'otherSign');
    assert.equal(compareNumbers(0.31, 0.3, { kind: 'absolute', size: 0.01 }), 'right');
    assert.equal(compareNumbers(0, 0, { kind: 'absolute', size: 0 }), 'right');
    assert.equal(compareNumbers(1e-9, 0, { kind: 'absolute', size: 0 }), 'tooLarge');
  });
});

describe('The text of a lesson', () => {
  it('has headings, paragraphs, lists, lines and marks', () => {
    const text = '# A *b*\nOne\ntwo\n\n- x\n  y\n- **z**\n\n1. `q`\n\n```\nf_t\n\n g\n```\n2 * 3 * 4';
    const of = (written: string) => ({ kind: 'text', text: written });
    assert.deepEqual(parseMarkdown(text), [
      { kind: 'heading', content: [of('A '), { kind: 'emphasis', content: [of('b')] }] },
      { kind: 'paragraph', content: [of('One two')] },
      { kind: 'list', isOrdered: false, items: [[of('x y')], [{ kind: 'strong', content: [of('z')] }]] },
      { kind: 'list', isOrdered: true, items: [[{ kind: 'code', text: 'q' }]] },
      { kind: 'lines', text: 'f_t\n\n g' },
      { kind: 'paragraph', content: [of('2 * 3 * 4')] },
    ]);
  });
});
