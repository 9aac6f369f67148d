import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { taskOf } from '../../../src/data/taskSource';
import { cells } from '../../../src/engine/cells/registry';
import { losses } from '../../../src/engine/losses/registry';
import { optimizers } from '../../../src/engine/optimizers/registry';
import { isObject, type JsonObject } from '../../../src/experiment/document/document';
import { jsonSchema } from '../../../src/experiment/schema/jsonSchema';
import { modelSchema } from '../../../src/experiment/schema/modelSchema';
import { optimizerSchema } from '../../../src/experiment/schema/optimizerSchema';
import { parseExperiment } from '../../../src/experiment/parse';
import type { ResolvedExperiment } from '../../../src/experiment/schema/schema';
import { taskSchema } from '../../../src/experiment/schema/taskSchema';
import { objectSchemasOf } from '../../../src/experiment/problems/unions';

const lossKinds = ['mse', 'crossEntropy'] as const satisfies readonly ResolvedExperiment['loss']['kind'][];

/** The names by which a union of the schema is discriminated. */
function namesOf(schema: Parameters<typeof objectSchemasOf>[0]): readonly string[] {
  return objectSchemasOf(schema).map(({ name }) => name);
}

/** All strings that a JSON Schema allows as a value: its enums and constants. */
function* words(schema: unknown): Iterable<string> {
  if (Array.isArray(schema)) {
    for (const entry of schema) yield* words(entry);
  } else if (isObject(schema)) {
    const values = [schema['const'], ...(Array.isArray(schema['enum']) ? (schema['enum'] as unknown[]) : [])];
    for (const value of values) if (typeof value === 'string') yield value;
    for (const [key, entry] of Object.entries(schema)) {
      // Defaults, snippets and the patches of variants repeat values of the other keys.
      if (!['const', 'enum', 'default', 'defaultSnippets', 'variants'].includes(key)) yield* words(entry);
    }
  }
}

/** The words of a pattern `(a|b|c)` in a rule of the TextMate grammar. */
function grammarWords(rule: string): readonly string[] {
  const grammar = JSON.parse(readFileSync('media/language/unroll-experiment.tmLanguage.json', 'utf8')) as {
    readonly repository: Readonly<Record<string, { readonly match: string }>>;
  };
  const { match } = grammar.repository[rule];
  return /\((?:\?:)?(\w+(?:\|\w+)+)\)/.exec(match)?.[1]?.split('|') ?? [];
}

function resolved(keys: JsonObject): ResolvedExperiment {
  const file = { data: { task: 'adding' }, model: { cell: 'rnn' }, ...keys };
  const parsed = parseExperiment(JSON.stringify(file));
  assert.ok(parsed.kind === 'experiment', JSON.stringify(parsed));
  const outcome = parsed.file.resolve();
  assert.ok(outcome.kind === 'resolved', JSON.stringify(outcome));
  return outcome.experiment;
}

const sorted = (names: readonly string[]): readonly string[] => [...names].sort();

describe('The names of the experiment format', () => {
  it('of cells are those of the registry', () => {
    assert.deepEqual(sorted(namesOf(modelSchema)), sorted(cells.map(({ name }) => name)));
  });

  it('of optimizers are all known to the engine', () => {
    const names = namesOf(optimizerSchema);
    assert.ok(names.length > 1);
    assert.deepEqual([...names].sort(), Object.keys(optimizers).sort());
  });

  it('of losses are all known to the engine', () => {
    const { loss } = jsonSchema()['properties'] as Readonly<Record<string, JsonObject>>;
    const ofOtherKeys = ['mean', 'sum', 'linear', 'sigmoid'];
    const names = [...words(loss)].filter((word) => !ofOtherKeys.includes(word));
    assert.deepEqual(sorted([...new Set(names)]), sorted(lossKinds));
    assert.deepEqual([...lossKinds].sort(), Object.keys(losses).sort());
  });

  it('of tasks each give a task', () => {
    const names = namesOf(taskSchema);
    assert.ok(names.length > 1);
    for (const task of names) {
      const { data } = resolved({ data: { task } });
      assert.ok('task' in data && taskOf(data).inputNames.length > 0, task);
    }
  });

  it('that are values are exactly those that the grammar highlights', () => {
    // Delimiters and decimal separators are characters, not words.
    const choices = [...new Set(words(jsonSchema()))].filter((choice) => /\w/.test(choice));
    assert.deepEqual(sorted(grammarWords('choice')), sorted(choices));
  });

  it('that are sections are exactly those that the grammar highlights', () => {
    const properties = jsonSchema()['properties'] as Readonly<Record<string, JsonObject>>;
    const plain = ['version', 'name', 'notes', 'seed', 'seeds', 'variants'];
    assert.deepEqual(
      sorted(grammarWords('section')),
      sorted(Object.keys(properties).filter((key) => !plain.includes(key))),
    );
  });
});
