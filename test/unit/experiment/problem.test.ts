import assert from 'node:assert/strict';
import { parseExperiment } from '../../../src/experiment/parse';
import { assertRefused, refusalsOf } from './markedText';

const base = '"data": { "task": "adding" }, "model": { "cell": "rnn" }';

describe('a refused experiment', () => {
  it('names the nearest known key for an unknown one', () => {
    assertRefused(`{ ${base},\n  «"optimiser"»: {} }`, ['unknownKey', /did you mean "optimizer"/]);
    assertRefused('{ "data": { "task": "adding" }, "model": { "cell": "gru", «"hiden"»: 8 } }', [
      'unknownKey',
      /"hiden" is not a key of "model": did you mean "hidden"/,
    ]);
    assertRefused('{ "data": { "task": "adding" }, "model": { «"cel"»: "gru" } }', [
      'unknownKey',
      /did you mean "cell"/,
    ]);
    assertRefused('{ "data": { «"tusk"»: "adding" }, "model": { "cell": "gru" } }', [
      'unknownKey',
      /did you mean "task"/,
    ]);
    assertRefused(`{ ${base}, "clip": { «"norn"»: 1 } }`, ['unknownKey', /did you mean "norm"/]);
  });

  it('names all misspelled keys, including the one that determines the valid keys', () => {
    assertRefused(
      '{ "data": { «"tusk"»: "adding", «"lenght"»: 9 }, "model": { «"cel"»: "gru", «"hiden"»: 8, «"zzz"»: 1 } }',
      ['unknownKey', /did you mean "task"/],
      ['unknownKey', /"lenght" is not a key of "data": did you mean "length"/],
      ['unknownKey', /did you mean "cell"/],
      ['unknownKey', /"hiden" is not a key of "model": did you mean "hidden"/],
      ['unknownKey', /"zzz" is not a key of "model": the keys are "cell"/],
    );
    assertRefused(
      '{ "data": { "task": "adding" }, «"model"»: { «"hiden"»: 8 } }',
      ['missingKey', /is missing "cell"/],
      ['unknownKey', /did you mean "hidden"/],
    );
  });

  it('names the section to which a misplaced key belongs', () => {
    assertRefused(`{ ${base}, «"hidden"»: 8 }`, ['unknownKey', /a key of "model"\? Move it there/]);
  });

  it('names the key that other tools name differently, here or in another section', () => {
    const experiment = (section: string, key: string) =>
      `{ "data": { "task": "adding" }, "model": { "cell": "lstm"${section === 'model' ? `, «"${key}"»: 1` : ''} }, "${section === 'model' ? 'training' : section}": { ${section === 'model' ? '' : `«"${key}"»: 1`} } }`;
    const cases: readonly (readonly [section: string, key: string, meant: RegExp])[] = [
      ['model', 'units', /^"units" is not a key of "model": did you mean "hidden"\? The keys are "cell", "hidden"/],
      ['model', 'hidden_size', /did you mean "hidden"\?/],
      ['model', 'num_layers', /did you mean "layers"\?/],
      ['model', 'lr', /did you mean "learningRate", a key of "optimizer"\? Move it there\.$/],
      ['optimizer', 'lr', /did you mean "learningRate"\? The keys are/],
      ['optimizer', 'learning_rate', /did you mean "learningRate"\?/],
      ['optimizer', 'name', /did you mean "kind"\?/],
      ['optimizer', 'max_norm', /did you mean "norm", a key of "clip"\? Move it there\.$/],
      ['training', 'epochs', /did you mean "steps", the number of parameter updates \(not epochs\)\? The keys are/],
      ['training', 'iterations', /did you mean "steps"\?/],
      ['training', 'batch_size', /did you mean "batch"\?/],
      ['training', 'learningRate', /did you mean "learningRate", a key of "optimizer"\? Move it there\.$/],
      ['training', 'seed', /did you mean "seed", a top-level key\? Move it there\.$/],
      ['optimizer', 'group_id', /did you mean "sequence", a key of "data"\? Move it there\.$/],
      ['training', 'seq_len', /did you mean "length", a key of "data"\? Move it there\.$/],
    ];
    for (const [section, key, meant] of cases) assertRefused(experiment(section, key), ['unknownKey', meant]);
    const roots: readonly (readonly [key: string, meant: RegExp])[] = [
      ['epochs', /did you mean "steps", the number of parameter updates \(not epochs\), a key of "training"\? Move/],
      ['lr', /did you mean "learningRate", a key of "optimizer"\? Move it there\.$/],
      ['grad_clip', /did you mean "norm", a key of "clip"\? Move it there\.$/],
      ['random_state', /did you mean "seed"\? The keys are/],
    ];
    for (const [key, meant] of roots) assertRefused(`{ ${base}, «"${key}"»: 1 }`, ['unknownKey', meant]);
  });

  it('names a required key that other tools name differently once', () => {
    assertRefused('{ "data": { "task": "adding" }, "model": { «"type"»: "lstm" } }', [
      'unknownKey',
      /did you mean "cell"\?/,
    ]);
    assertRefused('{ "data": { "csv": "a.csv", «"features"»: ["x"] }, "model": { "cell": "rnn" } }', [
      'unknownKey',
      /did you mean "inputs"\?/,
    ]);
  });

  it('has an output of its own with squared errors only', () => {
    const message =
      /"output" is "sigmoid", but the loss is "crossEntropy", which takes the softmax .* Delete the key\.$/;
    const file = (data: string, loss: string) => `{ "data": ${data}, "model": { "cell": "rnn" }, "loss": ${loss} }`;
    const output = '{ «"output"»: "sigmoid" }';
    for (const data of ['{ "task": "parity" }', '{ "text": "a" }']) {
      assertRefused(file(data, output), ['unfittingKey', message]);
    }
    assertRefused(file('{ "task": "copy" }', '{ "kind": "crossEntropy", «"output"»: "sigmoid" }'), [
      'unfittingKey',
      message,
    ]);
    assertRefused(file('{ "task": "adding" }', '{ "output": «"softmax"» }'), [
      'wrongValue',
      /"output" is "softmax": write one of "linear", "sigmoid".* default, "linear"\.$/,
    ]);
  });

  it('may not have $schema', () => {
    assertRefused(`{ «"$schema"»: "x", ${base} }`, ['unknownKey', /extension provides the schema .*; delete the key/]);
  });

  it('lists the valid values of a key', () => {
    assertRefused(
      `{
  "seed": «-1»,
  "data": { "task": "adding", "length": «2.5» },
  "model": { "cell": "rnn", "hidden": «"32"», "activation": «"selu"», "layers": «0» },
  "optimizer": { "learningRate": «-0.1», "beta1": «1» },
  "training": { "steps": «1.5», "batch": «null» }
}`,
      ['wrongValue', /"seed" is -1: write a whole number from 0 to 4,294,967,295.* default, 1\./],
      ['wrongValue', /"length" is 2\.5: .*\[shortest, longest\].* default, 50\./],
      ['wrongValue', /"hidden" is "32": write a whole number from 1 .* default, 32\./],
      ['wrongValue', /"activation" is "selu": write one of "tanh", "relu", "sigmoid", "identity"/],
      ['wrongValue', /"layers" is 0: write a whole number from 1/],
      ['wrongValue', /"learningRate" is -0\.1: write a finite number of 0 or more/],
      ['wrongValue', /"beta1" is 1: .* below 1/],
      ['wrongValue', /"steps" is 1\.5: write a whole number/],
      ['wrongValue', /"batch" is null: write a whole number/],
    );
  });

  it('lists the kinds of a discriminated object', () => {
    assertRefused(
      `{ "data": { "task": «"addin"» }, "model": { "cell": «"rrn"» }, "optimizer": { "kind": «"adma"» } }`,
      ['wrongValue', /"task" is "addin": write one of "adding", "copy"/],
      ['wrongValue', /"cell" is "rrn": write one of "rnn", "lstm", "gru", "mgu"/],
      ['wrongValue', /"kind" is "adma": write one of "sgd"/],
    );
    assertRefused(
      '{ "data": «"adding"», "model": «"lstm"» }',
      ['wrongValue', /"data" is "adding"/],
      ['wrongValue', /\{ "cell": "lstm" \}/],
    );
  });

  it('needs data and a cell', () => {
    assertRefused('«{» "model": { "cell": "rnn" } }', ['missingKey', /is missing "data"/]);
    assertRefused('«{» "data": { "task": "adding" } }', ['missingKey', /is missing "model"/]);
    assert.equal(refusalsOf('{}').length, 2);
    assertRefused(
      '{ «"data"»: {}, «"model"»: {} }',
      ['noKind', /"task", "text", "csv", "sequences"/],
      ['missingKey', /is missing "cell"/],
    );
    assertRefused('{ «"data"»: { "csv": "a.csv" }, "model": { "cell": "rnn" } }', [
      'missingKey',
      /is missing "inputs"/,
    ]);
  });

  it('has exactly one kind of data, clip and schedule', () => {
    assertRefused('{ "data": { "task": "adding", «"text"»: "a.txt" }, "model": { "cell": "rnn" } }', [
      'severalKinds',
      /"data" holds "task" and "text": only one of/,
    ]);
    assertRefused(`{ ${base}, "clip": { "norm": 1, «"value"»: 2 } }`, ['severalKinds', /"norm" and "value"/]);
    assertRefused(`{ ${base}, "optimizer": { "schedule": { "cosine": 9, «"warmup"»: 9 } } }`, [
      'severalKinds',
      /"cosine" and "warmup"/,
    ]);
  });

  it('refuses keys of another cell, optimizer or task at the key', () => {
    assertRefused(
      '{ "data": { "task": "adding", «"delay"»: 3 }, "model": { "cell": "gru", «"forgetBias"»: 1 }, "optimizer": { «"momentum"»: 0.9 } }',
      ['unfittingKey', /"delay" applies to "copy"/],
      ['unfittingKey', /"forgetBias" applies to "lstm"/],
      ['unfittingKey', /"momentum" applies to "sgd", "rmsprop"/],
    );
  });

  it('refuses a loss that does not fit the data', () => {
    assertRefused(`{ ${base}, "loss": «"crossEntropy"» }`, [
      'inconsistent',
      /targets of this data are numbers.*write "mse"/,
    ]);
    assertRefused('{ "data": { "text": "a" }, "model": { "cell": "rnn" }, "loss": { "kind": «"mse"» } }', [
      'inconsistent',
      /are classes.*write "crossEntropy"/,
    ]);
  });

  it('refuses lengths that are too short for their lags, or reversed', () => {
    const model = '"model": { "cell": "rnn" }';
    assertRefused(`{ "data": { "task": "delay", "lag": 5, "length": «5» }, ${model} }`, [
      'inconsistent',
      /write at least 6/,
    ]);
    assertRefused(`{ "data": { "task": "echo", "length": «8» }, ${model} }`, ['inconsistent', /write at least 9/]);
    assertRefused(`{ "data": { "task": "echo", «"lags"»: [8, 3] }, ${model} }`, ['inconsistent', /the shorter first/]);
    assertRefused(`{ "data": { "task": "parity", «"length"»: [9, 3] }, ${model} }`, ['inconsistent', /write \[3, 9\]/]);
    assertRefused(`{ "data": { "task": "adding", "validation": { "length": «1» } }, ${model} }`, [
      'wrongValue',
      /from 2/,
    ]);
  });

  it('names the column that is listed twice', () => {
    assertRefused('{ "data": { "csv": "a.csv", «"inputs"»: [\n"a", "b", "b"] }, "model": { "cell": "rnn" } }', [
      'wrongValue',
      /"inputs" is a list: it names "b" twice; write a list of column names, each once/,
    ]);
  });

  it('refuses patience without validation losses', () => {
    const cases: readonly (readonly [string, RegExp])[] = [
      [`{ ${base}, "training": { "validateEvery": 0, "patience": «3» } }`, /"validateEvery" is 0/],
      [
        `{ "data": { "text": "a.txt", "validation": 0 }, "model": { "cell": "rnn" }, "training": { "patience": «3» } }`,
        /"data\.validation" is 0/,
      ],
      [
        `{ "data": { "sequences": [{ "inputs": [[1]], "targets": [[1]] }] }, "model": { "cell": "rnn" }, "training": { "patience": «3» } }`,
        /inline sequences have no part that is held out/,
      ],
    ];
    for (const [text, message] of cases) assertRefused(text, ['inconsistent', message]);
  });

  it('refuses a least learning rate that is not below the first one', () => {
    const schedule = '{ "plateau": { "minLearningRate": «0.1» } }';
    assertRefused(`{ ${base}, "optimizer": { "learningRate": 0.1, "schedule": ${schedule} } }`, [
      'inconsistent',
      /could never reduce it/,
    ]);
  });

  it('refuses nesterov without momentum', () => {
    assertRefused(`{ ${base}, "optimizer": { "kind": "sgd", "nesterov": «true» } }`, [
      'inconsistent',
      /momentum above 0/,
    ]);
  });

  describe('with inline sequences', () => {
    const inline = (sequences: string, rest = '') =>
      `{ "data": { "sequences": ${sequences} }, "model": { "cell": "rnn" }${rest} }`;

    it('has no batch size', () => {
      assertRefused(inline('[{ "inputs": [[1]], "targets": [[1]] }]', ', "training": { «"batch"»: 4 }'), [
        'unfittingKey',
        /"batch" is 4, but inline sequences are always one batch, here of 1/,
      ]);
    });

    it('says how to write targets for the other loss', () => {
      assertRefused(inline('[{ "inputs": [[1]], "targets": [[0, 1, 0]] }]', ', "loss": «"crossEntropy"»'), [
        'inconsistent',
        /are numbers: write "mse", or write each target as a class index from 0, such as 1 for \[0, 1, 0\]\.$/,
      ]);
      assertRefused(inline('[{ "inputs": [[1]], "targets": [[0.5]] }]', ', "loss": «"crossEntropy"»'), [
        'inconsistent',
        /write each target as a class index from 0, such as 2\.$/,
      ]);
      assertRefused(inline('[{ "inputs": [[1]], "targets": [2] }]', ', "loss": «"mse"»'), [
        'inconsistent',
        /are classes: write "crossEntropy", or write each target as a row of numbers, such as \[2\]\.$/,
      ]);
    });

    it('needs a target for each step, equal widths and kinds of target, and at least one target', () => {
      const good = '{ "inputs": [[1], [2]], "targets": [[1], null] }';
      assertRefused(inline(`[${good}, { "inputs": [[1], [2]], «"targets"»: [[1]] }]`), [
        'inconsistent',
        /2 inputs and 1 target:/,
      ]);
      assertRefused(inline(`[${good}, { "inputs": [[1], «[»2, 3]], "targets": [[1], null] }]`), [
        'inconsistent',
        /2 numbers and the first one 1/,
      ]);
      assertRefused(inline(`[${good}, { "inputs": [[1], [2]], "targets": [null, «1»] }]`), [
        'inconsistent',
        /is a class and the first one a row/,
      ]);
      assertRefused(inline(`[${good}, { "inputs": [[1], [2]], "targets": [«[»1, 2], null] }]`), [
        'inconsistent',
        /2 numbers and the first one 1/,
      ]);
      assertRefused(
        '{ "data": { «"sequences"»: [{ "inputs": [[1]], "targets": [null] }] }, "model": { "cell": "rnn" } }',
        ['inconsistent', /Every target is null/],
      );
    });

    it('reports a wrong number by its indices, and only the first of many', () => {
      assertRefused(
        inline('[{ "inputs": [[1], [«"2"»]], "targets": [1, «-1»] }]'),
        ['wrongValue', /"inputs"\[1\]\[0\] is "2"/],
        ['wrongValue', /"targets"\[1\] is -1/],
      );
      const many = Array.from({ length: 5000 }, () => '["x"]').join(',');
      assert.equal(refusalsOf(inline(`[{ "inputs": [${many}], "targets": [1] }]`)).length, 50);
    });
  });

  it('never lets a key reach a prototype', () => {
    assertRefused(`{ ${base}, «"__proto__"»: { "seed": 7 } }`, ['reservedKey', /__proto__/]);
    assertRefused(`{ ${base}, «"constructor"»: { "prototype": { "polluted": 1 } } }`, ['unknownKey', /"constructor"/]);
    assert.equal(({} as Record<string, unknown>)['polluted'], undefined);
  });
});

