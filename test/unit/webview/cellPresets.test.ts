import assert from 'node:assert/strict';
import { cellPresets, foldable, presetOf } from '../../../webview/notebook/cellPresets';
import { standardFolded } from '../../../webview/store/model';

describe('The choices of cells', () => {
  it('fold only what folds, each something else', () => {
    for (const { name, folded } of cellPresets) {
      assert.deepEqual(
        folded.filter((title) => !foldable.includes(title)),
        [],
        name,
      );
      assert.equal(presetOf(folded)?.name, name);
    }
  });

  it('are recognized in any order, with titles of other versions, and not where one cell differs', () => {
    assert.equal(presetOf([...standardFolded].reverse())?.name, 'standard');
    assert.equal(presetOf([...standardFolded, 'A cell of an earlier version'])?.name, 'standard');
    assert.equal(presetOf(standardFolded.slice(1)), undefined);
  });
});
