import assert from 'node:assert/strict';
import { maxTypedLength, type Probe } from '../../../src/protocol/probe';
import { probeDescription, probeNote, sequenceName, sequenceTitle } from '../../../webview/notebook/probe/probeName';
import { textOf } from '../../../src/text/symbols';
import { fromField, inField, typedProblem } from '../../../webview/notebook/probe/typedText';
import { sequenceParams } from '../../../webview/notebook/sequenceCell';
import { standardView } from '../../../webview/store/model';
import { restoreView } from '../../../webview/store/savedView';
import { inspected } from './inspectedUpdate';

const reber = { data: { task: 'reber' }, model: { cell: 'lstm', hidden: 3 }, training: { steps: 3, batch: 2 } };
const heldOut: Probe = { kind: 'heldOut', sequence: 12 };

describe('A probed sequence on the page', () => {
  it('is named in every text that names the sequence, and said not to train', () => {
    const inspection = inspected(reber);
    assert.deepEqual(
      [sequenceName(inspection), sequenceTitle(inspection), probeNote(inspection), probeDescription(inspection)],
      ['sequence 1', 'Sequence 1 of 2', '', ''],
    );
    const probed = { ...inspection, sequence: 0, batch: 1, loss: 0.5, probe: heldOut };
    assert.equal(sequenceName(probed), 'held-out sequence 12');
    assert.equal(sequenceTitle(probed), 'Held-out sequence 12');
    assert.equal(probeNote(probed), 'Probed: held-out sequence 12, which does not train.');
    assert.match(probeDescription(probed), /with the weights before update 0, .* L = 0\.500\. It does not train:/);
    assert.equal(sequenceTitle({ ...probed, probe: { kind: 'text', text: 'a' } }), 'The typed text');
    assert.equal(sequenceName({ ...probed, probe: { kind: 'row', line: 1234 } }), 'the rows from row 1,234');
    assert.deepEqual(sequenceParams(probed), { update: 0, sequence: 0, probe: heldOut });
    assert.deepEqual(sequenceParams(inspection), { update: 0, sequence: 1 });
  });

  it('is restored after a reload, and dropped where it is none', () => {
    const restored = (probe: unknown): unknown => restoreView({ view: { ...standardView, probe } }).probe;
    const kept: readonly Probe[] = [heldOut, { kind: 'text', text: 'to be' }, { kind: 'row', line: 7 }];
    for (const probe of kept) assert.deepEqual(restored(probe), probe);
    for (const probe of [{ kind: 'heldOut' }, { kind: 'text', text: 3 }, { kind: 'row', line: -1 }, { kind: 'x' }, 5]) {
      assert.equal(restored(probe), undefined, JSON.stringify(probe));
    }
  });

  it('as typed text is read from a field of one line, and refused with the first unknown symbol', () => {
    assert.equal(fromField(inField('to be\n\tor')), 'to be\n\tor');
    const names = ['\n', ' ', 'b', 'e', 'o', 't'];
    assert.equal(typedProblem('to be\n', names), '');
    assert.match(typedProblem('to bé', names), /^"é", symbol 5 of the text, is not among the 6 that/);
    assert.match(typedProblem('', names), /^The text is empty/);
    assert.equal(
      typedProblem('t'.repeat(maxTypedLength + 1), names),
      'The text has 4,001 characters; at most 4,000 can be entered.',
    );
    const inspection = inspected(reber);
    const typed = textOf(inspection, 200);
    assert.equal(typed.length, inspection.end);
    assert.equal(typedProblem(typed, inspection.inputNames), '');
    assert.equal(typed.charAt(0), 'B', 'every string of the grammar begins with B');
  });
});
