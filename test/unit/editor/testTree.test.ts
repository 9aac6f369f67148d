import assert from 'node:assert/strict';
import { keyPlaceOf, testsOf, variantId, variantOfId, type TestNode } from '../../../src/editor/testing/testTree';
import { parseExperiment } from '../../../src/experiment/parse';
import type { ExperimentFile } from '../../../src/experiment/experimentFile';

function fileOf(text: string): ExperimentFile {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  return parsed.file;
}

const named = (nodes: readonly TestNode[], id: string): TestNode => {
  const found = nodes.find((node) => node.id === id);
  assert.ok(found !== undefined, `${id} is not among ${nodes.map((node) => node.id).join(', ')}`);
  return found;
};

describe('The tests that the Test Explorer lists', () => {
  const text = `{
  "data": { "task": "parity", "length": 4 },
  "model": { "cell": "gru", "layers": 2 },
  "seeds": [1, 2],
  "expect": { "loss": { "below": 1 }, "accuracy": { "atLeast": 0.5 } },
  "variants": {
    "strict": { "expect": { "loss": { "below": 0.5 } } },
    "free": { "expect": null },
    "a\\u202Eb\\nc": { "seed": 1 }
  }
}`;
  const file = fileOf(text);
  const nodes = testsOf(file);
  const textAt = ({ place }: TestNode): string => text.slice(place.offset, place.offset + place.length);

  it('are one for each expectation and each parameter, of the experiment and of every variant', () => {
    assert.deepEqual(
      nodes.map(({ id }) => id),
      [variantId(undefined), variantId('strict'), variantId('free'), variantId('a\u202Eb\nc')],
    );
    const [experiment] = nodes;
    const expectations = named(experiment.children, 'expectations');
    assert.deepEqual(
      expectations.children.map(({ id, label }) => [id, label]),
      [
        ['loss', 'loss below 1'],
        ['accuracy', 'accuracy at least 0.5'],
      ],
    );
    assert.equal(expectations.label, 'Expectations with each of 2 seeds');
    assert.deepEqual(
      named(experiment.children, 'gradients').children.map(({ id }) => id),
      [0, 1]
        .flatMap((layer) => ['weight_ih', 'weight_hh', 'bias_ih', 'bias_hh'].map((name) => `rnn.${name}_l${layer}`))
        .concat('head.weight', 'head.bias'),
    );
    assert.deepEqual(
      named(nodes, variantId('free')).children.map(({ id }) => id),
      ['gradients'],
      'what expects nothing has no group for it',
    );
  });

  it('are at their keys: those of the variant, where it writes them', () => {
    const [experiment, strict] = nodes;
    const places = ({ children }: TestNode) =>
      named(children, 'expectations').children.map((node) => [textAt(node), node.place.line]);
    assert.deepEqual(places(experiment), [
      ['"loss"', 5],
      ['"accuracy"', 5],
    ]);
    assert.deepEqual(places(strict), [
      ['"loss"', 7],
      ['"accuracy"', 5],
    ]);
    assert.equal(textAt(strict), '"strict"');
    assert.equal(keyPlaceOf(file, ['expect', 'loss'], 'strict').line, 7);
  });

  it('have plain names, and identifiers that give the variant back', () => {
    const odd = named(nodes, variantId('a\u202Eb\nc'));
    assert.equal(odd.label, 'a b c');
    for (const variant of [undefined, 'strict', 'experiment', 'variant:x']) {
      assert.equal(variantOfId(variantId(variant)), variant);
    }
  });

  it('are one for all parameters of a net with many layers', () => {
    const [deep] = testsOf(fileOf('{ "data": { "task": "adding" }, "model": { "cell": "rnn", "layers": 1000 } }'));
    assert.deepEqual(
      named(deep.children, 'gradients').children.map(({ id, label }) => [id, label]),
      [['*', 'all 4002 parameters']],
    );
  });
});
