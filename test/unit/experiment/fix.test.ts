import assert from 'node:assert/strict';
import type { Change } from '../../../src/experiment/problems/fix';
import { parseExperiment } from '../../../src/experiment/parse';
import type { Problem } from '../../../src/experiment/problems/problem';
import { fixed } from './fixed';

function problemsOf(text: string): readonly Problem[] {
  const parsed = parseExperiment(text);
  return parsed.kind === 'refused' ? parsed.problems : [];
}

const changed = (text: string, ...changes: Change[]) => fixed(text, { title: '', changes });
const gaps: Change = { kind: 'set', keyPath: ['data', 'gaps'], value: 'skip' };

describe('A fix of an experiment file', () => {
  const written = `{
  // What it learns from.
  "data": {
    "csv": "a.csv", // from the station
    "inputs": [
      "wind", // m/s
      "rain"
    ], /* all of them */
    "length": 20 // rows
  },
  "model": { "cell": "gru" }
}
`;

  it('adds a key on a line of its own, and leaves comments where they are', () => {
    assert.equal(
      changed(written, gaps),
      written.replace('"length": 20 // rows\n', '"length": 20, // rows\n    "gaps": "skip"\n'),
    );
  });

  it('adds a key to an object on one line, after a trailing comma, and to an empty object', () => {
    assert.equal(changed('{ "data": { "csv": "a" } }', gaps), '{ "data": { "csv": "a", "gaps": "skip" } }');
    assert.equal(changed('{ "data": { "csv": "a", } }', gaps), '{ "data": { "csv": "a", "gaps": "skip", } }');
    assert.equal(changed('{ "data": {} }', gaps), '{ "data": { "gaps": "skip" } }');
    assert.equal(
      changed('{\r\n\t"data": {},\r\n}', { ...gaps, keyPath: ['seed'] }),
      '{\r\n\t"data": {},\r\n\t"seed": "skip",\r\n}',
    );
  });

  it('adds the objects that enclose a key, also in place of null', () => {
    assert.equal(changed('{ "a": 1 }', gaps), '{ "a": 1, "data": { "gaps": "skip" } }');
    assert.equal(changed('{ "data": null }', gaps), '{ "data": { "gaps": "skip" } }');
    assert.equal(changed('{ "data": "full" }', gaps), undefined);
  });

  it('changes one name of a list, and removes one with its line', () => {
    const inputs = (...value: string[]): Change => ({ kind: 'set', keyPath: ['data', 'inputs'], value });
    assert.equal(changed(written, inputs('wind', 'snow')), written.replace('"rain"', '"snow"'));
    assert.equal(changed(written, inputs('rain')), written.replace('      "wind", // m/s\n', ''));
    assert.equal(changed(written, inputs('wind')), written.replace('"wind", // m/s\n      "rain"', '"wind" // m/s'));
    assert.equal(changed('{ "data": { "inputs": ["a", "b"] } }', inputs('a')), '{ "data": { "inputs": ["a"] } }');
    assert.equal(changed('{ "data": { "inputs": ["a", "b"] } }', inputs('b')), '{ "data": { "inputs": ["b"] } }');
    assert.equal(changed('{ "data": { "inputs": ["a"] } }', inputs('b', 'c')), '{ "data": { "inputs": ["b", "c"] } }');
  });

  it('moves a key with its value, and removes one', () => {
    assert.equal(
      changed('{\n  "lr": 0.1, // high\n  "model": { "cell": "rnn" }\n}', {
        kind: 'move',
        keyPath: ['lr'],
        to: ['optimizer', 'learningRate'],
      }),
      '{\n  // high\n  "model": { "cell": "rnn" },\n  "optimizer": { "learningRate": 0.1 }\n}',
    );
    assert.equal(
      changed('{ "lr": 1, "optimizer": { "learningRate": 2 } }', {
        kind: 'move',
        keyPath: ['lr'],
        to: ['optimizer', 'learningRate'],
      }),
      undefined,
    );
    assert.equal(changed('{ "a": 1, "b": 2 }', { kind: 'remove', keyPath: ['a'] }), '{ "b": 2 }');
    assert.equal(changed('{ "a": 1, "b": 2 }', { kind: 'remove', keyPath: ['b'] }), '{ "a": 1 }');
  });

  const base = '"data": { "task": "adding" }, "model": { "cell": "rnn" }';
  const cases: readonly (readonly [what: string, text: string, expected: string])[] = [
    ['a key of Keras', `{ ${base}, "training": { "epochs": 5 } }`, `{ ${base}, "training": { "steps": 5 } }`],
    [
      'a key of PyTorch in another section',
      `{ ${base}, "lr": 0.01 }`,
      `{ ${base}, "optimizer": { "learningRate": 0.01 } }`,
    ],
    [
      'a key of another section',
      `{ ${base}, "hiden": 8 }`,
      '{ "data": { "task": "adding" }, "model": { "cell": "rnn", "hidden": 8 } }',
    ],
    ['a typing error', `{ ${base}, "sead": 8 }`, `{ ${base}, "seed": 8 }`],
    [
      'a missing key that is misspelled',
      '{ "data": { "task": "adding" }, "model": { "cel": "rnn" } }',
      '{ "data": { "task": "adding" }, "model": { "cell": "rnn" } }',
    ],
    ['a reference to a schema', `{ "$schema": "x", ${base} }`, `{ ${base} }`],
    [
      'a key of another cell',
      '{ "data": { "task": "adding" }, "model": { "cell": "rnn", "forgetBias": 1 } }',
      '{ "data": { "task": "adding" }, "model": { "cell": "rnn" } }',
    ],
    ['two kinds', `{ ${base}, "clip": { "norm": 1, "value": 2 } }`, `{ ${base}, "clip": { "norm": 1 } }`],
    [
      'a key in a variant',
      `{ ${base}, "variants": { "long": { "training": { "epochs": 9 } } } }`,
      `{ ${base}, "variants": { "long": { "training": { "steps": 9 } } } }`,
    ],
    [
      'a section of a variant',
      `{ ${base}, "variants": { "long": { "lr": 9 } } }`,
      `{ ${base}, "variants": { "long": { "optimizer": { "learningRate": 9 } } } }`,
    ],
    [
      'a second kind in a variant',
      `{ ${base}, "clip": { "norm": 1 }, "variants": { "v": { "clip": { "value": 2 } } } }`,
      `{ ${base}, "clip": { "norm": 1 }, "variants": { "v": { "clip": { "value": 2, "norm": null } } } }`,
    ],
    [
      'the deletion of an unknown key',
      `{ ${base}, "variants": { "v": { "model": { "hiden": null, "hidden": 4 } } } }`,
      `{ ${base}, "variants": { "v": { "model": { "hidden": 4 } } } }`,
    ],
    [
      'a decimal comma',
      `{ ${base}, "optimizer": { "learningRate": 0,001 } }`,
      `{ ${base}, "optimizer": { "learningRate": 0.001 } }`,
    ],
    [
      'a number without its zero',
      `{ ${base}, "optimizer": { "learningRate": .5 } }`,
      `{ ${base}, "optimizer": { "learningRate": 0.5 } }`,
    ],
    [
      'a cell that is misspelled',
      '{ "data": { "task": "adding" }, "model": { "cell": "lsmt" } }',
      '{ "data": { "task": "adding" }, "model": { "cell": "lstm" } }',
    ],
    [
      'a kind that is misspelled',
      `{ ${base}, "optimizer": { "kind": "Adam" } }`,
      `{ ${base}, "optimizer": { "kind": "adam" } }`,
    ],
    ['a number in quotes', `{ ${base}, "seed": "7" }`, `{ ${base}, "seed": 7 }`],
    ['the loss of other targets', `{ ${base}, "loss": "crossEntropy" }`, `{ ${base}, "loss": "mse" }`],
    [
      'a batch beside inline sequences',
      '{ "data": { "sequences": [{ "inputs": [[1]], "targets": [[1]] }] }, "model": { "cell": "rnn" }, "training": { "batch": 1 } }',
      '{ "data": { "sequences": [{ "inputs": [[1]], "targets": [[1]] }] }, "model": { "cell": "rnn" }, "training": { } }',
    ],
    ['a constant of Python', `{ ${base}, "clip": None }`, `{ ${base}, "clip": null }`],
  ];
  for (const [what, text, expected] of cases) {
    it(`clears ${what}`, () => {
      const [problem, ...others] = problemsOf(text);
      assert.deepEqual(others, []);
      const [fix] = problem?.fixes ?? [];
      assert.ok(fix, problem?.message);
      assert.equal(fixed(text, fix), expected);
      assert.deepEqual(problemsOf(expected), []);
    });
  }
});
