import * as z from 'zod';
import { isObject, valueAt } from '../document/document';
import { unwrap, objectSchemasOf, keysOf, chooseOption, schemaUnder, resolveUnion, unionsAlong } from './unions';
import { countsEpochs, isSynonym, keysMeantBy, type KeyOfSection } from './keySynonyms';
import { closestName, isLikely, isWithinDistance, nearestName } from './nearestName';
import type { Change, Fix } from './fix';
import type { KeyPath, KeyProblem } from './problem';
import { quote, quoteAll } from '../../text/quoting';
import { formatExact } from '../../text/numbers';
import { english } from '../../text/translate';

/** A problem without its place in the file yet: it is at the key, or at the value of the key. */
export interface UnplacedProblem extends KeyProblem {
  readonly at: 'key' | 'value';
  /** Of a `severalKinds` problem: the identifying keys that are present. */
  readonly kinds?: readonly string[];
}

/** Problems of one value that are reported: a list of ten thousand wrong numbers is one mistake. */
const maxProblems = 50;
/** Issues of the schema that are explained; several may give the same problem. */
const maxIssues = 1000;

/** The problems of a value by its schema: one for each key, each with advice. */
export function problemsOf(schema: z.ZodType, value: unknown, path: KeyPath = []): readonly UnplacedProblem[] {
  const outcome = schema.safeParse(value);
  if (outcome.success) return [];
  const found = new Map<string, UnplacedProblem>();
  for (const issue of outcome.error.issues.slice(0, maxIssues)) {
    for (const problem of explain(schema, value, path, issue)) {
      const id = JSON.stringify([problem.keyPath, problem.message]);
      if (!found.has(id)) found.set(id, problem);
    }
    if (found.size >= maxProblems) break;
  }
  return [...found.values()];
}

function explain(schema: z.ZodType, root: unknown, path: KeyPath, issue: z.core.$ZodIssue): readonly UnplacedProblem[] {
  const within = issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key));
  for (const { path: at, union, value } of unionsAlong(schema, root, within)) {
    const choice = chooseOption(union, value);
    if (choice.kind === 'ambiguous') return ambiguousKind(union, value, [...path, ...at], choice, issue.message);
  }
  const value = valueAt(root, within);
  const keyPath = [...path, ...within];
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.slice(0, maxProblems).map((key) => unknownKey(schema, root, within, [...path, ...within], key));
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const union = unwrap(schemaAt(schema, root, within));
    const choice = union instanceof z.ZodUnion ? chooseOption(union, value) : undefined;
    if (choice?.kind === 'option') return problemsOf(choice.option, value, keyPath);
  }
  return value === undefined
    ? missingKey(schema, root, within, path, issue.message)
    : [wrongValue(value, keyPath, issue.message, namesAt(schema, root, within, issue), issue)];
}

function schemaAt(schema: z.ZodType, root: unknown, path: KeyPath): z.ZodType {
  return path.reduce<z.ZodType>(
    (here, key, depth) => schemaUnder(here, valueAt(root, path.slice(0, depth)), key) ?? z.unknown(),
    schema,
  );
}

/** A key path in a message: the last key in quotes, then indices of lists. */
function keyLabel(path: KeyPath): string {
  const last = path.findLastIndex((key) => typeof key === 'string');
  if (last < 0) return english`The experiment`;
  const indices = path.slice(last + 1).map((index) => `[${index}]`);
  return `${quote(String(path[last]))}${indices.join('')}`;
}

function describeValue(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? english`an empty list` : 'a list';
  if (isObject(value)) return english`an object`;
  if (typeof value === 'number') return formatExact(value);
  return typeof value === 'string' ? quote(value) : JSON.stringify(value);
}

/** @param names the names that are allowed in its place, if it is one of a choice */
function wrongValue(
  value: unknown,
  keyPath: KeyPath,
  advice: string,
  names: readonly string[],
  issue: z.core.$ZodIssue,
): UnplacedProblem {
  const message = english`${keyLabel(keyPath)} is ${describeValue(value)}: ${advice}.`;
  const meant = typeof value === 'string' ? meantValue(value, names, issue) : undefined;
  if (meant === undefined) return { code: 'wrongValue', message, keyPath, at: 'value' };
  const fix: Fix = {
    title: english`Write ${JSON.stringify(meant)}`,
    changes: [{ kind: 'set', keyPath, value: meant }],
  };
  return { code: 'wrongValue', message, keyPath, at: 'value', fixes: [fix] };
}

/** A JSON number. */
const numberPattern = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:e[+-]?\d+)?$/i;

/** The value that a text stands for: a number or boolean in quotes, or a name that is nearly right. */
function meantValue(
  text: string,
  names: readonly string[],
  issue: z.core.$ZodIssue,
): string | number | boolean | undefined {
  if (issue.code === 'invalid_type') {
    const isNumber = ['number', 'int'].includes(issue.expected) && numberPattern.test(text);
    if (isNumber && Number.isFinite(Number(text))) return Number(text);
    return issue.expected === 'boolean' && ['true', 'false'].includes(text) ? text === 'true' : undefined;
  }
  if (names.length === 0) return undefined;
  const nearest = nearestName(text, names);
  return isLikely(text, nearest) ? nearest : undefined;
}

