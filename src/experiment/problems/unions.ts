import * as z from 'zod';
import { isObject } from '../document/document';
import type { KeyPath } from './problem';

type Union = z.ZodUnion | z.ZodDiscriminatedUnion;

function optionsOf(union: Union): readonly z.ZodType[] {
  return union.options as readonly z.ZodType[];
}

/** A schema without the wrappers that give it a default or make it optional. */
export function unwrap(schema: z.ZodType): z.ZodType {
  let inner = schema;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodPrefault || inner instanceof z.ZodOptional) {
    inner = inner.unwrap() as z.ZodType;
  }
  return inner;
}

function jsonType(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'array' : typeof value;
}

function typeOfSchema(schema: z.ZodType): string {
  if (schema instanceof z.ZodObject || schema instanceof z.ZodRecord || schema instanceof z.ZodUnion) return 'object';
  if (schema instanceof z.ZodArray || schema instanceof z.ZodTuple) return 'array';
  if (schema instanceof z.ZodNumber) return 'number';
  return schema instanceof z.ZodNull ? 'null' : 'string';
}

/** The key that identifies an option of a union: its discriminator, else the first key it declares. */
function identifyingKey(option: z.ZodType): string {
  if (option instanceof z.ZodDiscriminatedUnion) return option.def.discriminator;
  return option instanceof z.ZodObject ? (Object.keys(option.shape)[0] ?? '') : '';
}

/** The option of a union that a value is meant as, before it is validated. */
export type OptionChoice =
  | { readonly kind: 'option'; readonly option: z.ZodType }
  /** An object with the identifying keys of no option, or of several. */
  | { readonly kind: 'ambiguous'; readonly known: readonly string[]; readonly present: readonly string[] }
  /** A value of a JSON type, or with a discriminator, that no option has. */
  | { readonly kind: 'noMatch' };

/** Chooses the option of a union that a value is meant as. */
export function chooseOption(union: Union, value: unknown): OptionChoice {
  if (union instanceof z.ZodDiscriminatedUnion) return chooseByDiscriminator(union, value);
  const candidates = optionsOf(union).filter((option) => typeOfSchema(option) === jsonType(value));
  const [only, second] = candidates;
  if (!only) return { kind: 'noMatch' };
  if (!second || !isObject(value)) return { kind: 'option', option: only };
  const present = candidates.filter((option) => Object.hasOwn(value, identifyingKey(option)));
  const [chosen] = present;
  if (chosen && present.length === 1) return { kind: 'option', option: chosen };
  return { kind: 'ambiguous', known: candidates.map(identifyingKey), present: present.map(identifyingKey) };
}

/** The discriminator values of an object schema; undefined is one of them if the key is optional. */
function namesOf(schema: z.ZodObject, discriminator: string): readonly unknown[] {
  return [...(keysOf(schema).get(discriminator)?._zod.values ?? [])];
}

function chooseByDiscriminator(union: z.ZodDiscriminatedUnion, value: unknown): OptionChoice {
  if (!isObject(value)) return { kind: 'noMatch' };
  const name = value[union.def.discriminator];
  const option = union.options.find((candidate) => {
    return candidate instanceof z.ZodObject && namesOf(candidate, union.def.discriminator).includes(name);
  });
  return option instanceof z.ZodObject ? { kind: 'option', option } : { kind: 'noMatch' };
}

/** The schema that a value is validated by: unions are resolved to the option that the value is meant as, if that is clear. */
export function resolveUnion(schema: z.ZodType, value: unknown): z.ZodType {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodUnion)) return inner;
  const choice = chooseOption(inner, value);
  return choice.kind === 'option' ? resolveUnion(choice.option, value) : inner;
}

/** The schema of the value under a key, or undefined where the schema has no such key. */
export function schemaUnder(schema: z.ZodType, value: unknown, key: string | number): z.ZodType | undefined {
  const here = resolveUnion(schema, value);
  if (here instanceof z.ZodObject) return typeof key === 'string' ? keysOf(here).get(key) : undefined;
  if (here instanceof z.ZodArray) return here.element as z.ZodType;
  return undefined;
}

/** The keys an object schema declares. */
export function keysOf(schema: z.ZodObject): ReadonlyMap<string, z.ZodType> {
  return new Map(Object.entries(schema.shape) as [string, z.ZodType][]);
}

/** All object schemas of a union by discriminator value or identifying key; one for a plain object. */
export function objectSchemasOf(schema: z.ZodType): readonly { readonly name: string; readonly schema: z.ZodObject }[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return [{ name: identifyingKey(inner), schema: inner }];
  if (inner instanceof z.ZodDiscriminatedUnion) {
    return inner.options.flatMap((option) => {
      if (!(option instanceof z.ZodObject)) return [];
      const names = namesOf(option, inner.def.discriminator).filter((name) => typeof name === 'string');
      return [{ name: names.join(), schema: option }];
    });
  }
  return inner instanceof z.ZodUnion ? optionsOf(inner).flatMap((option) => objectSchemasOf(option)) : [];
}

/** The unions along a path, outermost first, each with its own path. */
export function unionsAlong(
  schema: z.ZodType,
  value: unknown,
  path: KeyPath,
): { path: KeyPath; union: Union; value: unknown }[] {
  const found: { path: KeyPath; union: Union; value: unknown }[] = [];
  let here: z.ZodType | undefined = schema;
  let at = value;
  for (let depth = 0; here && depth <= path.length; depth++) {
    const inner = unwrap(here);
    if (inner instanceof z.ZodUnion) found.push({ path: path.slice(0, depth), union: inner, value: at });
    const key = path[depth];
    if (key === undefined) break;
    here = schemaUnder(inner, at, key);
    at = isObject(at) ? at[key] : Array.isArray(at) ? (at as unknown[])[Number(key)] : undefined;
  }
  return found;
}
