import assert from 'node:assert/strict';
import { isObject, type JsonObject } from '../../../src/experiment/document/document';
import { jsonSchema } from '../../../src/experiment/schema/jsonSchema';
import { parseExperiment } from '../../../src/experiment/parse';

/** Every key inside a schema, each with its path. */
function* properties(
  schema: unknown,
  path: string,
  into: readonly string[] = ['oneOf', 'anyOf', 'items', 'additionalProperties'],
): Iterable<readonly [string, JsonObject]> {
  if (Array.isArray(schema)) {
    for (const [index, entry] of schema.entries()) yield* properties(entry, `${path}[${index}]`, into);
  } else if (isObject(schema)) {
    for (const [name, property] of Object.entries(isObject(schema['properties']) ? schema['properties'] : {})) {
      if (isObject(property)) yield [`${path}.${name}`, property];
      yield* properties(property, `${path}.${name}`, into);
    }
    for (const key of into) yield* properties(schema[key], `${path}/${key}`, into);
  }
}

describe('the JSON Schema', () => {
  const schema = jsonSchema();
  const top = schema['properties'] as Readonly<Record<string, JsonObject>>;

  it('has a title and a hover for every key at every depth', () => {
    const all = [...properties(schema, 'file')];
    assert.ok(all.length > 150, `only ${all.length} keys were found`);
    for (const [path, property] of all) {
      assert.equal(typeof property['title'], 'string', path);
      assert.equal(typeof property['markdownDescription'], 'string', path);
    }
  });

  it('requires data and model only', () => {
    assert.deepEqual(schema['required'], ['data', 'model']);
  });

  it('shows in each hover the default that the validator applies', () => {
    const parsed = parseExperiment('{ "data": { "task": "adding" }, "model": { "cell": "lstm" } }');
    assert.ok(parsed.kind === 'experiment');
    const outcome = parsed.file.resolve();
    assert.ok(outcome.kind === 'resolved');
    const { seed, bptt, clip, training } = outcome.experiment;
    const said = (property: JsonObject) => /Default: `([^`]*)`/.exec(String(property['markdownDescription']))?.[1];
    const trainingKeys = top['training']['properties'] as Readonly<Record<string, JsonObject>>;
    assert.deepEqual(
      [
        top['seed'],
        top['bptt'],
        top['clip'],
        trainingKeys['steps'],
        trainingKeys['batch'],
        trainingKeys['checkpointEvery'],
      ].map(said),
      [seed, bptt, clip, training.steps, training.batch, training.checkpointEvery].map((value) =>
        JSON.stringify(value),
      ),
    );
  });

  it('lets a variant leave out everything and set any key to null', () => {
    const variant = top['variants']['additionalProperties'] as JsonObject;
    assert.equal('required' in variant, false);
    // A patch replaces a whole list, so the elements of a list are not patches.
    for (const [path, property] of properties(variant, 'variant', ['anyOf'])) {
      const alternatives = property['anyOf'];
      assert.ok(
        Array.isArray(alternatives) && alternatives.some((one) => isObject(one) && one['type'] === 'null'),
        path,
      );
      assert.equal('default' in property, false, path);
    }
  });
});