/** The names of which a value must be one: those of a choice, or of the kinds of an object. */
function namesAt(schema: z.ZodType, root: unknown, within: KeyPath, issue: z.core.$ZodIssue): readonly string[] {
  if (issue.code === 'invalid_value') return issue.values.filter((name) => typeof name === 'string');
  const owner = unwrap(schemaAt(schema, root, within.slice(0, -1)));
  if (!(owner instanceof z.ZodDiscriminatedUnion) || owner.def.discriminator !== within.at(-1)) return [];
  const names = owner.options.flatMap((option) => [...(option._zod.propValues?.[owner.def.discriminator] ?? [])]);
  return names.filter((name) => typeof name === 'string');
}

function missingKey(
  schema: z.ZodType,
  root: unknown,
  within: KeyPath,
  path: KeyPath,
  advice: string,
): readonly UnplacedProblem[] {
  const key = String(within.at(-1));
  const parent = within.slice(0, -1);
  const owner = valueAt(root, parent);
  const here = schemaAt(schema, root, parent);
  const known = allKeysOf(here);
  const unknown = Object.keys(isObject(owner) ? owner : {}).filter((name) => !known.includes(name));
  const misspelled = unknown.find((name) => isWithinDistance(2, name, key) || isSynonym(name, key));
  const keyPath = [...path, ...parent];
  const message = english`${keyLabel(keyPath)} is missing "${key}": ${advice}.`;
  const needed: UnplacedProblem =
    misspelled === undefined
      ? { code: 'missingKey', message, keyPath, at: 'key' }
      : unknownKeyProblem(misspelled, keyPath, key, known);
  // The schema of a plain object reports the other unknown keys itself.
  return unwrap(here) instanceof z.ZodObject
    ? [needed]
    : [needed, ...otherUnknownKeys(unknown, misspelled, keyPath, known)];
}

/** All keys of all object schemas of a union. */
function allKeysOf(schema: z.ZodType): readonly string[] {
  return [...new Set(objectSchemasOf(schema).flatMap(({ schema: form }) => [...keysOf(form).keys()]))];
}

/** Keys that no object schema of a union has: they are wrong whichever of them is meant. */
function otherUnknownKeys(
  unknown: readonly string[],
  misspelled: string | undefined,
  keyPath: KeyPath,
  known: readonly string[],
): readonly UnplacedProblem[] {
  return unknown
    .filter((name) => name !== misspelled)
    .slice(0, maxProblems)
    .map((name) => unknownKeyProblem(name, keyPath, closestName(name, known), known));
}

function ambiguousKind(
  union: z.ZodType,
  value: unknown,
  keyPath: KeyPath,
  { known, present }: { readonly known: readonly string[]; readonly present: readonly string[] },
  advice: string,
): readonly UnplacedProblem[] {
  const second = present[1];
  if (second !== undefined) {
    const message = english`${keyLabel(keyPath)} holds ${present.map((key) => `"${key}"`).join(english` and `)}: only one of ${quoteAll(known)} is allowed. Delete the others.`;
    const fixes = present.slice(0, maxKindFixes).map((kept) => ({
      title: english`Keep only ${quote(kept)}`,
      changes: present.filter((key) => key !== kept).map((key) => removal([...keyPath, key])),
    }));
    return [{ code: 'severalKinds', message, keyPath: [...keyPath, second], at: 'key', kinds: present, fixes }];
  }
  const all = allKeysOf(union);
  const unknown = Object.keys(isObject(value) ? value : {}).filter((key) => !all.includes(key));
  const misspelled = unknown.find((key) => isWithinDistance(2, key, closestName(key, known)));
  const message = english`${keyLabel(keyPath)} needs one of the keys ${quoteAll(known)}: ${advice}.`;
  const needed: UnplacedProblem =
    misspelled === undefined
      ? { code: 'noKind', message, keyPath, at: 'key' }
      : unknownKeyProblem(misspelled, keyPath, closestName(misspelled, known), known);
  return [needed, ...otherUnknownKeys(unknown, misspelled, keyPath, all)];
}

function unknownKey(schema: z.ZodType, root: unknown, within: KeyPath, keyPath: KeyPath, key: string): UnplacedProblem {
  const here = schemaAt(schema, root, within);
  const form = resolveUnion(here, valueAt(root, within));
  const known = form instanceof z.ZodObject ? [...keysOf(form).keys()] : [];
  const elsewhere = objectSchemasOf(here).filter((other) => keysOf(other.schema).has(key));
  if (elsewhere.length > 0)
    return unfittingKey(
      key,
      keyPath,
      elsewhere.map(({ name }) => name),
      known,
    );
  const nearest = known.length > 0 ? closestName(key, known) : undefined;
  return keyPath.length === 0
    ? unknownRootKey(schema, key, nearest, known)
    : unknownKeyProblem(key, keyPath, nearest, known);
}

