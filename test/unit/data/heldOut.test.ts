import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import { openSource } from '../../../src/data/source';

/** Number of sequences and steps in one validation of a task. */
function heldOut(length: number): { readonly sequences: number; readonly steps: number } {
  const file = { data: { task: 'delay', lag: 1, length }, model: { cell: 'rnn' }, training: { batch: 8 } };
  const parsed = parseExperiment(JSON.stringify(file));
  assert.ok(parsed.kind === 'experiment');
  const resolved = parsed.file.resolve();
  assert.ok(resolved.kind === 'resolved');
  const opened = openSource(resolved.experiment, new Map());
  assert.ok(opened.kind === 'source');
  const batches = [...opened.source.validation()];
  return {
    sequences: batches.reduce((sum, { batch }) => sum + batch, 0),
    steps: batches.reduce((sum, { batch, steps }) => sum + batch * steps, 0),
  };
}

describe('Held-out sequences of a task', () => {
  it('are 256', () => {
    assert.equal(heldOut(50).sequences, 256);
  });

  it('are fewer if they are very long, so that a validation ends', () => {
    const { sequences, steps } = heldOut(100_000);
    assert.ok(sequences >= 1 && steps <= 2 ** 22, `${sequences} sequences, ${steps} steps`);
  });
});
