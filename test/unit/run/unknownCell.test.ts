import assert from 'node:assert/strict';
import { cells } from '../../../src/engine/cells/registry';
import { cellNames } from '../../../src/experiment/schema/cellNames';
import { readManifest, unreadableReason, writeManifest, type Manifest } from '../../../src/run/manifest';
import { exampleManifest } from './exampleManifest';

describe('The recurrent cell of a stored run', () => {
  it('is a cell of the engine and of the experiment format', () => {
    assert.deepEqual(
      cells.map(({ name }) => name),
      cellNames,
    );
    for (const cell of cellNames) {
      const manifest = exampleManifest();
      assert.equal(readManifest(writeManifest({ ...manifest, facts: { ...manifest.facts, cell } }))?.facts.cell, cell);
    }
  });

  it('is rejected with one message if this version does not have it', () => {
    const manifest = exampleManifest();
    // As a later version of the extension may write it.
    const bytes = writeManifest({ ...manifest, facts: { ...manifest.facts, cell: 'minLSTM' } } as unknown as Manifest);
    assert.equal(readManifest(bytes), undefined);
    assert.equal(
      unreadableReason(bytes),
      `Its recurrent cell is "minLSTM", which this version doesn't know; it knows ${cellNames.map((name) => `"${name}"`).join(', ')}.`,
    );
  });
});
