import assert from 'node:assert/strict';
import type { Finding } from '../../../src/diagnosis/finding';
import { axisTo, middleOfUpdate } from '../../../webview/plot/trainingAxis';
import { placedMarks, trainingMarks, wordsOfMarks } from '../../../webview/plot/trainingMarks';
import type { ShownRun } from '../../../webview/store/model';

const finding = (code: string, when: Finding['when'], update: number): Finding => ({
  ...{ code, level: 'warning', when, update, keyPath: ['clip'], message: '' },
});

const run = {
  info: { resumedAt: [400] },
  status: {
    rateChanges: [
      { update: 738, learningRate: 0.05 },
      { update: 900, learningRate: 0.005, cause: 'plateau' },
    ],
    findings: [
      finding('clipNever', 'update', 120),
      finding('constantColumn', 'start', 0),
      finding('overfit', 'end', 999),
    ],
  },
} as unknown as ShownRun;

describe('The marks of a run on the axis of updates', () => {
  const marks = trainingMarks(run);

  it('are its changes of the learning rate, its resumes, and what was found after the start', () => {
    assert.deepEqual(
      marks.map(({ kind, update, words }) => [kind, update, words]),
      [
        ['finding', 120, 'warning “clipNever”: see the diagnosis'],
        ['resume', 400, 'resumed here'],
        ['rate', 738, 'learning rate set to 0.05'],
        ['rate', 900, 'plateau: learning rate reduced to 0.005'],
        ['finding', 999, 'warning “overfit”: see the diagnosis'],
      ],
    );
  });

  it('are read at the updates of their column', () => {
    assert.deepEqual(wordsOfMarks(marks, 738, 1), ['learning rate set to 0.05']);
    assert.deepEqual(wordsOfMarks(marks, 736, 2), []);
    assert.deepEqual(wordsOfMarks(marks, 736, 4), ['learning rate set to 0.05']);
  });

  it('stand where their update is drawn, and only while it is visible', () => {
    const axis = axisTo(1000, [300, 800], 600);
    assert.deepEqual(
      placedMarks(marks, axis).map(({ x, kind }) => [x, kind]),
      [
        [middleOfUpdate(axis, 400), 'resume'],
        [middleOfUpdate(axis, 738), 'rate'],
      ],
    );
  });

  it('are one mark where they would cover each other, with the words of all', () => {
    const many = [10, 11, 12].map((update) => ({ kind: 'rate' as const, update, words: `${update}` }));
    const [only, ...others] = placedMarks(many, axisTo(100_000, undefined, 600));
    assert.deepEqual(others, []);
    assert.equal(only?.words, 'Update 10: 10\nUpdate 11: 11\nUpdate 12: 12');
    assert.equal(placedMarks(many, axisTo(16, undefined, 600)).length, 3);
  });
});
