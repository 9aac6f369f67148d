import * as z from 'zod';
import { isObject, type JsonObject } from '../document/document';
import { experimentSchema, fileSchema } from './schema';

const draft = { io: 'input', target: 'draft-07' } as const;

/** The file format as a JSON Schema (draft 07) with hovers, completions and defaults, for editors. */
export function jsonSchema(): JsonObject {
  const file = z.toJSONSchema(fileSchema, draft) as JsonObject;
  const { $schema: dialect, ...experiment } = z.toJSONSchema(experimentSchema, draft) as JsonObject;
  const properties = isObject(file['properties']) ? file['properties'] : {};
  const variants = isObject(properties['variants']) ? properties['variants'] : {};
  return {
    $schema: dialect,
    title: 'Unroll experiment',
    description: 'An experiment: data, a recurrent net and how it is trained. Only "data" and "model" are required.',
    ...file,
    allowTrailingCommas: true,
    allowComments: true,
    properties: {
      ...properties,
      variants: {
        ...variants,
        defaultSnippets: [{ label: 'variant', body: { '${1:no clipping}': { '${2:clip}': null } } }],
        additionalProperties: asPatch(experiment),
      },
    },
  };
}

/**
 * The schema of a merge patch: nothing is required, nothing has a default, and every value may be null. A patch may have
 * the identifying keys of no alternative, so `oneOf` becomes `anyOf`.
 */
function asPatch(schema: unknown): unknown {
  if (Array.isArray(schema)) return (schema as unknown[]).map(asPatch);
  if (!isObject(schema)) return schema;
  const { required: _required, default: _default, defaultSnippets: _snippets, oneOf, anyOf, ...rest } = schema;
  const alternatives = oneOf ?? anyOf;
  const patched = {
    ...rest,
    ...(isObject(rest['properties']) ? { properties: mapValues(rest['properties'], nullable) } : {}),
    ...(Array.isArray(alternatives) ? { anyOf: alternatives.map(asPatch) } : {}),
  };
  return patched;
}

function nullable(schema: unknown): unknown {
  const patched = asPatch(schema);
  if (!isObject(patched)) return patched;
  const { title, description, markdownDescription, ...constraint } = patched;
  const texts = Object.fromEntries(
    Object.entries({ title, description, markdownDescription }).filter(([, value]) => value !== undefined),
  );
  return { ...texts, anyOf: [constraint, { type: 'null' }] };
}

function mapValues(object: JsonObject, change: (value: unknown) => unknown): JsonObject {
  return Object.fromEntries(Object.entries(object).map(([key, value]) => [key, change(value)]));
}
