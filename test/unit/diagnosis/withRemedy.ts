import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import type { KeyChange } from '../../../src/experiment/problems/keyChanges';
import { fixed } from '../experiment/fixed';

/** The text of an experiment after a remedy for itself or for one of its variants. */
export function withRemedy(text: string, changes: readonly KeyChange[], variant: string | undefined): string {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'experiment');
  const after = fixed(text, { title: '', changes: parsed.file.changesFor(changes, variant) });
  assert.ok(after !== undefined, JSON.stringify(changes));
  const again = parseExperiment(after);
  assert.ok(again.kind === 'experiment', JSON.stringify(again));
  assert.equal(again.file.resolve(variant).kind, 'resolved', after);
  return after;
}
