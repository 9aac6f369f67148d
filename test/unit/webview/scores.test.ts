import assert from 'node:assert/strict';
import { formatCutOff } from '../../../webview/notebook/output/formatScores';

describe('The accuracy by position', () => {
  it('says where it is cut at the end of a shorter sequence', () => {
    assert.equal(formatCutOff(50, 50), '');
    assert.equal(formatCutOff(50, 60), '');
    assert.equal(formatCutOff(50, 8), 'Drawn up to step 7 of 49: the sequence that is walked through ends there.');
  });
});
