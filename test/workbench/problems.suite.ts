import assert from 'node:assert/strict';
import { existsSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { languages, Range, workspace, WorkspaceEdit } from 'vscode';
import { ExperimentFile, until } from './experimentFile';

/** Invalid input, and its expected diagnostic. */
interface Case {
  readonly what: string;
  readonly text: string;
  readonly files?: Readonly<Record<string, string | Uint8Array>>;
  /** The required parts of the message: the value, the row, the intended key. */
  readonly names: readonly RegExp[];
  /** The text under the squiggle. */
  readonly at: string;
}

const readings = (rows: number, broken: number, cell: string): string =>
  [
    'day,value',
    ...Array.from({ length: rows }, (_, index) => `${index},${index + 2 === broken ? cell : index % 7}`),
  ].join('\n');

const csv = '{ "data": { "csv": "days.csv", "inputs": ["value"], "length": 20 }, "model": { "cell": "rnn" } }';

const cases: readonly Case[] = [
  {
    what: 'an unknown key',
    text: '{ "data": { "task": "adding" }, "modle": {}, "model": { "cell": "rnn" } }',
    names: [/modle/, /"?model"?/],
    at: '"modle"',
  },
  {
    what: 'a wrong type',
    text: '{ "data": { "task": "adding" }, "model": { "cell": "rnn", "hidden": "many" } }',
    names: [/many/],
    at: '"many"',
  },
  {
    what: 'a negative size',
    text: '{ "data": { "task": "adding" }, "model": { "cell": "rnn", "hidden": -3 } }',
    names: [/-3/],
    at: '-3',
  },
  {
    what: 'a number that is not finite',
    text: '{ "data": { "task": "adding" }, "model": { "cell": "rnn" }, "optimizer": { "learningRate": 1e999 } }',
    names: [/finite|1e999/i],
    at: '1e999',
  },
  {
    what: 'a missing file',
    text: '{ "data": { "text": "nowhere.txt" }, "model": { "cell": "rnn" } }',
    names: [/nowhere\.txt/],
    at: '"nowhere.txt"',
  },
  {
    what: 'a binary file',
    text: '{ "data": { "text": "picture.bin" }, "model": { "cell": "rnn" } }',
    files: { 'picture.bin': Uint8Array.from({ length: 5000 }, (_, index) => (index * 37) % 256) },
    names: [/picture\.bin/, /binary|UTF-8/i],
    at: '"picture.bin"',
  },
  {
    what: 'a CSV with a gap',
    text: csv,
    files: { 'days.csv': readings(2000, 1234, '') },
    names: [/1,234/, /value/, /nothing|empty/i],
    at: '"days.csv"',
  },
  {
    what: 'a CSV with a word',
    text: csv,
    files: { 'days.csv': readings(2000, 1234, 'rain') },
    names: [/1,234/, /value/, /rain/],
    at: '"days.csv"',
  },
  {
    what: 'a path outside the workspace',
    text: '{ "data": { "text": "../../outside.txt" }, "model": { "cell": "rnn" } }',
    names: [/outside/],
    at: '"../../outside.txt"',
  },
  {
    what: 'truncated JSON',
    text: '{ "data": { "task": "adding" }, "model": { "cell": "rn',
    names: [/end|closed|truncated|missing/i],
    // The problem is at the end of the text, where the rest is missing.
    at: 'n',
  },
];

describe('Broken input gives one diagnostic, at its exact place:', () => {
  for (const { what, text, files, names, at } of cases) {
    it(what, async () => {
      const experiment = await ExperimentFile.open(text, files);
      const diagnostics = await experiment.diagnostics();
      const [diagnostic] = diagnostics;
      const messages = diagnostics.map(({ message, source = 'unknown' }) => `${source}: ${message}`).join('\n');
      assert.equal(diagnostics.length, 1, messages);
      for (const name of names) assert.match(diagnostic.message, name);
      assert.equal(experiment.document.getText(diagnostic.range), at, messages);
    });
  }

  it('a file of 5 GiB', async () => {
    const experiment = await ExperimentFile.open('{ "data": { "text": "huge.txt" }, "model": { "cell": "rnn" } }', {
      'huge.txt': 'to be or not to be\n'.repeat(1000),
    });
    truncateSync(join(experiment.folder, 'huge.txt'), 5 * 1024 ** 3);
    experiment.train();
    const [diagnostic, ...others] = await experiment.diagnostics();
    assert.deepEqual(others, []);
    assert.match(diagnostic.message, /huge\.txt.*5,120 MiB large; the limit is 4,096 MiB/);
    assert.equal(experiment.document.getText(diagnostic.range), '"huge.txt"');
  });

  it('a table with a gap, which is read when a run starts: nothing is written', async () => {
    const experiment = await ExperimentFile.open(csv, { 'days.csv': readings(2000, 1234, '') });
    experiment.train();
    const title = await experiment.lens(/not started|failed|stopped/);
    assert.match(title, /not started/);
    await until('the folders of the run to be removed', () => !existsSync(join(experiment.folder, 'unroll-runs')));
  });

  it('a net that does not fit in memory', async () => {
    const text = '{ "data": { "task": "adding" }, "model": { "cell": "rnn", "hidden": 1000000 } }';
    const experiment = await ExperimentFile.open(text);
    const [diagnostic, ...others] = await experiment.diagnostics();
    assert.deepEqual(others, []);
    assert.match(diagnostic.message, /[GTM]iB/);
    assert.equal(experiment.document.getText(diagnostic.range), '1000000');
    assert.deepEqual(await experiment.lenses(), ['▶ Train']);
  });
});

describe('A learning rate that is far too large', () => {
  it('is said once: what a run measured replaces what was expected of its first update, until the file is changed', async () => {
    const experiment = {
      data: { task: 'adding', length: 20 },
      model: { cell: 'rnn', hidden: 16 },
      optimizer: { kind: 'adam', learningRate: 2 },
      training: { steps: 150 },
    };
    const file = await ExperimentFile.open(JSON.stringify(experiment));
    const messages = (): readonly string[] => languages.getDiagnostics(file.document.uri).map(({ message }) => message);
    await until('what is expected of the first update', () => /The first update would change/.test(messages().join()));
    file.train();
    await until('the finding of the run', () => /^The run has not learned/.test(messages().join()));
    assert.equal(messages().length, 1, messages().join('\n'));
    const edit = new WorkspaceEdit();
    const at = file.document.getText().indexOf('16');
    edit.replace(file.document.uri, new Range(file.document.positionAt(at), file.document.positionAt(at + 2)), '17');
    await workspace.applyEdit(edit);
    await until('both, one outdated', () => {
      const now = messages();
      return now.length === 2 && now.some((text) => text.startsWith('Outdated:'));
    });
  });
});
