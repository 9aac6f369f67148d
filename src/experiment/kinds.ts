import * as z from 'zod';
import { isObject } from './document';
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

/** The key that tells an option of a union from the others: its discriminator, else the first key it declares. */
function kindKey(option: z.ZodType): string {
  if (option instanceof z.ZodDiscriminatedUnion) return option.def.discriminator;
  return option instanceof z.ZodObject ? (Object.keys(option.shape)[0] ?? '') : '';
}

/** Which option of a union a value means to be, before it is known whether the value is right. */
export type Pick =
  | { readonly kind: 'option'; readonly option: z.ZodType }
  /** An object with the kind keys of no option, or of more than one. */
  | { readonly kind: 'undecided'; readonly known: readonly string[]; readonly present: readonly string[] }
  /** A value of a JSON type that no option has, or a name that no option bears. */
  | { readonly kind: 'foreign' };

/** Picks the option of a union that a value means to be. */
export function pickOption(union: Union, value: unknown): Pick {
  if (union instanceof z.ZodDiscriminatedUnion) return pickByName(union, value);
  const candidates = optionsOf(union).filter((option) => typeOfSchema(option) === jsonType(value));
  const [only, second] = candidates;
  if (!only) return { kind: 'foreign' };
  if (!second || !isObject(value)) return { kind: 'option', option: only };
  const present = candidates.filter((option) => Object.hasOwn(value, kindKey(option)));
  const [chosen] = present;
  if (chosen && present.length === 1) return { kind: 'option', option: chosen };
  return { kind: 'undecided', known: candidates.map(kindKey), present: present.map(kindKey) };
}

/** The values by which a discriminator chooses a form; undefined is among them where its key may be left out. */
function namesOf(form: z.ZodObject, discriminator: string): readonly unknown[] {
  return [...(keysOf(form).get(discriminator)?._zod.values ?? [])];
}

function pickByName(union: z.ZodDiscriminatedUnion, value: unknown): Pick {
  if (!isObject(value)) return { kind: 'foreign' };
  const name = value[union.def.discriminator];
  const option = union.options.find((candidate) => {
    return candidate instanceof z.ZodObject && namesOf(candidate, union.def.discriminator).includes(name);
  });
  return option instanceof z.ZodObject ? { kind: 'option', option } : { kind: 'foreign' };
}

/** The schema that a value is held to: unions are followed to the option the value means, as far as that is clear. */
export function resolveUnion(schema: z.ZodType, value: unknown): z.ZodType {
  const inner = unwrap(schema);
  if (!(inner instanceof z.ZodUnion)) return inner;
  const pick = pickOption(inner, value);
  return pick.kind === 'option' ? resolveUnion(pick.option, value) : inner;
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

/** Every object schema that a union may come to, by the name or key that chooses it; one for a plain object. */
export function formsOf(schema: z.ZodType): readonly { readonly name: string; readonly form: z.ZodObject }[] {
  const inner = unwrap(schema);
  if (inner instanceof z.ZodObject) return [{ name: kindKey(inner), form: inner }];
  if (inner instanceof z.ZodDiscriminatedUnion) {
    return inner.options.flatMap((option) => {
      if (!(option instanceof z.ZodObject)) return [];
      const names = namesOf(option, inner.def.discriminator).filter((name) => typeof name === 'string');
      return [{ name: names.join(), form: option }];
    });
  }
  return inner instanceof z.ZodUnion ? optionsOf(inner).flatMap((option) => formsOf(option)) : [];
}

/** The unions on the way to a path, outermost first, each with its own path. */
export function unionsTowards(
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