function unfittingKey(
  key: string,
  keyPath: KeyPath,
  owners: readonly string[],
  known: readonly string[],
): UnplacedProblem {
  const message = english`"${key}" applies to ${quoteAll(owners)} only: delete it. The keys allowed here are ${quoteAll(known)}.`;
  return {
    code: 'unfittingKey',
    message,
    keyPath: [...keyPath, key],
    at: 'key',
    fixes: [deletionOf([...keyPath, key])],
  };
}

/** Fixes for keys that exclude each other: more are not offered. */
const maxKindFixes = 5;

const removal = (keyPath: KeyPath): Change => ({ kind: 'remove', keyPath });

/** The fix that deletes a key. */
export function deletionOf(keyPath: KeyPath): Fix {
  return { title: english`Delete ${quote(String(keyPath.at(-1)))}`, changes: [removal(keyPath)] };
}

function renamingOf(keyPath: KeyPath, name: string): Fix {
  const note = countsEpochs(String(keyPath.at(-1))) ? english` (parameter updates, not epochs)` : '';
  return { title: english`Rename to ${quote(name)}${note}`, changes: [{ kind: 'rename', keyPath, name }] };
}

/** The fix that moves a key to a section, or to the top level, under the name that it has there. */
function moveOf(keyPath: KeyPath, { section, key }: KeyOfSection): Fix {
  const to = section === undefined ? [key] : [section, key];
  const note = countsEpochs(String(keyPath.at(-1))) ? english` (parameter updates, not epochs)` : '';
  return { title: english`Move to ${quote(to.join('.'))}${note}`, changes: [{ kind: 'move', keyPath, to }] };
}

function unknownKeyProblem(
  key: string,
  keyPath: KeyPath,
  nearest: string | undefined,
  known: readonly string[],
): UnplacedProblem {
  const owner = keyPath.length === 0 ? english`an experiment` : keyLabel(keyPath);
  const place = [...keyPath, key];
  const meant = nearest === undefined ? undefined : synonymAdvice(place, nearest, known);
  const likely = key !== '$schema' && nearest !== undefined && isLikely(key, nearest) ? nearest : undefined;
  const advice =
    key === '$schema'
      ? english`the extension provides the schema of *.rnn.json files; delete the key`
      : nearest === undefined
        ? english`delete it`
        : (meant?.advice ??
          english`${likely === undefined ? 'the' : english`did you mean "${likely}"? The`} keys are ${quoteAll(known)}`);
  const message = english`${quote(key)} is not a key of ${owner}: ${advice}.`;
  const renaming = likely === undefined ? [] : [renamingOf(place, likely)];
  const fixes = [...(meant === undefined ? renaming : [meant.fix]), deletionOf(place)];
  return { code: 'unknownKey', message, keyPath: place, at: 'key', fixes };
}

/** Advice for a key that is known by another name, here or in another section; undefined if it looks like a typing error. */
function synonymAdvice(
  place: KeyPath,
  nearest: string,
  known: readonly string[],
): { readonly advice: string; readonly fix: Fix } | undefined {
  const key = String(place.at(-1));
  const meant = keysMeantBy(key);
  const note = countsEpochs(key) ? english`, the number of parameter updates (not epochs)` : '';
  const here = meant.find((name) => known.includes(name.key));
  if (here !== undefined) {
    const advice = english`did you mean "${here.key}"${note}? The keys are ${quoteAll(known)}`;
    return { advice, fix: renamingOf(place, here.key) };
  }
  const [elsewhere, other] = meant;
  if (elsewhere === undefined || other !== undefined || isWithinDistance(1, key, nearest)) return undefined;
  const { section } = elsewhere;
  const owner = section === undefined ? english`a top-level key` : english`a key of "${section}"`;
  return {
    advice: english`did you mean "${elsewhere.key}"${note}, ${owner}? Move it there`,
    fix: moveOf(place, elsewhere),
  };
}

/** An unknown key at the root may belong to a section: `hidden` belongs inside `model`. */
function unknownRootKey(
  schema: z.ZodType,
  key: string,
  nearest: string | undefined,
  known: readonly string[],
): UnplacedProblem {
  const root = unwrap(schema);
  const sections = root instanceof z.ZodObject ? [...keysOf(root)] : [];
  const nested = sections.flatMap(([section, inner]) =>
    objectSchemasOf(inner).flatMap(({ schema: form }) => [...keysOf(form).keys()].map((name) => ({ section, name }))),
  );
  const [synonym] = keysMeantBy(key);
  const best = synonym ? undefined : nested.find(({ name }) => isWithinDistance(1, name, key));
  if (!best || (nearest !== undefined && isWithinDistance(1, nearest, key)))
    return unknownKeyProblem(key, [], nearest, known);
  const message = english`"${key}" is not a top-level key of an experiment: did you mean "${best.name}", a key of "${best.section}"? Move it there.`;
  const fixes = [moveOf([key], { section: best.section, key: best.name }), deletionOf([key])];
  return { code: 'unknownKey', message, keyPath: [key], at: 'key', fixes };
}
