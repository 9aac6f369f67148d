import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { ExperimentFile } from '../../../src/experiment/experimentFile';
import { isObject, type JsonObject } from '../../../src/experiment/document/document';
import { mergePatch } from '../../../src/experiment/document/mergePatch';
import { parseExperiment, placeOf } from '../../../src/experiment/parse';
import type { ResolvedExperiment } from '../../../src/experiment/schema/schema';
import { assertRefused } from './markedText';

function fileOf(text: string): ExperimentFile {
  const parsed = parseExperiment(text);
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  return parsed.file;
}

function variantOf(text: string, name: string): ResolvedExperiment {
  const outcome = fileOf(text).resolve(name);
  assert.ok(outcome.kind === 'resolved', JSON.stringify(outcome));
  return outcome.experiment;
}

const contractExample = `{
  "version": 1,
  "name": "Adding problem, T = 50",
  "notes": "free text",
  "seed": 1,
  "data":  { "task": "adding", "length": 50 },
  "model": { "cell": "lstm", "hidden": 32, "layers": 1, "forgetBias": 1 },
  "loss":  { "kind": "mse", "reduction": "mean" },
  "bptt":  "full",
  "clip":  { "norm": 1 },
  "optimizer": { "kind": "adam", "learningRate": 0.001 },
  "training": { "steps": 2000, "batch": 20, "validateEvery": 100, "checkpointEvery": 500 },
  "record": { "every": 1 },
  "variants": {
    "vanilla RNN": { "model": { "cell": "rnn" } },
    "no clipping": { "clip": null }
  }
}`;

describe('a variant', () => {
  it('is a merge patch over the file', () => {
    const rnn = variantOf(contractExample, 'vanilla RNN');
    assert.equal(rnn.model.cell, 'rnn');
    assert.equal(rnn.model.hidden, 32);
    assert.equal(rnn.training.batch, 20);
    assert.equal(variantOf(contractExample, 'no clipping').clip, null);
  });

  it('leaves out inherited keys that do not apply to its cell, optimizer, task or data', () => {
    assert.equal('forgetBias' in variantOf(contractExample, 'vanilla RNN').model, false);
    const text = `{
      "data": { "task": "copy", "delay": 9 }, "model": { "cell": "rnn", "activation": "relu" },
      "optimizer": { "beta1": 0.8, "learningRate": 0.5 }, "training": { "batch": 7 },
      "variants": {
        "a": { "data": { "task": "adding" }, "model": { "cell": "gru" }, "optimizer": { "kind": "sgd" } },
        "b": { "data": { "task": null, "sequences": [{ "inputs": [[1]], "targets": [1] }] } }
      }
    }`;
    const a = variantOf(text, 'a');
    assert.deepEqual(a.data, { task: 'adding', length: 50 });
    assert.equal('activation' in a.model, false);
    assert.deepEqual([a.optimizer.learningRate, 'beta1' in a.optimizer], [0.5, false]);
    const b = variantOf(text, 'b');
    assert.equal('sequences' in b.data, true);
    assert.equal('batch' in b.training, false);
  });

  it('has the position of its name', () => {
    const { variants } = fileOf(contractExample);
    assert.deepEqual(
      variants.map(({ name, place }) => [name, place.line, place.column, place.length]),
      [
        ['vanilla RNN', 15, 5, 13],
        ['no clipping', 16, 5, 13],
      ],
    );
  });

  it('that is unknown is rejected, with a list of the known ones', () => {
    const outcome = fileOf(contractExample).resolve('no cliping');
    assert.ok(outcome.kind === 'refused');
    assert.match(
      outcome.problems[0]?.message ?? '',
      /did you mean "no clipping"\? It has "vanilla RNN", "no clipping"/,
    );
    const none = fileOf('{ "data": { "task": "adding" }, "model": { "cell": "rnn" } }').resolve('x');
    assert.match(none.kind === 'refused' ? (none.problems[0]?.message ?? '') : '', /it has none/);
  });

  it('may have the name of a built-in property of objects', () => {
    const text =
      '{ "data": { "task": "adding" }, "model": { "cell": "rnn" }, "variants": { "constructor": { "seed": 7 } } }';
    assert.equal(variantOf(text, 'constructor').seed, 7);
    assert.equal(fileOf(text).resolve('toString').kind, 'refused');
  });

  const base = '"data": { "task": "adding" }, "model": { "cell": "lstm" }, "clip": { "norm": 1 }';

  it('that adds a second kind is rejected with advice to delete the old one', () => {
    assertRefused(`{ ${base}, "variants": { "v": { "clip": { «"value"»: 0.5 } } } }`, [
      'severalKinds',
      /Delete the old one: "clip": \{ "norm": null, "value": 0\.5 \}\./,
    ]);
    assertRefused(`{ ${base}, "variants": { "v": { "data": { «"text"»: "a" } } } }`, [
      'severalKinds',
      /"data": \{ "task": null, "text": "a" \}/,
    ]);
    const remedied = `{ ${base}, "variants": { "v": { "clip": { "norm": null, "value": 0.5 } } } }`;
    assert.deepEqual(variantOf(remedied, 'v').clip, { value: 0.5 });
  });

  it('is rejected at its own keys', () => {
    assertRefused(
      `{ ${base}, "variants": {
        "a": { "model": { "hidden": «0» } },
        "b": { "model": { "cell": "gru", «"forgetBias"»: 2 } },
        "c": { "loss": «"crossEntropy"» },
        "d": { «"modle"»: null },
        "e": { "model": { «"hiden"»: null } },
        "f": { «"variants"»: {} }
      } }`,
      ['wrongValue', /"hidden" is 0/],
      ['unfittingKey', /applies to "lstm" only/],
      ['inconsistent', /are numbers/],
      ['unknownKey', /"modle" can.t be deleted/],
      ['unknownKey', /"hiden" can.t be deleted/],
      ['unknownKey', /can.t contain variants/],
    );
    assertRefused(`{ ${base}, "variants": { "a": «3» } }`, ['wrongValue', /"a" is 3: write an object/]);
  });

  it('that conflicts with an inherited key is rejected at its nearest own key, by name', () => {
    assertRefused(`{ ${base}, "loss": "mse", "variants": { «"v"»: { "data": { "task": "copy" } } } }`, [
      'inconsistent',
      /In the variant "v": Loss "mse" needs numbers, but the targets of this data are classes/,
    ]);
  });

  it('does not repeat the problems of the file itself', () => {
    assertRefused(
      `{ ${base}, "seed": «-1», "variants": { "a": { "clip": null }, "b": { "seed": «-2» } } }`,
      ['wrongValue', /-1/],
      ['wrongValue', /-2/],
    );
  });

  it('locates problems that are found later: at its own keys, else those of the file, else the nearest', () => {
    const text =
      '{\n"data": { "csv": "a.csv", "inputs": ["x"] },\n"model": { "cell": "rnn", "hidden": 9 },\n"variants": { "v": { "model": { "hidden": 10 } } }\n}';
    const file = fileOf(text);
    const shown = (...args: Parameters<typeof placeOf> extends [unknown, ...infer Rest] ? Rest : never) => {
      const { line, column, length } = placeOf(file, ...args);
      return [line, column, length];
    };
    assert.deepEqual(shown(['model', 'hidden']), [3, 37, 1]);
    assert.deepEqual(shown(['model', 'hidden'], 'v'), [4, 43, 2]);
    assert.deepEqual(shown(['data', 'csv'], 'v'), [2, 18, 7]);
    assert.deepEqual(shown(['data', 'targets', 0]), [2, 1, 6]);
    assert.deepEqual(shown(['optimizer', 'kind']), [1, 1, 1]);
  });
});

