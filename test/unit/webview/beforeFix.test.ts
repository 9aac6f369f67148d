import assert from 'node:assert/strict';
import type { Finding } from '../../../src/diagnosis/finding';
import type { RunBeforeFix, RunStatus } from '../../../src/protocol/run';
import { formatFixed } from '../../../webview/notebook/diagnosis/beforeFix';

describe('The sentence about a run that was trained again with a fix', () => {
  const found = (code: string): Finding => ({
    code,
    level: 'warning',
    when: 'end',
    update: 1,
    keyPath: [],
    message: '',
  });
  const before = (...codes: string[]): RunBeforeFix => ({
    fix: 'Set clip.norm to 1',
    state: 'finished',
    loss: 1,
    validationLoss: undefined,
    findings: codes.map(found),
    folder: undefined,
    isSameMeasure: true,
  });
  const after = (state: RunStatus['state'], ...codes: string[]) =>
    ({ state, findings: codes.map(found) }) as unknown as RunStatus;

  it('says first whether the loss has fallen: that of the held-out part, if there is one', () => {
    const status = (numbers: Partial<RunStatus>) => ({ ...after('finished'), ...numbers });
    assert.equal(
      formatFixed({ ...before('clipAlways'), validationLoss: 4 }, status({ loss: 0.5, validationLoss: 6 })),
      'Set clip.norm to 1: the held-out loss rises from 4.00 to 6.00; no longer found: clipAlways.',
    );
    assert.equal(
      formatFixed(before('clipAlways'), status({ loss: 0.5, validationLoss: 6 })),
      'Set clip.norm to 1: the loss of the last update falls from 1.00 to 0.500; no longer found: clipAlways.',
    );
    assert.equal(
      formatFixed({ ...before('clipAlways'), isSameMeasure: false }, status({ loss: 0.5 })),
      "Set clip.norm to 1: its loss is of other data or of another kind, so the two can't be compared; no longer found: clipAlways.",
    );
  });

  it('names the findings that are gone and those that are new', () => {
    assert.equal(
      formatFixed(before('clipAlways', 'overfit'), after('finished', 'overfit', 'saturated')),
      'Set clip.norm to 1: no longer found: clipAlways; new: saturated.',
    );
  });

  it('says that the same is found, and that training goes on', () => {
    assert.equal(
      formatFixed(before('overfit'), after('finished', 'overfit')),
      'Set clip.norm to 1: the findings are those of the run before.',
    );
    assert.equal(
      formatFixed(before('overfit'), after('running')),
      'Set clip.norm to 1: the run before had 1 finding; this one has none so far.',
    );
  });
});
