import assert from 'node:assert/strict';
import type { Finding } from '../../../src/diagnosis/finding';
import type { RunStatus } from '../../../src/protocol/run';
import { outcomeOf } from '../../../webview/notebook/header/outcome';

describe('The outcome at the head of a run', () => {
  const finding: Finding = {
    ...{ code: 'nonFinite', level: 'error', when: 'end', update: 24, keyPath: ['clip'], message: 'It began early.' },
    remedies: [
      [{ kind: 'set', keyPath: ['model', 'init', 'gain'], value: 1 }],
      [{ kind: 'set', keyPath: ['clip'], value: { norm: 1 } }],
    ],
  };
  const diverged = {
    state: 'diverged',
    findings: [finding],
    nonFinite: { update: 24, pass: 'update', tensor: 'next', value: 'Infinity', began: 3 },
  } as unknown as RunStatus;

  it('leads to where a divergence began, and offers what can be tried', () => {
    const outcome = outcomeOf(diverged);
    assert.equal(outcome?.sentence, '');
    assert.deepEqual(outcome?.places, [{ label: 'Where it began: update 3', update: 3 }]);
    assert.deepEqual(
      outcome?.trials.map(({ label, request }) => [label, request]),
      [
        ['Try with gain 1', { code: 'nonFinite', remedy: 0, use: 'trial' }],
        ['Try with clip.norm 1', { code: 'nonFinite', remedy: 1, use: 'trial' }],
      ],
    );
  });

  it('has no jump to a beginning that is the end', () => {
    const sudden = { ...diverged, nonFinite: { ...diverged.nonFinite, began: 23 } } as unknown as RunStatus;
    assert.deepEqual(outcomeOf(sudden)?.places, []);
  });

  it('says that a run fell back from its best, and leads there', () => {
    const fellBack = {
      ...finding,
      code: 'fellBack',
      message: 'The run had come further than it ends.',
      bestUpdate: 49,
    };
    const outcome = outcomeOf({ state: 'finished', findings: [fellBack] } as unknown as RunStatus);
    assert.equal(outcome?.sentence, 'The run had come further than it ends.');
    assert.deepEqual(outcome?.places, [{ label: 'At its best: update 49', update: 49 }]);
    assert.equal(outcome?.trials.at(-1)?.label, 'Try with clip.norm 1');
  });

  it('is nothing while the run trains, and after a run without either', () => {
    assert.equal(outcomeOf({ ...diverged, state: 'running' }), undefined);
    assert.equal(outcomeOf({ ...diverged, state: 'finished' }), undefined);
  });
});