describe('a merge patch', () => {
  // The test cases of RFC 7396, Appendix A, whose patches are objects.
  const cases: readonly (readonly [unknown, JsonObject, JsonObject])[] = [
    [{ a: 'b' }, { a: 'c' }, { a: 'c' }],
    [{ a: 'b' }, { b: 'c' }, { a: 'b', b: 'c' }],
    [{ a: 'b' }, { a: null }, {}],
    [{ a: 'b', b: 'c' }, { a: null }, { b: 'c' }],
    [{ a: ['b'] }, { a: 'c' }, { a: 'c' }],
    [{ a: 'c' }, { a: ['b'] }, { a: ['b'] }],
    [{ a: { b: 'c' } }, { a: { b: 'd', c: null } }, { a: { b: 'd' } }],
    [{ a: [{ b: 'c' }] }, { a: [1] }, { a: [1] }],
    [{ e: null }, { a: 1 }, { e: null, a: 1 }],
    [[1, 2], { a: 'b', c: null }, { a: 'b' }],
    [{}, { a: { bb: { ccc: null } } }, { a: { bb: {} } }],
  ];

  it('gives the results of the examples in RFC 7396', () => {
    for (const [target, patch, result] of cases) assert.deepEqual(mergePatch(target, patch), result);
  });

  it('is idempotent and never modifies its target', () => {
    fc.assert(
      fc.property(fc.object(), fc.object({ values: [fc.constant(null), fc.integer()] }), (target, patch) => {
        const before = structuredClone(target);
        const once = mergePatch(target, patch);
        assert.deepEqual(mergePatch(once, patch as JsonObject), once);
        assert.deepEqual(target, before);
        assert.ok(isObject(once));
      }),
    );
  });
});