describe('a required key that is misspelled', () => {
  it('is reported once, as misspelled', () => {
    assertRefused('{ "data": { "task": "adding" }, «"modle"»: { "cell": "rnn" } }', ['unknownKey', /mean "model"\?/]);
    assertRefused('{ "data": { "task": "adding" }, "model": { «"cel"»: "rnn" } }', [
      'unknownKey',
      /mean "cell"\? The keys are "cell", "hidden", "layers", "init", "weights", "activation", "forgetBias"\.$/,
    ]);
  });
});

describe('an experiment that is far too large', () => {
  const many = (count: number, entry: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => entry(index)).join(',');

  it('is rejected by the number of its variants, without checking each', () => {
    const variants = (count: number, patch: string) => `{ ${many(count, (n) => `"v${n}": ${patch}`)} }`;
    assertRefused(`{ ${base}, «"variants"»: ${variants(60_000, '{}')} }`, [
      'tooManyVariants',
      /60,000 entries: at most 200/,
    ]);
    assert.ok(refusalsOf(`{ ${base}, "variants": ${variants(60_000, '{ "x": 1 }')} }`).length <= 201);
    assert.equal(parseExperiment(`{ ${base}, "variants": ${variants(200, '{}')} }`).kind, 'experiment');
  });

  it('is reported with a few of its unknown keys, each in one line', () => {
    assert.equal(refusalsOf(`{ ${base}, ${many(60_000, (n) => `"k${n}": 1`)} }`).length, 50);
    const [refusal] = refusalsOf(`{ ${base}, "${'k'.repeat(500_000)}": 1 }`);
    assert.ok(refusal.message.length < 400, refusal.message);
  });
});
