import assert from 'node:assert/strict';
import { sharedBaselines } from '../../../webview/comparison/sharedBaselines';

/** As a task makes it. */
const live = { answer: 'constant', name: 'always 1', source: 'the variance', value: 1 / 6 } as const;
/** As it is read from the folder of a run. */
const stored = { name: 'always 1', value: 1 / 6, source: 'the variance', answer: 'constant' } as const;

describe('The baselines in a comparison', () => {
  it('are those of a run that trains and of one that was read from its folder', () => {
    assert.deepEqual(sharedBaselines([{ baselines: [live] }, { baselines: [stored] }]), [live]);
  });

  it('are none where the runs have different ones', () => {
    assert.deepEqual(sharedBaselines([{ baselines: [live] }, { baselines: [{ ...live, value: 0.2 }] }]), []);
    assert.deepEqual(sharedBaselines([{ baselines: [live] }, { baselines: [] }]), []);
    assert.deepEqual(sharedBaselines([]), []);
  });
});
