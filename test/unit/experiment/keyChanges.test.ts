import assert from 'node:assert/strict';
import { changeOf } from '../../../src/experiment/problems/applyFix';
import type { KeyChange } from '../../../src/experiment/problems/keyChanges';
import { parseExperiment } from '../../../src/experiment/parse';

const text = `{
  // A commented file.
  "data": { "task": "adding", "length": 20 },
  "model": { "cell": "rnn", "activation": "relu" }, // no gates
  "clip": { "value": 0.5 },
  "optimizer": { "kind": "sgd", "learningRate": 0.1 },
  "variants": {
    "free": { "clip": null },
    "slow": { "optimizer": { "learningRate": 0.001 } } // by ten
  }
}
`;

function fileOf(source: string) {
  const parsed = parseExperiment(source);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  return parsed.file;
}

function applied(source: string, changes: readonly KeyChange[]): string {
  const change = changeOf(source, { title: '', changes });
  assert.ok(change !== undefined);
  return source.slice(0, change.offset) + change.text + source.slice(change.offset + change.length);
}

/** The text with changes of the experiment or of a variant, and the variant's experiment after it. */
function changed(changes: readonly KeyChange[], variant?: string) {
  const after = applied(text, fileOf(text).changesFor(changes, variant));
  const resolved = fileOf(after).resolve(variant);
  assert.ok(resolved.kind === 'resolved', after);
  return { after, experiment: resolved.experiment };
}

const norm: KeyChange = { kind: 'set', keyPath: ['clip'], value: { norm: 1 } };
const rate: KeyChange = { kind: 'set', keyPath: ['optimizer', 'learningRate'], value: 0.01 };

describe('Changes of keys of an experiment', () => {
  it('write exactly these keys of the file; comments and all else stay', () => {
    assert.equal(changed([rate]).after, text.replace('0.1 }', '0.01 }'));
    assert.equal(changed([norm]).after, text.replace('{ "value": 0.5 }', '{ "norm": 1 }'));
    const seed: KeyChange = { kind: 'set', keyPath: ['seed'], value: 3 };
    const { after, experiment } = changed([seed]);
    assert.equal(experiment.seed, 3);
    assert.equal(after.replace(/,?\n +"seed": 3/, ''), text);
  });

  it('remove a key where it is written, and nothing where it is not', () => {
    const gone = changed([{ kind: 'remove', keyPath: ['clip'] }]);
    assert.equal(gone.experiment.clip, null);
    const lstm: readonly KeyChange[] = [
      { kind: 'set', keyPath: ['model', 'cell'], value: 'lstm' },
      { kind: 'remove', keyPath: ['model', 'activation'] },
      { kind: 'remove', keyPath: ['model', 'weights'] },
    ];
    assert.match(changed(lstm).after, /"model": \{ "cell": "lstm" \}, \/\/ no gates/);
  });

  it('of a variant change the variant only, and delete there what it inherits', () => {
    const slower = changed([rate], 'slow');
    assert.equal(slower.after, text.replace('0.001', '0.01'));
    const clipped = changed([norm], 'slow');
    assert.deepEqual(clipped.experiment.clip, { norm: 1 });
    assert.deepEqual(changed([norm], 'free').experiment.clip, { norm: 1 });
    assert.equal(changed([{ kind: 'remove', keyPath: ['clip'] }], 'slow').experiment.clip, null);
    for (const { after } of [clipped]) {
      const base = fileOf(after).resolve();
      assert.ok(base.kind === 'resolved');
      assert.deepEqual(base.experiment.clip, { value: 0.5 });
    }
  });

  it('are kept as a new variant beside the experiment or a variant, under a free name', () => {
    const file = fileOf(text);
    const added = file.newVariant([rate], undefined);
    assert.equal(added.name, 'learningRate 0.01');
    const after = applied(text, [added]);
    assert.ok(after.startsWith(text.slice(0, text.indexOf('"slow"'))));
    const again = fileOf(after);
    assert.deepEqual(again.newVariant([rate], undefined).name, 'learningRate 0.01 (2)');
    const beside = file.newVariant([norm], 'slow');
    const resolved = fileOf(applied(text, [beside])).resolve(beside.name);
    assert.ok(resolved.kind === 'resolved');
    assert.deepEqual([resolved.experiment.clip, resolved.experiment.optimizer.learningRate], [{ norm: 1 }, 0.001]);
  });
});
