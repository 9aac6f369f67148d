import type { z } from 'zod';
import type { UnplacedProblem } from './problems/schemaProblem';
import { isObject, valueAt, type JsonObject } from './document/document';
import { objectSchemasOf, keysOf, resolveUnion } from './problems/unions';
import type { Fix } from './problems/fix';
import { mergePatch } from './document/mergePatch';
import type { KeyPath } from './problems/problem';
import { experimentSchema } from './schema/schema';
import { quote } from '../text/quoting';

/** The sections whose keys depend on their kind. */
const sections = ['data', 'model', 'optimizer'] as const;

/**
 * A file with a variant's patch applied. An inherited key that does not apply to the variant's cell, optimizer or data is
 * left out: `{ "model": { "cell": "rnn" } }` over an lstm need not delete `forgetBias`. The keys that determine the kind
 * (`task`, `norm`, …) always stay, so that two of them are reported; `seed` and `seeds` replace each other.
 */
export function applyVariant(file: JsonObject, patch: JsonObject): JsonObject {
  const merged = new Map(Object.entries(mergePatch(file, patch)));
  for (const section of sections) {
    const value = merged.get(section);
    const schema = experimentSchema.shape[section];
    if (isObject(value)) merged.set(section, withoutInherited(schema, value, patch[section]));
  }
  // A variant with one of `seed` and `seeds` does not inherit the other.
  if (isWritten(patch, 'seed') && !isWritten(patch, 'seeds')) merged.delete('seeds');
  if (isWritten(patch, 'seeds') && !isWritten(patch, 'seed')) merged.delete('seed');
  const { data, training } = Object.fromEntries(merged);
  const ownBatch = valueAt(patch, ['training', 'batch']) !== undefined;
  if (isObject(data) && Object.hasOwn(data, 'sequences') && isObject(training) && !ownBatch) {
    merged.set('training', Object.fromEntries(Object.entries(training).filter(([key]) => key !== 'batch')));
  }
  return Object.fromEntries(merged);
}

function isWritten(patch: JsonObject, key: string): boolean {
  return Object.hasOwn(patch, key) && patch[key] !== null;
}

function withoutInherited(schema: z.ZodType, value: JsonObject, patch: unknown): JsonObject {
  const form = resolveUnion(schema, value);
  const acting = objectSchemasOf(schema).find((candidate) => candidate.schema === form);
  if (!acting) return value;
  const known = keysOf(acting.schema);
  const keep = ([key]: [string, unknown]) => known.has(key) || (isObject(patch) && Object.hasOwn(patch, key));
  return Object.fromEntries(Object.entries(value).filter(keep));
}

/** Keys that a patch deletes although no experiment has them: typos that a merge would ignore. */
export function invalidDeletions(patch: JsonObject): readonly KeyPath[] {
  const top = Object.entries(patch).filter(([key, value]) => value === null && !keysOf(experimentSchema).has(key));
  const nested = Object.entries(patch).flatMap(([section, value]) => {
    const schema = keysOf(experimentSchema).get(section);
    if (!schema || !isObject(value)) return [];
    const known = new Set(objectSchemasOf(schema).flatMap(({ schema: form }) => [...keysOf(form).keys()]));
    return Object.keys(value)
      .filter((key) => value[key] === null && !known.has(key))
      .map((key) => [section, key]);
  });
  return [...top.map(([key]) => [key]), ...nested];
}

/**
 * A problem of a patched experiment, explained for the variant: where the patch adds a second kind to an inherited one,
 * the message says how to delete the old key.
 */
export function explainInVariant(problem: UnplacedProblem, patch: JsonObject): UnplacedProblem {
  if (problem.code !== 'severalKinds' || !problem.kinds) return problem;
  const section = problem.keyPath.slice(0, -1);
  const own = valueAt(patch, section);
  const written = isObject(own) ? own : {};
  const inherited = problem.kinds.filter((kind) => !Object.hasOwn(written, kind));
  const added = problem.kinds.find((kind) => Object.hasOwn(written, kind));
  if (inherited.length === 0 || added === undefined) return problem;
  const remedy = { ...Object.fromEntries(inherited.map((kind) => [kind, null])), [added]: written[added] };
  const name = String(section.at(-1));
  const message = `This variant adds "${added}" to the ${inherited.map((kind) => `"${kind}"`).join(' and ')} that "${name}" has in the file, but only one of them is allowed. Delete the old one: "${name}": ${formatObject(remedy)}.`;
  const deletion: Fix = {
    title: `Delete ${inherited.map((kind) => `"${kind}"`).join(' and ')} in this variant`,
    changes: inherited.map((kind) => ({ kind: 'set', keyPath: [...section, kind], value: null })),
  };
  return { ...problem, message, keyPath: [...section, added], fixes: [deletion] };
}

/** JSON on one line, with spaces. */
function formatObject(value: JsonObject): string {
  const entries = Object.entries(value).map(([key, entry]) => `${JSON.stringify(key)}: ${formatBriefly(entry)}`);
  return `{ ${entries.join(', ')} }`;
}

/** A value as JSON if it is short. */
function formatBriefly(value: unknown): string {
  if (typeof value === 'string') return quote(value);
  const json = JSON.stringify(value);
  return json.length > 60 ? '…' : json;
}
