import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { filesOf, openSource } from '../../../src/data/source';
import { teachingOrder } from '../../../src/editor/teachingOrder';
import { parseExperiment } from '../../../src/experiment/parse';

const folder = 'media/samples';
const samples = readdirSync(folder).filter((name) => name.endsWith('.rnn.json'));

describe('the samples', () => {
  it('have a place in the teaching order, each of them', () => {
    assert.deepEqual([...teachingOrder].sort(), [...samples].sort());
  });

  for (const sample of samples) {
    it(`${sample} and its variants open, with names and notes`, () => {
      const parsed = parseExperiment(readFileSync(join(folder, sample), 'utf8'));
      assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
      for (const variant of [undefined, ...parsed.file.variants.map(({ name }) => name)]) {
        const outcome = parsed.file.resolve(variant);
        assert.ok(outcome.kind === 'resolved', JSON.stringify(outcome));
        const { experiment } = outcome;
        assert.ok(experiment.name.length > 0 && experiment.notes.length > 100);
        const files = new Map(filesOf(experiment).map(({ path }) => [path, readFileSync(join(folder, path))]));
        const opened = openSource(experiment, files);
        if (opened.kind !== 'source') assert.fail(JSON.stringify(opened));
        assert.equal(opened.source.next().steps, opened.source.steps);
      }
    });
  }
});
